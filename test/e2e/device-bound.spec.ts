import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Headers,
  Inject,
  Injectable,
  Module,
  Post,
  VersioningType,
  type CanActivate,
  type INestApplication,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieError,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { DeviceBoundModule, DeviceBoundSessions } from '../../lib/device-bound/index.js';
import { DeviceBrowser } from '../support/device-browser.js';
import { platformApps, type PlatformApp } from '../support/platform-apps.js';
import { RecordedLog } from '../support/recorded-log.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const Session = defineSecureCookie('__Host-session', {
  maxAge: 3600,
  encrypt: true,
  deviceBound: { for: 60 },
});

const Foreign = defineSecureCookie('__Host-other', { deviceBound: {} });

function thrownCode(call: () => unknown): unknown {
  const error = thrownBy(call);
  return error instanceof SecureCookieError && error.code;
}

@Controller()
class BankController {
  constructor(
    @Inject(DeviceBoundSessions) private readonly deviceBoundSessions: DeviceBoundSessions,
  ) {}

  @Post('login')
  logIn(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(Session, 'alice');
    return 'in';
  }

  @Post('logout')
  logOut(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.clear(Session);
    return 'out';
  }

  @Get('state')
  state(@SecureCookies() cookies: SecureCookieJar): object {
    return cookies.verify(Session);
  }

  @Get('account')
  account(@SecureCookie(Session, { required: true }) user: string): string {
    return user;
  }

  @Post('transfer')
  @RequireSecureCookie(Session, { bound: true })
  transfer(): string {
    return 'done';
  }

  @Get('device-bound/session')
  session(@Headers('cookie') cookie?: string): object {
    return { identifier: this.deviceBoundSessions.identifierOf(Session, cookie) };
  }

  @Get('foreign')
  foreign(): object {
    const code = thrownCode(() => this.deviceBoundSessions.identifierOf(Foreign, undefined));
    return { code };
  }

  @All('device-bound/:rest')
  rest(): string {
    return 'anything else';
  }
}

const imports = [
  SecureCookieModule.forRoot(SECRET),
  DeviceBoundModule.forRoot({ sessions: [Session] }),
];

@Module({ imports, controllers: [BankController] })
class BankModule {}

async function start(
  { create }: PlatformApp,
  module: Type = BankModule,
  configure: (app: INestApplication) => void = () => undefined,
): Promise<{ app: INestApplication; browser: DeviceBrowser; log: RecordedLog }> {
  const log = new RecordedLog();
  const app = await create(module, { tls: false, trustsProxy: true }, log);
  configure(app);
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  return { app, browser: new DeviceBrowser(`http://127.0.0.1:${port}`), log };
}

describe.each(platformApps)('device-bound sessions on $platform', (platform) => {
  let app: INestApplication;
  let browser: DeviceBrowser;

  beforeAll(async () => {
    ({ app } = await start(platform));
  });
  afterAll(() => app.close());

  const visit = async (): Promise<DeviceBrowser> => {
    const { port }: AddressInfo = app.getHttpServer().address();
    browser = new DeviceBrowser(`http://127.0.0.1:${port}`);
    await browser.send('POST', '/login');
    return browser;
  };

  const state = async (): Promise<unknown> => (await browser.send('GET', '/state')).json();

  it('begin with a login that asks the browser for its key', async () => {
    await visit();

    expect(browser.registrationPath).toBe('/device-bound/registration');
    expect(await state()).toMatchObject({ valid: true, value: 'alice', bound: false });

    const registered = await browser.register();

    expect(registered.status).toBe(200);
    expect(registered.headers.get('content-type')).toMatch(/^application\/json/);
    expect([...browser.cookies.keys()]).toEqual(['__Host-session', '__Secure-session-refresh']);
    expect(await state()).toMatchObject({ valid: true, value: 'alice', bound: true });
  });

  it('are refreshed by a proof', async () => {
    await visit();
    await browser.register();
    browser.cookies.delete('__Host-session');
    const asked = await browser.refresh();

    expect(asked.status).toBe(403);
    expect(await asked.text()).toBe('');
    expect(asked.headers.get('secure-session-challenge')).toMatch(/^"[^"]+";id="[0-9a-f]{32}"$/);

    const refreshed = await browser.refresh(browser.device.refresh(browser.challenge));

    expect(refreshed.status).toBe(200);
    expect(await refreshed.text()).toBe('');
    expect(await state()).toMatchObject({ valid: true, bound: true });
  });

  it('end with a logout, which takes both cookies', async () => {
    await visit();
    await browser.register();
    await browser.send('POST', '/logout');

    expect(browser.cookies.size).toBe(0);
    expect((await browser.refreshed()).status).toBe(401);
  });

  it('have the identifier that their browser knows, until they end', async () => {
    await visit();
    const named = async (): Promise<unknown> =>
      (await browser.send('GET', '/device-bound/session')).json();
    const before = await named();
    await browser.register();
    const bound = await named();
    await browser.refreshed();
    const refreshed = await named();
    const elsewhere = await (await browser.send('GET', '/foreign')).json();
    await browser.send('POST', '/logout');

    expect(before).toEqual({});
    expect(browser.identifier).toMatch(/^[0-9a-f]{32}$/);
    expect([bound, refreshed]).toEqual([
      { identifier: browser.identifier },
      { identifier: browser.identifier },
    ]);
    expect(elsewhere).toEqual({ code: 'device-bound-missing' });
    expect(await named()).toEqual({});
  });

  it('are what a route can ask for', async () => {
    await visit();

    expect((await browser.send('GET', '/account')).status).toBe(200);
    expect((await browser.send('POST', '/transfer')).status).toBe(401);

    await browser.register();

    expect((await browser.send('POST', '/transfer')).status).toBe(201);
  });

  it('ask for no registration without TLS, and none where nothing begins', async () => {
    const { port }: AddressInfo = app.getHttpServer().address();
    const plain = await fetch(`http://127.0.0.1:${port}/login`, { method: 'POST' });
    const read = await (await visit()).send('GET', '/state');

    expect(plain.headers.get('secure-session-registration')).toBeNull();
    expect(read.headers.get('secure-session-registration')).toBeNull();
  });

  it.each([
    ['registration', 'cross-site', 403],
    ['registration', 'same-site', 403],
    ['refresh', 'cross-site', 403],
    ['refresh', 'same-origin', 403],
  ])('refuse at %s a form of a page that is %s: %d', async (endpoint, site, status) => {
    await visit();
    await browser.register();
    const response = await browser.send('POST', `/device-bound/${endpoint}`, {
      'sec-fetch-site': site,
    });

    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(browser.cookies.size).toBe(2);
  });

  it('have endpoints that nothing frames, stores or reads from another origin', async () => {
    await visit();
    for (const response of [await browser.register(), await browser.refreshed()]) {
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
    }
  });

  it('have endpoints for POST alone, before the routes of controllers', async () => {
    await visit();

    expect((await browser.send('POST', '/device-bound/refresh')).status).toBe(403);
    expect(await (await browser.send('GET', '/device-bound/refresh')).text()).toBe('anything else');
  });
});

describe.each(platformApps)('the endpoints of an app on $platform', (platform) => {
  let app: INestApplication | undefined;
  afterEach(() => app?.close());

  it('are open to a browser whom a global guard would refuse, whatever prefix and version', async () => {
    class Nobody implements CanActivate {
      canActivate(): boolean {
        return false;
      }
    }
    @Module({
      imports: [
        SecureCookieModule.forRoot(SECRET),
        DeviceBoundModule.forRoot({ path: '/api/device', sessions: [Session] }),
      ],
      controllers: [BankController],
      providers: [{ provide: APP_GUARD, useClass: Nobody }],
    })
    class GuardedModule {}
    const started = await start(platform, GuardedModule, (configured) => {
      configured.setGlobalPrefix('api');
      configured.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    app = started.app;

    expect((await started.browser.send('POST', '/api/v1/login')).status).toBe(403);
    expect((await started.browser.send('POST', '/api/device/registration')).status).toBe(401);
  });

  it.each(['/app', '/app/', '/app/device/registration'])(
    'may be where a cookie of the path %s is sent',
    async (path) => {
      const Part = defineSecureCookie('__Secure-part', { path, secure: true, deviceBound: {} });
      @Module({
        imports: [
          SecureCookieModule.forRoot(SECRET),
          DeviceBoundModule.forRoot({ path: '/app/device', sessions: [Part] }),
        ],
      })
      class PartModule {}
      const started = await start(platform, PartModule);
      app = started.app;

      expect((await started.browser.send('POST', '/app/device/registration')).status).toBe(401);
    },
  );

  it('are closed to other origins, whatever CORS allows elsewhere', async () => {
    const started = await start(platform, BankModule, (configured) =>
      configured.enableCors({ origin: true, credentials: true, exposedHeaders: ['x-a'] }),
    );
    app = started.app;
    const origin = { origin: 'https://evil.example' };
    const route = await started.browser.send('POST', '/login', origin);
    const endpoint = await started.browser.register(origin);

    expect(route.headers.get('access-control-allow-origin')).toBe('https://evil.example');
    expect(endpoint.status).toBe(200);
    expect([...endpoint.headers.keys()].filter((name) => name.includes('access-control'))).toEqual(
      [],
    );
  });

  it('pass the protection from other sites that Nest has, from Nest 12 on', async () => {
    const started = await start(platform, BankModule, (configured) => {
      const enable: unknown = Reflect.get(configured, 'enableCsrfProtection');
      if (typeof enable === 'function') {
        Reflect.apply(enable, configured, []);
      }
    });
    app = started.app;
    const { browser } = started;
    const sent = { 'sec-fetch-site': 'same-origin' };
    await browser.send('POST', '/login', sent);

    expect((await browser.register(sent)).status).toBe(200);
    expect((await browser.refreshed()).status).toBe(200);
  });

  it('answer 503 while the keys are withdrawn, so that the browser tries again', async () => {
    const started = await start(platform);
    app = started.app;
    await started.browser.send('POST', '/login');
    await started.browser.register();
    app.get(SecureCookieSigner).withdrawKeys();

    const withdrawn = await started.browser.refresh();

    expect(withdrawn.status).toBe(503);
    expect(withdrawn.headers.getSetCookie()).toEqual([]);
    expect((await started.browser.register()).status).toBe(503);
  });
});

function bankOf(secret: string, providers: Type[]): Type {
  @Module({
    imports: [
      SecureCookieModule.forRoot(secret),
      DeviceBoundModule.forRoot({ sessions: [Session] }),
    ],
    controllers: [BankController],
    providers,
  })
  class OwnBankModule {}
  return OwnBankModule;
}

it('an Express instance that outlives a start that failed answers with the app that runs', async () => {
  @Injectable()
  class Fails implements OnModuleInit {
    onModuleInit(): void {
      throw new Error('no database');
    }
  }
  const kept = new ExpressAdapter().getInstance();
  kept.set('trust proxy', true);
  const create = (module: Type) =>
    NestFactory.create(module, new ExpressAdapter(kept), { logger: false });

  await expect((await create(bankOf(OTHER_SECRET, [Fails]))).init()).rejects.toThrow('no database');

  const app = await create(bankOf(SECRET, []));
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  const browser = new DeviceBrowser(`http://127.0.0.1:${port}`);
  await browser.send('POST', '/login');
  const statuses = [(await browser.register()).status, (await browser.refreshed()).status];
  await app.close();

  expect(statuses).toEqual([200, 200]);
});

describe('an app whose sessions are to be bound does not start', () => {
  @Controller()
  class ReadingController {
    @Get()
    read(@SecureCookie(Session) user: string | undefined): string {
      return user ?? 'nobody';
    }
  }

  @Controller()
  class RefreshController {
    @Get()
    read(
      @SecureCookie(defineSecureCookie('__Secure-session-refresh', { encrypt: true }))
      token: string,
    ): string {
      return token;
    }
  }

  it.each<[string, string, object]>([
    [
      'without DeviceBoundModule',
      'device-bound-missing',
      { imports: [SecureCookieModule.forRoot(SECRET)], controllers: [ReadingController] },
    ],
    [
      'where that binds another one',
      'device-bound-missing',
      {
        imports: [
          SecureCookieModule.forRoot(SECRET),
          DeviceBoundModule.forRoot({
            sessions: [defineSecureCookie('__Host-other', { deviceBound: {} })],
          }),
        ],
        controllers: [ReadingController],
      },
    ],
    [
      'without SecureCookieModule',
      'module-missing',
      { imports: [DeviceBoundModule.forRoot({ sessions: [Session] })] },
    ],
    [
      'with DeviceBoundModule twice',
      'module-twice',
      {
        imports: [...imports, DeviceBoundModule.forRoot({ path: '/again', sessions: [Session] })],
      },
    ],
    [
      'with a default domain',
      'option',
      {
        imports: [
          SecureCookieModule.forRoot({ secret: SECRET, cookie: { domain: 'example.com' } }),
          DeviceBoundModule.forRoot({
            sessions: [defineSecureCookie('__Secure-session', { deviceBound: {} })],
          }),
        ],
      },
    ],
    ...[
      { cookie: '/app', path: '/device-bound' },
      { cookie: '/device', path: '/device-bound' },
      { cookie: '/device-bound/refresh', path: '/device-bound' },
    ].map(({ cookie, path }): [string, string, object] => [
      `with a cookie of the path ${cookie}, which browsers do not send to ${path}`,
      'option',
      {
        imports: [
          SecureCookieModule.forRoot(SECRET),
          DeviceBoundModule.forRoot({
            path,
            sessions: [
              defineSecureCookie('__Secure-session', {
                path: cookie,
                secure: true,
                deviceBound: {},
              }),
            ],
          }),
        ],
      },
    ]),
    [
      'with another definition that has the name of its refresh cookie',
      'option',
      { imports, controllers: [RefreshController] },
    ],
    [
      'with a lifetime of the module that is as short',
      'option',
      {
        imports: [
          SecureCookieModule.forRoot({ secret: SECRET, maxAge: 600 }),
          DeviceBoundModule.forRoot({
            sessions: [defineSecureCookie('__Host-session', { deviceBound: {} })],
          }),
        ],
      },
    ],
    [
      'with revocableBy alone',
      'revocations-missing',
      {
        imports: [
          SecureCookieModule.forRoot(SECRET),
          DeviceBoundModule.forRoot({
            sessions: [
              defineSecureCookie('__Host-session', {
                revocableBy: (user) => [user],
                deviceBound: {},
              }),
            ],
          }),
        ],
      },
    ],
  ])('%s: %s', async (_what, code, metadata) => {
    @Module(metadata)
    class FaultyModule {}
    for (const { create } of platformApps) {
      const app = await create(FaultyModule, { tls: false, trustsProxy: true }, false).catch(
        (error: unknown) => error,
      );
      const failed =
        app instanceof Error
          ? app
          : await (app as INestApplication).init().catch((error: unknown) => error);

      expect(failed).toMatchObject({ code });
    }
  });
});
