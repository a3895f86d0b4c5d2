import { Controller, Get, Module, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieError,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
  type SecureCookieErrorCode,
  type SecureCookieVerifyResult,
} from 'nestjs-secure-cookie';
import { DeviceBoundModule } from 'nestjs-secure-cookie/device-bound';
import { CookieMint } from 'nestjs-secure-cookie/testing';

const Session = defineSecureCookie('__Host-session', { deviceBound: { for: 600 } });

@Controller()
@RequireSecureCookie('user', { maxAge: 3600 })
export class AccountController {
  @Get()
  account(
    @SecureCookie('user', { required: true }) user: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    cookies.set('user', user, { sameSite: 'strict' });
    // @ts-expect-error: values are text or bytes
    cookies.set('visits', 1);
    // @ts-expect-error: lower-case, as in RFC 6265bis
    cookies.set('user', user, { sameSite: 'Strict' });
    return user;
  }
}

@Controller()
@RequireSecureCookie(Session, { bound: true })
export class TransferController {}

export class SignedInGuard implements CanActivate {
  constructor(private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    return this.secureCookies.jar(context).get('user') !== undefined;
  }
}

@Module({
  imports: [
    SecureCookieModule.forRoot(process.env['COOKIE_SECRET']),
    SecureCookieModule.forRootAsync({ useFactory: async () => ({ secret: 'x', isGlobal: false }) }),
    DeviceBoundModule.forRoot({ sessions: [Session] }),
    // @ts-expect-error: definitions, and not their names
    DeviceBoundModule.forRoot({ sessions: ['__Host-session'] }),
  ],
})
export class AppModule {}

// @ts-expect-error: a key record needs the version that signs
export const unversioned = new SecureCookieSigner({ secret: { 1: 'one', 2: 'two' } });

export const signer = new SecureCookieSigner({ secret: { 1: 'one', 2: 'two' }, keyVersion: 2 });
export const text: string | undefined = signer.unsign('user', undefined);
export const bytes: Uint8Array | undefined = signer.unsign('user', '', { encoding: 'bytes' });
export const result: SecureCookieVerifyResult = signer.verify('user', undefined);
export const why: string = result.valid ? result.value : result.reason;
export const code: SecureCookieErrorCode = new SecureCookieError('name', '').code;
export const minted: string = new CookieMint({ secret: 'x' }).bound(Session, 'alice');
