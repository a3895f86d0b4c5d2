import {
  Inject,
  Logger,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { SecureCookieError } from '../errors.js';
import { KeyRing } from '../signing/key-ring.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { SecureCookieKeyRefresher } from './key-refresher.js';
import { isInstance } from './platform.js';
import { enterApp, leaveApp, type RunningApp } from './running-apps.js';
import {
  moduleOptions,
  rootOptions,
  SECURE_COOKIE_OPTIONS,
  type SecureCookieModuleAsyncOptions,
  type SecureCookieModuleInput,
  type SecureCookieModuleOptions,
  type SecureCookieModuleScope,
  type SecureCookieOptionsFactory,
} from './secure-cookie.options.js';
import { SecureCookieService } from './secure-cookie.service.js';
import { checkComponents } from './start-checks.js';
import { loadWsException, WS_EXCEPTION } from './ws-exception.js';

/**
 * Secure cookies for a Nest app: `SecureCookieSigner` and `SecureCookieService` for injection, and
 * the service behind the decorators. Registered once, in the root module.
 *
 * @example
 * \@Module({ imports: [SecureCookieModule.forRoot(process.env.COOKIE_SECRET)] })
 * export class AppModule {}
 */
@Module({})
export class SecureCookieModule implements OnModuleInit, OnApplicationShutdown {
  readonly #adapterHost: HttpAdapterHost;
  readonly #modules: ModulesContainer;
  readonly #service: SecureCookieService | undefined;
  readonly #revocations: SecureCookieRevocations | undefined;
  #app: RunningApp | undefined;

  constructor(
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Optional() @Inject(SecureCookieService) service: SecureCookieService | undefined,
    @Optional() @Inject(SecureCookieRevocations) revocations: SecureCookieRevocations | undefined,
  ) {
    this.#adapterHost = adapterHost;
    this.#modules = modules;
    this.#service = service;
    this.#revocations = revocations;
  }

  /**
   * Registers the module with its options.
   *
   * @param input - a secret of 32 bytes or more, or the options; typed to take
   * `process.env.COOKIE_SECRET` as it is
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version`, `option` or
   * `attribute`, at this call
   * @example
   * SecureCookieModule.forRoot({
   *   secret: { 1: oldSecret, 2: newSecret },
   *   keyVersion: 2,
   *   cookie: { sameSite: 'strict' },
   * });
   */
  static forRoot(
    input: SecureCookieModuleInput | (SecureCookieModuleOptions & SecureCookieModuleScope),
  ): DynamicModule {
    const { options, isGlobal } = rootOptions(input);
    assertKeys(options);
    return dynamicModule([{ provide: SECURE_COOKIE_OPTIONS, useFactory: () => options }], isGlobal);
  }

  /**
   * Registers the module with options that other providers know. A factory may return the options or
   * the secret alone.
   *
   * @param options - `imports`, `isGlobal`, and `useFactory` (with `inject`), `useClass` or
   * `useExisting`
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version`, `keys-load`,
   * `revocations-load`, `option` or `attribute`, when the app starts
   * @example
   * SecureCookieModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => config.getOrThrow('COOKIE_SECRET'),
   * });
   */
  static forRootAsync(options: SecureCookieModuleAsyncOptions): DynamicModule {
    const module = dynamicModule(optionsProviders(options), options.isGlobal);
    return { ...module, imports: options.imports ?? [] };
  }

  /**
   * Called by Nest.
   *
   * @throws {@link SecureCookieError} `module-missing` or `module-twice`; `secret-reused`,
   * `revocations-missing`, `requirement-lost` or `option` for what decorators declared
   */
  onModuleInit(): void {
    if (this.#service === undefined) {
      throw new SecureCookieError(
        'module-missing',
        'SecureCookieModule was imported without its options: import SecureCookieModule.forRoot(<secret>) in the root module, once; it is global.',
      );
    }
    if (this.#registrations() > 1) {
      throw new SecureCookieError(
        'module-twice',
        'SecureCookieModule is registered twice in this app: call forRoot or forRootAsync once, in the root module. For a second secret, provide a SecureCookieSigner under a token of your own.',
      );
    }
    const app = {
      service: this.#service,
      components: checkComponents(this.#modules, this.#service),
    };
    this.#app = app;
    this.#placesOf(app).forEach((place) => enterApp(place, app));
  }

  /**
   * Later than `onModuleDestroy`, which runs while requests are still answered.
   *
   * Called by Nest.
   */
  onApplicationShutdown(): void {
    this.#revocations?.stop();
    const app = this.#app;
    if (app !== undefined) {
      this.#placesOf(app).forEach((place) => leaveApp(place, app));
    }
  }

  /** In this app: another one may have its own on the same platform. A bare import is none. */
  #registrations(): number {
    return [...this.#modules.values()].filter(
      ({ metatype, providers }) =>
        metatype === SecureCookieModule && providers.has(SecureCookieService),
    ).length;
  }

  /** A microservice or a standalone app has neither platform nor HTTP server. */
  #placesOf({ components }: RunningApp): readonly object[] {
    // Typed as always there, but undefined outside HTTP.
    const adapter: HttpAdapterHost['httpAdapter'] | undefined = this.#adapterHost.httpAdapter;
    const places: readonly unknown[] = [
      adapter?.getInstance(),
      adapter?.getHttpServer(),
      ...components,
    ];
    return places.filter(isInstance);
  }
}

function dynamicModule(options: Provider[], isGlobal = true): DynamicModule {
  return {
    module: SecureCookieModule,
    global: isGlobal,
    providers: [
      ...options,
      {
        provide: SecureCookieSigner,
        useFactory: createSigner,
        inject: [SECURE_COOKIE_OPTIONS, SecureCookieKeyRefresher],
      },
      { provide: WS_EXCEPTION, useFactory: loadWsException },
      {
        provide: SecureCookieRevocations,
        useFactory: startRevocations,
        inject: [SECURE_COOKIE_OPTIONS, SecureCookieSigner],
      },
      SecureCookieKeyRefresher,
      SecureCookieService,
    ],
    exports: [
      SECURE_COOKIE_OPTIONS,
      SecureCookieSigner,
      SecureCookieService,
      SecureCookieRevocations,
    ],
  };
}

function createSigner(
  options: SecureCookieModuleOptions,
  refresher: SecureCookieKeyRefresher,
): SecureCookieSigner | Promise<SecureCookieSigner> {
  if (options.keys !== undefined) {
    return refresher.createSigner(options.keys, options);
  }
  const { keys: _keys, cookie: _c, vary: _v, revocations: _r, ...signerOptions } = options;
  return new SecureCookieSigner(signerOptions);
}

async function startRevocations(
  { revocations }: SecureCookieModuleOptions,
  signer: SecureCookieSigner,
): Promise<SecureCookieRevocations> {
  const logger = new Logger('SecureCookieModule');
  const started = new SecureCookieRevocations(signer, revocations, logger);
  await started.start();
  return started;
}

function optionsProviders(options: SecureCookieModuleAsyncOptions): Provider[] {
  if ('useFactory' in options) {
    const { useFactory, inject = [] } = options;
    return [
      {
        provide: SECURE_COOKIE_OPTIONS,
        useFactory: async (...providers: unknown[]) =>
          moduleOptions(await useFactory(...providers)),
        inject,
      },
    ];
  }
  const factory = 'useClass' in options ? options.useClass : options.useExisting;
  return [
    ...('useClass' in options ? [options.useClass] : []),
    {
      provide: SECURE_COOKIE_OPTIONS,
      useFactory: async (made: SecureCookieOptionsFactory) =>
        moduleOptions(await made.createSecureCookieOptions()),
      inject: [factory],
    },
  ];
}

/** A mistake shows in the call that makes it, and not when the app starts. Each app makes its own signer. */
function assertKeys(options: SecureCookieModuleOptions): void {
  if (options.keys === undefined) {
    void new KeyRing(options, options.allowWeakSecrets ?? false);
  }
}
