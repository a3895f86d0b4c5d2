import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Req,
  Res,
  Scope,
  type DynamicModule,
  type INestApplication,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { LazyModuleLoader, NestFactory, REQUEST } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import express from 'express';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { setCookieValues } from '../support/signed-cookies.js';

const running: { close(): Promise<unknown> }[] = [];

function closeAfterwards<App extends { close(): Promise<unknown> }>(app: App): App {
  running.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

/** A controller of its own for each call, as two apps have. */
function visitor(path: string): Type {
  @Controller(path)
  class VisitController {
    @Get()
    visit(@SecureCookie('user') user: string | undefined): object {
      return { user: user ?? null };
    }
  }
  return VisitController;
}

function appOf(imports: (Type | DynamicModule)[], ...controllers: Type[]): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports, controllers };
}

async function visit(url: string, secret: string): Promise<unknown> {
  const signer = new SecureCookieSigner({ secret });
  const response = await fetch(url, {
    headers: { cookie: `user=${signer.sign('user', 'alice')}` },
  });
  return response.status === 200 ? response.json() : response.status;
}

/** Answers nothing that its app has no route for, so that another app can be asked. */
class SharingAdapter extends ExpressAdapter {
  override setNotFoundHandler(): this {
    return this;
  }
}

/** One Express instance that apps are made on. */
function kept() {
  const instance = express();
  return { adapter: () => new SharingAdapter(instance) };
}

describe('a kept Express instance', () => {
  @Injectable()
  class FailsOnce implements OnModuleInit {
    static failures = 1;

    onModuleInit(): void {
      if (FailsOnce.failures > 0) {
        FailsOnce.failures -= 1;
        throw new RangeError('no database');
      }
    }
  }

  it('survives a start that fails: its cause is seen, and the next start works', async () => {
    const platform = kept();
    const controller = visitor('');
    const start = (secret: string): Promise<RunningApp> =>
      startApp(platform, {
        ...appOf([SecureCookieModule.forRoot(secret)], controller),
        providers: [FailsOnce],
      });

    await expect(start(OTHER_SECRET)).rejects.toThrow('no database');
    const { url } = closeAfterwards(await start(SECRET));

    expect(await visit(url, SECRET)).toEqual({ user: 'alice' });
    expect(await visit(url, OTHER_SECRET)).toEqual({ user: null });
  });

  it('serves two apps at once, each with its own secret', async () => {
    const platform = kept();
    const first = closeAfterwards(
      await startApp(platform, appOf([SecureCookieModule.forRoot(SECRET)], visitor('first'))),
    );
    const second = closeAfterwards(
      await startApp(
        platform,
        appOf([SecureCookieModule.forRoot(OTHER_SECRET)], visitor('second')),
      ),
    );

    expect(await visit(`${first.url}/first`, SECRET)).toEqual({ user: 'alice' });
    expect(await visit(`${first.url}/first`, OTHER_SECRET)).toEqual({ user: null });
    expect(await visit(`${second.url}/second`, OTHER_SECRET)).toEqual({ user: 'alice' });
    expect(await visit(`${second.url}/second`, SECRET)).toEqual({ user: null });
  });
});

describe('a second registration', () => {
  it.each(['reference', 'deep-hash'] as const)(
    "fails the start with 'module-twice' under the module ids of '%s'",
    async (moduleIdGeneratorAlgorithm) => {
      const module = appOf([
        SecureCookieModule.forRoot(SECRET),
        SecureCookieModule.forRoot(OTHER_SECRET),
      ]);
      const app = await NestFactory.create(module, new ExpressAdapter(), {
        logger: false,
        abortOnError: false,
        moduleIdGeneratorAlgorithm,
      });

      await expect(app.init()).rejects.toMatchObject({ code: 'module-twice' });
    },
  );

  it.each(['reference', 'deep-hash'] as const)(
    "is not one that several modules import, under the module ids of '%s'",
    async (moduleIdGeneratorAlgorithm) => {
      const registration = SecureCookieModule.forRoot(SECRET);
      @Module({ imports: [registration] })
      class FeatureModule {}
      const app = closeAfterwards(
        await NestFactory.create(appOf([registration, FeatureModule]), new ExpressAdapter(), {
          logger: false,
          abortOnError: false,
          moduleIdGeneratorAlgorithm,
        }),
      );

      await expect(app.init()).resolves.toBeDefined();
    },
  );
});

describe.each(platforms)('options that depend on the request, on $platform', (platform) => {
  @Injectable({ scope: Scope.REQUEST })
  class OfRequest {
    readonly secret = SECRET;
  }

  it.each<[string, DynamicModule]>([
    ['REQUEST', SecureCookieModule.forRootAsync({ inject: [REQUEST], useFactory: () => SECRET })],
    [
      'a provider of that scope',
      SecureCookieModule.forRootAsync({
        imports: [{ module: class Source {}, providers: [OfRequest], exports: [OfRequest] }],
        inject: [OfRequest],
        useFactory: ({ secret }: OfRequest) => secret,
      }),
    ],
  ])('fail the start, and are told by their scope: %s', async (_, module) => {
    await expect(startApp(platform, appOf([module], visitor('')))).rejects.toMatchObject({
      code: 'option',
      message: expect.stringContaining('depend on the request'),
    });
  });
});

describe.each(platforms)('an app on $platform', (platform) => {
  it('whose module was loaded lazily says so', async () => {
    let failure: unknown;
    const started = closeAfterwards(
      await startApp(platform, appOf([], visitor('')), (app) => {
        app.useGlobalFilters({
          catch: (error: unknown, host) => {
            failure = error;
            const response: { status(code: number): { send(body: string): void } } = host
              .switchToHttp()
              .getResponse();
            response.status(500).send('');
          },
        });
      }),
    );
    const loader = started.app.get(LazyModuleLoader);
    await loader.load(() => ({ ...SecureCookieModule.forRoot(SECRET), global: false }));
    await fetch(started.url);

    expect(failure).toMatchObject({
      code: 'module-missing',
      message: expect.stringContaining('loaded lazily'),
    });
  });

  it('starts with a double of the service that has "jar" alone', async () => {
    const double = { jar: () => ({ get: () => 'bob', verify: () => ({ valid: true }) }) };
    @Controller()
    class UserController {
      @RequireSecureCookie('user')
      @Get()
      user(@SecureCookie('user') user: string): string {
        return user;
      }
    }
    const testing = await Test.createTestingModule({
      imports: [SecureCookieModule.forRoot(SECRET)],
      controllers: [UserController],
    })
      .overrideProvider(SecureCookieService)
      .useValue(double)
      .compile();
    const app: INestApplication = closeAfterwards(
      testing.createNestApplication(platform.adapter(), { logger: false }),
    );
    await app.listen(0, '127.0.0.1');

    expect(await (await fetch(await app.getUrl())).text()).toBe('bob');
  });

  it('does not start with a double that has no "jar"', async () => {
    const testing = Test.createTestingModule({ imports: [SecureCookieModule.forRoot(SECRET)] })
      .overrideProvider(SecureCookieService)
      .useValue({});
    const app = (await testing.compile()).createNestApplication(platform.adapter(), {
      logger: false,
    });

    await expect(app.init()).rejects.toMatchObject({ code: 'option' });
  });

  it('that was closed still answers the requests that it has', async () => {
    const arrived = signal();
    const closed = signal();
    @Injectable()
    class Slow {
      async transform(value: unknown): Promise<unknown> {
        arrived.give();
        await closed.given;
        return value;
      }
    }
    @Controller()
    class SlowController {
      @Get()
      slow(
        @SecureCookie('first', Slow) _first: unknown,
        @SecureCookies() cookies: SecureCookieJar,
      ): object {
        cookies.set('late', 'yes');
        return { user: cookies.get('user') ?? null };
      }
    }
    // Its server is not the app's, as in a function that is called for each request.
    const { app, url } = await startApp(
      platform,
      appOf([SecureCookieModule.forRoot(SECRET)], SlowController),
    );
    const value = new SecureCookieSigner({ secret: SECRET }).sign('user', 'alice');
    const answer = fetch(url, { headers: { cookie: `user=${value}`, connection: 'close' } });
    await arrived.given;
    const server = app.getHttpServer();
    const original = server.close.bind(server);
    server.close = (done: () => void) => done();
    await app.close();
    closed.give();
    const response = await answer;
    original();

    expect(await response.json()).toEqual({ user: 'alice' });
    expect(setCookieValues(response, 'late')).toHaveLength(1);
  });
});

describe.each(platforms)('a second secret, on $platform', (platform) => {
  it('has a service of its own, whose cookies stand beside those of the app', async () => {
    const partner = new SecureCookieService(new SecureCookieSigner({ secret: OTHER_SECRET }), {
      cookie: { path: '/partner', sameSite: 'strict' },
    });
    @Controller()
    class PartnerController {
      @Get()
      both(
        @SecureCookies() cookies: SecureCookieJar,
        @Req() request: object,
        @Res({ passthrough: true }) response: object,
      ): object {
        const jar = partner.jar(request, response);
        cookies.set('ours', 'yes');
        jar.set('theirs', 'yes');
        return { ours: cookies.get('user') ?? null, theirs: jar.get('user') ?? null };
      }
    }
    const module = appOf([SecureCookieModule.forRoot(SECRET)], PartnerController);
    const { url } = closeAfterwards(await startApp(platform, module));
    const value = new SecureCookieSigner({ secret: OTHER_SECRET }).sign('user', 'alice');
    const response = await fetch(url, { headers: { cookie: `user=${value}` } });
    const headers = response.headers.getSetCookie();

    expect(await response.json()).toEqual({ ours: null, theirs: 'alice' });
    expect(headers.toSorted()).toEqual([
      expect.stringMatching(/^ours=2\|.*; Path=\/;/),
      expect.stringMatching(/^theirs=2\|.*; Path=\/partner;.*SameSite=Strict/),
    ]);
  });
});

describe('the secret', () => {
  it('cannot be injected, nor found in the container, whatever token a provider knows', async () => {
    const testing = closeAfterwards(
      await Test.createTestingModule({
        imports: [
          SecureCookieModule.forRoot({ secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 }),
        ],
      }).compile(),
    );
    await testing.init();
    const container: {
      getModules(): Map<string, { providers: Map<unknown, { instance: unknown }> }>;
    } = Reflect.get(testing, 'container');
    const instances = [...container.getModules().values()].flatMap(({ providers }) =>
      [...providers.values()].map(({ instance }) => instance),
    );

    expect(instances.length).toBeGreaterThan(5);
    expect(instances.filter((instance) => holds(instance, [SECRET, OTHER_SECRET]))).toEqual([]);
  });

  it.each([
    ['a secret', { secret: SECRET }],
    ['a misspelt option', { cookies: {} }],
    ['an option of another kind', { vary: 'yes' }],
  ])('is no option of a service: %s', (_, options) => {
    const signer = new SecureCookieSigner({ secret: SECRET });

    expect(() => new SecureCookieService(signer, options as never)).toThrow(
      expect.objectContaining({ code: 'option' }),
    );
  });
});

/** A promise, and what resolves it. */
function signal() {
  const { port1, port2 } = new MessageChannel();
  const given = once(port1, 'message').then(() => port1.close());
  return { given, give: () => port2.postMessage(undefined) };
}

/** Whether one of the texts can be reached from a value by its properties. */
function holds(value: unknown, texts: readonly string[], seen = new Set<unknown>()): boolean {
  if (typeof value === 'string') {
    return texts.includes(value);
  }
  if (typeof value !== 'object' || value === null || seen.has(value) || seen.size > 5000) {
    return false;
  }
  seen.add(value);
  return Object.values(value).some((part) => holds(part, texts, seen));
}
