import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import express from 'express';
import {
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
  type SecureCookieModuleInput,
  type SecureCookieOptionsFactory,
} from 'nestjs-secure-cookie';
import { listen } from '../support/listen.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { cookieHeader, setCookieValues, signer } from '../support/signed-cookies.js';

const PLATFORM_KEY = Symbol.for('nestjs-secure-cookie');

@Controller()
class VisitController {
  @Get()
  visit(@SecureCookie('user') user: string | undefined): object {
    return { user: user ?? null };
  }

  @Get('set')
  set(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set('user', 'alice');
  }
}

function appOf(...imports: (Type | DynamicModule)[]): DynamicModule {
  @Module({ controllers: [VisitController] })
  class AppModule {}
  return { module: AppModule, imports };
}

const running: { close(): Promise<unknown> }[] = [];

function closeAfterwards<App extends { close(): Promise<unknown> }>(app: App): App {
  running.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function signerOf(module: DynamicModule): Promise<SecureCookieSigner> {
  const testing = await Test.createTestingModule({ imports: [module] }).compile();
  return testing.get(SecureCookieSigner);
}

describe('SecureCookieModule', () => {
  it.each<[string, SecureCookieModuleInput]>([
    ['the secret', SECRET],
    ['its bytes', new TextEncoder().encode(SECRET)],
    ['options', { secret: SECRET }],
    ['options with a key record', { secret: { 0: SECRET, 1: OTHER_SECRET }, keyVersion: 1 }],
  ])('forRoot takes %s', async (_what, input) => {
    const injected = await signerOf(SecureCookieModule.forRoot(input));

    expect(injected.unsign('user', signer.sign('user', 'alice'))).toBe('alice');
  });

  it('passes the policy on to the signer', async () => {
    const injected = await signerOf(
      SecureCookieModule.forRoot({ secret: SECRET, maxAge: 60, minVersion: 1 }),
    );

    expect(injected).toMatchObject({ maxAge: 60, minVersion: 1 });
  });

  describe('forRootAsync', () => {
    @Injectable()
    class Configuration {
      readonly secret = SECRET;
    }

    @Module({ providers: [Configuration], exports: [Configuration] })
    class ConfigurationModule {}

    @Injectable()
    class OptionsFactory implements SecureCookieOptionsFactory {
      createSecureCookieOptions(): SecureCookieModuleInput {
        return { secret: SECRET };
      }
    }

    @Injectable()
    class SecretFactory implements SecureCookieOptionsFactory {
      constructor(@Inject(Configuration) private readonly configuration: Configuration) {}

      createSecureCookieOptions(): Promise<SecureCookieModuleInput> {
        return Promise.resolve(this.configuration.secret);
      }
    }

    @Module({
      imports: [ConfigurationModule],
      providers: [SecretFactory],
      exports: [SecretFactory],
    })
    class SecretFactoryModule {}

    it.each<[string, DynamicModule]>([
      [
        'a factory that returns the secret',
        SecureCookieModule.forRootAsync({ useFactory: () => SECRET }),
      ],
      [
        'a factory that returns the options',
        SecureCookieModule.forRootAsync({ useFactory: () => ({ secret: SECRET }) }),
      ],
      [
        'a factory that promises the secret',
        SecureCookieModule.forRootAsync({ useFactory: () => Promise.resolve(SECRET) }),
      ],
      [
        'a factory with injected providers of imported modules',
        SecureCookieModule.forRootAsync({
          imports: [ConfigurationModule],
          inject: [Configuration],
          useFactory: ({ secret }: Configuration) => secret,
        }),
      ],
      ['useClass', SecureCookieModule.forRootAsync({ useClass: OptionsFactory })],
      [
        'useClass with dependencies',
        SecureCookieModule.forRootAsync({
          imports: [ConfigurationModule],
          useClass: SecretFactory,
        }),
      ],
      [
        'useExisting',
        SecureCookieModule.forRootAsync({
          imports: [SecretFactoryModule],
          useExisting: SecretFactory,
        }),
      ],
    ])('takes %s', async (_what, module) => {
      const injected = await signerOf(module);

      expect(injected.unsign('user', signer.sign('user', 'alice'))).toBe('alice');
    });

    it.each([undefined, ''])(
      "a factory that returns %j fails the start with 'secret-missing', which says how to set it",
      async (secret) => {
        const started = signerOf(SecureCookieModule.forRootAsync({ useFactory: () => secret }));

        await expect(started).rejects.toMatchObject({
          code: 'secret-missing',
          message: expect.stringContaining('Pass the option "secret"'),
        });
      },
    );

    it('a factory that returns a bad option fails the start', async () => {
      const started = signerOf(
        SecureCookieModule.forRootAsync({ useFactory: () => ({ secret: SECRET, maxAge: -1 }) }),
      );

      await expect(started).rejects.toMatchObject({ code: 'option' });
    });
  });

  describe('its scope', () => {
    @Injectable()
    class Feature {
      constructor(
        @Inject(SecureCookieSigner) readonly injected: SecureCookieSigner,
        @Inject(SecureCookieService) readonly service: SecureCookieService,
      ) {}
    }

    @Module({ providers: [Feature] })
    class FeatureModule {}

    const start = (module: DynamicModule) =>
      Test.createTestingModule({ imports: [module, FeatureModule] }).compile();

    it.each<[string, DynamicModule]>([
      ['forRoot', SecureCookieModule.forRoot(SECRET)],
      ['forRootAsync', SecureCookieModule.forRootAsync({ useFactory: () => SECRET })],
    ])('%s: the providers can be injected anywhere', async (_what, module) => {
      const feature = (await start(module)).get(Feature, { strict: false });

      expect(feature.injected).toBeInstanceOf(SecureCookieSigner);
      expect(feature.service).toBeInstanceOf(SecureCookieService);
    });

    it.each<[string, DynamicModule]>([
      ['forRoot', SecureCookieModule.forRoot({ secret: SECRET, isGlobal: false })],
      [
        'forRootAsync',
        SecureCookieModule.forRootAsync({ useFactory: () => SECRET, isGlobal: false }),
      ],
    ])('%s with isGlobal false: only where the module is imported', async (_what, module) => {
      await expect(start(module)).rejects.toThrow("can't resolve dependencies of the Feature");
    });
  });

  it('needs no HTTP server: a standalone app signs and reads', async () => {
    const context = closeAfterwards(
      await NestFactory.createApplicationContext(SecureCookieModule.forRoot(SECRET), {
        logger: false,
        abortOnError: false,
      }),
    );
    const service = context.get(SecureCookieService);

    expect(service.reader(cookieHeader('user', 'alice')).get('user')).toBe('alice');
  });
});

describe.each(platforms)('SecureCookieModule on $platform', (platform) => {
  const start = async (module: DynamicModule): Promise<RunningApp> =>
    closeAfterwards(await startApp(platform, module));

  it("a bare import fails the start with 'module-missing', and the import to write", async () => {
    await expect(start(appOf(SecureCookieModule))).rejects.toMatchObject({
      code: 'module-missing',
      message: expect.stringContaining('import SecureCookieModule.forRoot(<secret>)'),
    });
  });

  it('without the module, a decorator answers 500 and the rest of the app works', async () => {
    @Controller('plain')
    class PlainController {
      @Get()
      plain(): string {
        return 'plain';
      }
    }
    @Module({ controllers: [PlainController, VisitController] })
    class AppModule {}
    const { url } = closeAfterwards(await startApp(platform, AppModule));

    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(`${url}/set`)).status).toBe(500);
    expect(await (await fetch(`${url}/plain`)).text()).toBe('plain');
  });

  it("two registrations fail the start with 'module-twice'", async () => {
    const twice = appOf(
      SecureCookieModule.forRoot(SECRET),
      SecureCookieModule.forRoot(OTHER_SECRET),
    );

    await expect(start(twice)).rejects.toMatchObject({ code: 'module-twice' });
  });

  it('one registration may be imported by several modules, and its class beside it', async () => {
    const module = SecureCookieModule.forRoot(SECRET);
    @Module({ imports: [module, SecureCookieModule] })
    class FeatureModule {}
    const { url } = await start(appOf(module, FeatureModule));

    const response = await fetch(url, { headers: { cookie: cookieHeader('user', 'alice') } });

    expect(await response.json()).toEqual({ user: 'alice' });
  });

  it('leaves the classes of an app as they were when that is closed', async () => {
    const { close } = await startApp(platform, appOf(SecureCookieModule.forRoot(SECRET)));
    const whileOpen = Object.hasOwn(VisitController, PLATFORM_KEY);
    await close();

    expect([whileOpen, Object.hasOwn(VisitController, PLATFORM_KEY)]).toEqual([true, false]);
  });

  it('requests that come in while the app shuts down are still answered', async () => {
    let lastAnswer: unknown;
    let url = '';
    @Injectable()
    class Drain implements BeforeApplicationShutdown {
      async beforeApplicationShutdown(): Promise<void> {
        const headers = { cookie: cookieHeader('user', 'alice') };
        lastAnswer = await (await fetch(url, { headers })).json();
      }
    }
    const module = { ...appOf(SecureCookieModule.forRoot(SECRET)), providers: [Drain] };
    const app = await startApp(platform, module);
    url = app.url;
    await app.close();

    expect(lastAnswer).toEqual({ user: 'alice' });
  });
});

it('an Express instance can serve one app after another', async () => {
  const instance = express();
  const adapter = () => new ExpressAdapter(instance);
  const first = await startApp({ adapter }, appOf(SecureCookieModule.forRoot(SECRET)));
  await first.close();
  const second = closeAfterwards(
    await startApp({ adapter }, appOf(SecureCookieModule.forRoot(OTHER_SECRET))),
  );

  expect(second.app.get(SecureCookieSigner)).not.toBe(first.app.get(SecureCookieSigner));
});

describe('two apps mounted in one Express app, each with its own secret', () => {
  let server: Server;

  async function mount(...secrets: string[]): Promise<string> {
    const outer = express();
    for (const [index, secret] of secrets.entries()) {
      const module = appOf(SecureCookieModule.forRoot(secret));
      const app = closeAfterwards(
        await NestFactory.create(module, new ExpressAdapter(), { logger: false }),
      );
      await app.init();
      outer.use(`/${index}`, app.getHttpAdapter().getInstance());
    }
    server = createServer(outer);
    return `http://127.0.0.1:${await listen(server)}`;
  }

  afterEach(() => {
    server.close();
  });

  it('each signs and reads with its own', async () => {
    const url = await mount(SECRET, OTHER_SECRET);
    const [first, second] = await Promise.all([fetch(`${url}/0/set`), fetch(`${url}/1/set`)]);
    const [fromFirst] = setCookieValues(first, 'user');
    const [fromSecond] = setCookieValues(second, 'user');
    const read = async (path: string, value: string | undefined): Promise<unknown> =>
      (await fetch(`${url}${path}`, { headers: { cookie: `user=${value}` } })).json();

    expect(await read('/0', fromFirst)).toEqual({ user: 'alice' });
    expect(await read('/1', fromSecond)).toEqual({ user: 'alice' });
    expect(await read('/0', fromSecond)).toEqual({ user: null });
    expect(await read('/1', fromFirst)).toEqual({ user: null });
  });
});
