import { All, Controller, Get, Header, Headers, Module, Query, Res } from '@nestjs/common';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  type SecureCookieAttributes,
} from 'nestjs-secure-cookie';
import { SECRET } from '../../support/secrets.js';

/** Sets what it is asked to, through the library or around it, and says what comes back. */
@Controller()
class RulesController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return '<!doctype html><title>A page</title>';
  }

  @Get('set')
  set(@Query('cookies') cookies: string, @SecureCookies() jar: SecureCookieJar): string {
    const wanted: Record<string, SecureCookieAttributes> = JSON.parse(cookies);
    for (const [name, attributes] of Object.entries(wanted)) {
      jar.set(name, 'value', attributes);
    }
    return 'set';
  }

  @Get('fill')
  fill(@Query('length') length: string, @SecureCookies() jar: SecureCookieJar): string {
    jar.set('full', 'x'.repeat(Number(length)));
    return 'filled';
  }

  @Get('raw')
  @Header('Cache-Control', 'no-store')
  raw(
    @Query('header') header: string,
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
  ): string {
    response.header('Set-Cookie', header);
    return 'set';
  }

  /** The names of the cookies that came with the request and verify. */
  @All('read')
  read(@Headers('cookie') header = '', @SecureCookies() jar: SecureCookieJar): string[] {
    const names = header.split(/; |=[^;]*/).filter((name) => name !== '');
    return names.filter((name) => jar.get(name) === 'value');
  }
}

@Module({
  imports: [SecureCookieModule.forRoot({ secret: SECRET })],
  controllers: [RulesController],
})
export class RulesModule {}
