import { Controller, Get, Header } from '@nestjs/common';
import { SecureCookie, SecureCookieJar, SecureCookies } from 'nestjs-secure-cookie';
import { pythonTime } from './python-time.js';

/** Tornado's secure-cookie example: `MainHandler` and `UserHandler`. */
@Controller()
export class TechnobeansController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  hello(): string {
    return 'Hello there';
  }

  @Get('user')
  @Header('Content-Type', 'text/html; charset=utf-8')
  user(
    @SecureCookie('technobeans') technobeans: string | undefined,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    if (technobeans === undefined) {
      cookies.set('technobeans', pythonTime(Date.now() / 1000));
      return 'Secure Cookie is now set';
    }
    return 'Secure Cookie is technobeans';
  }
}
