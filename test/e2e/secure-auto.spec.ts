import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { platformApps, type PlatformApp, type Setting } from '../support/platform-apps.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';

@Injectable()
class SettingMiddleware implements NestMiddleware<object, object> {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  use(request: object, response: object, next: () => void): void {
    this.secureCookies.jar(request, response).set('middleware', 'a');
    next();
  }
}

@Controller()
class AutoController {
  @Get()
  set(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set('handler', 'a');
    cookies.set('never', 'a', { secure: false });
    cookies.set('always', 'a', { secure: true });
    cookies.set('__Host-prefix', 'a');
    cookies.set('anywhere', 'a', { sameSite: 'none' });
    cookies.set('framed', 'a', { partitioned: true });
    return 'set';
  }

  @Get('middleware')
  middleware(): string {
    return 'set before';
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [AutoController] })
class AutoModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SettingMiddleware).forRoutes('middleware');
  }
}

interface AutoApp {
  readonly log: RecordedLog;
  /** Names of the cookies that came with `Secure`. */
  readonly secure: (path: string, forwardedProtocol?: string) => Promise<string[]>;
  readonly close: () => Promise<void>;
}

async function startAuto({ create }: PlatformApp, setting: Setting): Promise<AutoApp> {
  const log = new RecordedLog();
  const app = await create(AutoModule, setting, log);
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  const secure = (path: string, forwardedProtocol?: string): Promise<string[]> =>
    secureNames(setting.tls !== false, port, path, forwardedProtocol);
  return { log, secure, close: () => app.close() };
}

function secureNames(
  tls: boolean,
  port: number,
  path: string,
  forwardedProtocol: string | undefined,
): Promise<string[]> {
  const headers = {
    ...(forwardedProtocol !== undefined && { 'x-forwarded-proto': forwardedProtocol }),
  };
  return new Promise((resolve, reject) => {
    const options = { port, path, headers, agent: false as const, rejectUnauthorized: false };
    const request = (tls ? getHttps : getHttp)(options, (response) => {
      response.resume();
      const cookies = response.headers['set-cookie'] ?? [];
      resolve(
        cookies
          .filter((cookie) => cookie.split('; ').includes('Secure'))
          .map((cookie) => cookie.slice(0, cookie.indexOf('='))),
      );
    });
    request.on('error', reject);
  });
}

/** Secure in any case: browsers would refuse them otherwise. */
const ALWAYS = ['always', '__Host-prefix', 'anywhere', 'framed'];

const rows = [
  { over: 'plain HTTP', tls: false, trustsProxy: false, protocol: undefined, secure: false },
  { over: 'TLS', tls: true, trustsProxy: false, protocol: undefined, secure: true },
  {
    over: 'a trusted proxy and TLS',
    tls: false,
    trustsProxy: true,
    protocol: 'https',
    secure: true,
  },
  { over: 'a trusted proxy', tls: false, trustsProxy: true, protocol: 'http', secure: false },
  {
    over: 'a trusted proxy and TLS, in capitals',
    tls: false,
    trustsProxy: true,
    protocol: 'HTTPS',
    secure: true,
  },
  {
    over: 'a proxy that is not trusted',
    tls: false,
    trustsProxy: false,
    protocol: 'http',
    secure: false,
  },
];

/** Said of the first of three such cookies, in the first of two requests. */
const PLAIN_HTTP =
  'warn: The cookie "__Host-prefix" was set over plain HTTP, but its prefix, "sameSite: \'none\'" or "partitioned" requires "Secure": browsers drop it, although many keep it on localhost. Serve the app over TLS; behind a proxy that ends TLS, set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".';

describe.each(platformApps)("secure: 'auto' on $platform", (platform) => {
  describe.each(rows)('over $over', ({ protocol, secure, ...setting }) => {
    let app: AutoApp;

    beforeAll(async () => {
      app = await startAuto(platform, setting);
    });
    afterAll(() => app.close());

    it(`sets "Secure": ${secure}`, async () => {
      expect(await app.secure('/', protocol)).toEqual(secure ? ['handler', ...ALWAYS] : ALWAYS);
      expect(await app.secure('/middleware', protocol)).toEqual(secure ? ['middleware'] : []);
    });

    it(`warns ${secure ? 'of nothing' : 'once of a cookie that needs TLS'}`, () => {
      expect(app.log.lines).toEqual(secure ? [] : [PLAIN_HTTP]);
    });
  });

  it.each(['https', 'HTTPS', 'https, http'])(
    'warns once of a proxy that says %s and is not trusted, and sets no "Secure"',
    async (said) => {
      const app = await startAuto(platform, { tls: false, trustsProxy: false });

      const cookies = [
        await app.secure('/', said),
        await app.secure('/', said),
        await app.secure('/middleware', said),
      ];
      await app.close();

      expect(cookies).toEqual([ALWAYS, ALWAYS, []]);
      expect(app.log.lines).toEqual([
        'warn: A request with "X-Forwarded-Proto: https" got a cookie without "Secure", because the app does not trust its proxy: set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".',
      ]);
    },
  );

  it('warns again in another app', async () => {
    const app = await startAuto(platform, { tls: false, trustsProxy: false });

    await app.secure('/middleware', 'https');
    await app.close();

    expect(app.log.lines).toHaveLength(1);
  });
});

describe("a jar that a hook of Fastify's asked for first, with Node's own objects", () => {
  it.each([
    ['HTTPS', ['handler', ...ALWAYS]],
    ['http', ALWAYS],
  ])('asks the request that knows the protocol: %s of a trusted proxy', async (said, expected) => {
    const app = await NestFactory.create<NestFastifyApplication>(
      AutoModule,
      new FastifyAdapter({ trustProxy: true }),
      { logger: false },
    );
    const service = app.get(SecureCookieService);
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (request, reply, done) => {
        service.jar(request.raw, reply.raw).get('user');
        done();
      });
    await app.listen(0, '127.0.0.1');
    const port = Number(new URL(await app.getUrl()).port);

    const secure = await secureNames(false, port, '/', said);
    await app.close();

    expect(secure).toEqual(expected);
  });
});
