import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Res,
  UseInterceptors,
  type CallHandler,
  type NestInterceptor,
} from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { tap, type Observable } from 'rxjs';
import { hijacked, type PlatformResponse } from '../support/exits/node-response.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { setCookieValues } from '../support/signed-cookies.js';

const BOTH = { 1: SECRET, 22: OTHER_SECRET };
const Hidden = defineSecureCookie('hidden', { encrypt: true });

function turn(signer: SecureCookieSigner): void {
  signer.replaceKeys({ secret: BOTH, keyVersion: 22 });
}

/** On the controller, and so outside the one that signs: it turns the keys between the signature and the head. */
@Injectable()
class TurnsAfterwards implements NestInterceptor {
  constructor(@Inject(SecureCookieSigner) private readonly signer: SecureCookieSigner) {}

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(tap(() => turn(this.signer)));
  }
}

@Controller()
class TurningController {
  constructor(@Inject(SecureCookieSigner) private readonly signer: SecureCookieSigner) {}

  @Get('handler')
  handler(@SecureCookies() cookies: SecureCookieJar): string {
    setBoth(cookies);
    turn(this.signer);
    return 'done';
  }

  @Get('hijacked')
  hijacked(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    const raw = hijacked(response);
    setBoth(cookies);
    turn(this.signer);
    raw.end('done');
  }

  @Get('throws')
  throws(@SecureCookies() cookies: SecureCookieJar): void {
    setBoth(cookies);
    turn(this.signer);
    throw new Error('after the cookies were set');
  }
}

@Controller()
@UseInterceptors(TurnsAfterwards)
class TurnedController {
  @Get('interceptor')
  interceptor(@SecureCookies() cookies: SecureCookieJar): string {
    setBoth(cookies);
    return 'done';
  }
}

function setBoth(cookies: SecureCookieJar): void {
  cookies.set(Hidden, 'alice');
  cookies.set('plain', 'alice');
}

describe.each(platforms)('keys that turn between set and head, on $platform', (platform) => {
  let running: RunningApp;

  beforeEach(async () => {
    @Module({
      imports: [SecureCookieModule.forRoot({ secret: { 1: SECRET }, keyVersion: 1 })],
      controllers: [TurningController, TurnedController],
    })
    class AppModule {}
    running = await startApp(platform, AppModule);
  });
  afterEach(() => running.close());

  it.each([
    ['in the handler', 'handler', 22],
    ['before a hijacked answer', 'hijacked', 22],
    ['before an exception', 'throws', 22],
    ['once the interceptor has signed', 'interceptor', 1],
  ])('%s: encryption and signature are of one key', async (_, path, keyVersion) => {
    const response = await fetch(`${running.url}/${path}`);
    const [hidden] = setCookieValues(response, 'hidden');
    const [plain] = setCookieValues(response, 'plain');
    const reader = new SecureCookieSigner({ secret: BOTH, keyVersion: 22 });
    const read = { valid: true, value: 'alice', keyVersion, current: keyVersion === 22 };

    expect(reader.verify('hidden', hidden, { encrypted: true })).toMatchObject(read);
    expect(reader.verify('plain', plain)).toMatchObject(read);
  });
});
