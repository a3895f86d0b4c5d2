import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  SecureCookie,
  SecureCookieError,
  SecureCookieInterceptor,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { tap, type Observable } from 'rxjs';
import { rawResponse } from '../../lib/exchange/platform.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { setCookieValues } from '../support/signed-cookies.js';

/** The versions that sign before the cookie is set, then, and once the inner interceptor is through. */
const [BEFORE, SET, AFTERWARDS] = [1, 2, 3];

const SECRETS = { [BEFORE]: SECRET, [SET]: SECRET, [AFTERWARDS]: SECRET };

/** The signer of the running app. */
let signer: SecureCookieSigner;

/** What happens to the keys once a cookie is set. */
const keys = { areWithdrawn: false };

/** Whether the response had the cookie when the inner interceptor was through. */
const afterwards: boolean[] = [];

function setAndWait(cookies: SecureCookieJar, user: string): void {
  cookies.set('user', user);
  signWith(SET);
  if (keys.areWithdrawn) {
    signer.withdrawKeys();
  }
}

function signWith(keyVersion: number): void {
  signer.replaceKeys({ secret: SECRETS, keyVersion });
}

/** On the controller, and so outside the one under test. */
@Injectable()
class LooksAfterwards implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response: ServerResponse = rawResponse(context.switchToHttp().getResponse<unknown>());
    return next.handle().pipe(
      tap(() => {
        afterwards.push(response.hasHeader('Set-Cookie'));
        if (!keys.areWithdrawn) {
          signWith(AFTERWARDS);
        }
      }),
    );
  }
}

@Injectable()
class SettingGuard implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    setAndWait(this.secureCookies.jar(context), 'alice');
    return true;
  }
}

@Catch(SecureCookieError)
class CodeFilter implements ExceptionFilter<SecureCookieError> {
  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {}

  catch({ code }: SecureCookieError, host: ArgumentsHost): void {
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { code }, 503);
  }
}

@Controller()
@UseInterceptors(LooksAfterwards)
@UseFilters(CodeFilter)
class BoundController {
  @Get('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): string {
    setAndWait(cookies, 'alice');
    return 'set';
  }

  @Get('two-jars')
  twoJars(@SecureCookies() one: SecureCookieJar, @SecureCookies() two: SecureCookieJar): string {
    one.set('user', 'bob');
    setAndWait(two, 'alice');
    return 'set';
  }

  @Get('by-hand')
  @UseGuards(SettingGuard)
  @UseInterceptors(SecureCookieInterceptor)
  byHand(): string {
    return 'set before';
  }

  @Get('without')
  @UseGuards(SettingGuard)
  without(): string {
    return 'set before';
  }

  @Post('reads')
  reads(@SecureCookie('user') user: string | undefined): string {
    return user ?? 'nobody';
  }
}

@Module({
  imports: [SecureCookieModule.forRoot({ secret: SECRETS, keyVersion: BEFORE })],
  controllers: [BoundController],
})
class BoundModule {}

const interceptors = (method: keyof BoundController): unknown =>
  Reflect.getMetadata('__interceptors__', BoundController.prototype[method]);

describe('the interceptor is bound', () => {
  it('once, to a method that takes a jar, however many', () => {
    expect(interceptors('jar')).toEqual([SecureCookieInterceptor]);
    expect(interceptors('twoJars')).toEqual([SecureCookieInterceptor]);
  });

  it('to no method that only reads', () => {
    expect(interceptors('reads')).toBeUndefined();
  });
});

describe.each(platforms)('the interceptor on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, BoundModule);
    signer = running.app.get(SecureCookieSigner);
  });
  afterAll(() => running.close());
  beforeEach(() => {
    keys.areWithdrawn = false;
    signWith(BEFORE);
    afterwards.length = 0;
  });

  it.each(['jar', 'two-jars', 'by-hand'])(
    '/%s: signs once, when the handler is through, and writes nothing itself',
    async (path) => {
      const response = await fetch(`${running.url}/${path}`);
      const values = setCookieValues(response, 'user');

      expect(values.map((value) => signer.verify('user', value))).toEqual([
        expect.objectContaining({ value: 'alice', keyVersion: SET }),
      ]);
      expect(afterwards).toEqual([false]);
    },
  );

  it('without it, the head signs', async () => {
    const response = await fetch(`${running.url}/without`);

    const values = setCookieValues(response, 'user');

    expect(values.map((value) => signer.verify('user', value))).toEqual([
      expect.objectContaining({ value: 'alice', keyVersion: AFTERWARDS }),
    ]);
    expect(afterwards).toEqual([false]);
  });

  it.each(['jar', 'two-jars', 'by-hand'])(
    '/%s: what hinders a signature reaches the filters, and no cookie is sent',
    async (path) => {
      keys.areWithdrawn = true;
      const response = await fetch(`${running.url}/${path}`);

      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ code: 'keys-stale' });
      expect(response.headers.getSetCookie()).toEqual([]);
    },
  );

  it('without it, what hinders a signature leaves the cookie out of the answer', async () => {
    keys.areWithdrawn = true;
    const response = await fetch(`${running.url}/without`);

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('set before');
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
