import 'reflect-metadata';
import { Controller, Get, Module, Query, Redirect, Res } from '@nestjs/common';
import { SecureCookieJar, SecureCookieModule, SecureCookies } from 'nestjs-secure-cookie';
import { platforms, startApp } from './platforms.js';
import { SECRET } from './secrets.js';

// An app whose users choose a header. The platform is the first argument.

@Controller()
class ChosenHeaderController {
  @Get('logout')
  @Redirect()
  logout(@SecureCookies() cookies: SecureCookieJar, @Query('next') next: string): object {
    cookies.clear('session');
    return { url: next, statusCode: 302 };
  }

  @Get('login')
  login(
    @SecureCookies() cookies: SecureCookieJar,
    @Query('next') next: string,
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
  ): string {
    cookies.set('session', 'alice');
    response.header('X-Next', next);
    return 'in';
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [ChosenHeaderController],
})
class ChosenHeaderModule {}

const platform = platforms.find((candidate) => candidate.platform === process.argv[2]);
if (platform === undefined) {
  throw new Error(`There is no platform ${process.argv[2]}.`);
}
const { url } = await startApp(platform, ChosenHeaderModule);
console.log(url);
