import 'reflect-metadata';
import { Controller, Get, Module, Post } from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';

@Controller()
class AccountController {
  @Post('login')
  login(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set('user', 'alice');
  }

  @Get('me')
  @RequireSecureCookie('user')
  me(@SecureCookie('user') user: string): string {
    return user;
  }
}

@Module({
  imports: [SecureCookieModule.forRoot('a secret for tests, of 32 bytes and more')],
  controllers: [AccountController],
})
export class AppModule {}
