import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { KeyRing } from '../signing/key-ring.js';
import type { SecureCookieRevocationSettings } from '../revocation/revocation-settings.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { resolvePolicy, type SecureCookiePolicy } from '../signing/policy.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { DEVICE_BINDING, type DeviceBinding } from '../jar/device-binding.js';
import { SecureCookieKeyRefresher } from './key-refresher.js';
import { isInstance } from '../own-member.js';
import { logOtherCopies } from './other-copies.js';
import { REGISTRATION, registrationOf, revocationsIn, serviceOf } from './registration.js';
import { enterApp, leaveApp, retireApp, type RunningApp } from './running-apps.js';
import {
  asyncOptions,
  moduleOptions,
  rootOptions,
  type SecureCookieModuleAsyncOptions,
  type SecureCookieModuleInput,
  type SecureCookieModuleKeys,
  type SecureCookieModuleOptions,
  type SecureCookieModuleScope,
  type SecureCookieOptionsFactory,
  SERVICE_OPTIONS,
  type SecureCookieServiceOptions,
} from './secure-cookie.options.js';
import { SecureCookieService } from './secure-cookie.service.js';
import { checkComponents } from './start-checks.js';
import { loadWsException, WS_EXCEPTION } from './ws-exception.js';

/**
 * Secure cookies for a Nest app: provides `SecureCookieSigner`, `SecureCookieService` and
 * `SecureCookieRevocations`, and the service behind the decorators. Register it once, in the root
 * module.
 *
 * @example
 * \@Module({ imports: [SecureCookieModule.forRoot(process.env.COOKIE_SECRET)] })
 * export class AppModule {}
 */
@Module({})
export class SecureCookieModule implements OnModuleInit, OnApplicationShutdown {
  readonly #adapterHost: HttpAdapterHost;
  readonly #modules: ModulesContainer;
  #app: RunningApp | undefined;
  #revocations: SecureCookieRevocations | undefined;

  /** Does not inject the service: with request-scoped options, the start-up checks would not run. */
  constructor(
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#adapterHost = adapterHost;
    this.#modules = modules;
    logOtherCopies(modules);
  }

  /**
   * Registers the module with its options.
   *
   * @param input - a secret of at least 32 bytes, or the options; its type accepts
   * `process.env.COOKIE_SECRET`
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
    const parts = {
      provide: PARTS,
      useFactory: (refresher: SecureCookieKeyRefresher) => partsOf(options, refresher),
      inject: [SecureCookieKeyRefresher],
    };
    return dynamicModule([parts], isGlobal);
  }

  /**
   * Registers the module with options from other providers. A factory may return the options, or only
   * the secret.
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
    const own = asyncOptions(options);
    const module = dynamicModule(asyncParts(own), own.isGlobal);
    return { ...module, imports: own.imports ?? [] };
  }

  /**
   * Checks what decorators declared.
   *
   * @throws {@link SecureCookieError} `module-missing`, `module-twice`, or `option` for options that
   * depend on the request; `secret-reused`, `revocations-missing`, `device-bound-missing`,
   * `requirement-lost` or `option` for what decorators declared
   */
  onModuleInit(): void {
    const registration = registrationOf(this.#modules, SecureCookieModule);
    const service = serviceOf(registration);
    const app = {
      service,
      components: checkComponents(this.#modules, service),
      isClosed: false,
    };
    this.#app = app;
    this.#revocations = revocationsIn(registration);
    [...this.#servers(), ...componentsOf(app)].forEach((place) => enterApp(place, app));
  }

  /**
   * Not `onModuleDestroy`, which runs while requests are still answered.
   */
  onApplicationShutdown(): void {
    const app = this.#app;
    if (app !== undefined) {
      app.isClosed = true;
      this.#servers().forEach((place) => retireApp(place, app));
      componentsOf(app).forEach((place) => leaveApp(place, app));
    }
    this.#revocations?.stop();
  }

  /** A microservice or a standalone app has neither platform nor HTTP server. */
  #servers(): readonly object[] {
    // Its type says that it is always there, but it is undefined outside HTTP.
    const adapter: HttpAdapterHost['httpAdapter'] | undefined = this.#adapterHost.httpAdapter;
    const places: readonly unknown[] = [adapter?.getInstance(), adapter?.getHttpServer()];
    return places.filter(isInstance);
  }
}

function componentsOf({ components }: RunningApp): readonly object[] {
  return [...components].filter(isInstance);
}

/** What the options become, without their secret, so that no provider can inject it. */
interface ModuleParts {
  readonly createSigner: () => SecureCookieSigner | Promise<SecureCookieSigner>;
  readonly service: SecureCookieServiceOptions;
  readonly revocations: SecureCookieRevocationSettings | undefined;
}

const PARTS = Symbol('nestjs-secure-cookie parts');

function dynamicModule(sources: Provider[], isGlobal = true): DynamicModule {
  return {
    module: SecureCookieModule,
    global: isGlobal,
    providers: [
      ...sources,
      { provide: REGISTRATION, useValue: crypto.randomUUID() },
      { provide: WS_EXCEPTION, useFactory: loadWsException },
      {
        provide: SERVICE_OPTIONS,
        useFactory: ({ service }: ModuleParts) => service,
        inject: [PARTS],
      },
      {
        provide: SecureCookieSigner,
        useFactory: (parts: ModuleParts) => parts.createSigner(),
        inject: [PARTS],
      },
      {
        provide: SecureCookieRevocations,
        useFactory: startRevocations,
        inject: [PARTS, SecureCookieSigner],
      },
      {
        provide: SecureCookieService,
        useFactory: createService,
        inject: [
          PARTS,
          SecureCookieSigner,
          SecureCookieRevocations,
          WS_EXCEPTION,
          { token: DEVICE_BINDING, optional: true },
        ],
      },
      SecureCookieKeyRefresher,
    ],
    exports: [SecureCookieSigner, SecureCookieService, SecureCookieRevocations],
  };
}

function partsOf(
  { cookie, vary, revocations, ...options }: SecureCookieModuleOptions,
  refresher: SecureCookieKeyRefresher,
): ModuleParts {
  return {
    createSigner: () => createSigner(options, refresher),
    service: { cookie, vary },
    revocations,
  };
}

function createSigner(
  options: SecureCookieModuleKeys & SecureCookiePolicy,
  refresher: SecureCookieKeyRefresher,
): SecureCookieSigner | Promise<SecureCookieSigner> {
  if (options.keys !== undefined) {
    return refresher.createSigner(options.keys, options);
  }
  const { keys: _none, ...signerOptions } = options;
  return new SecureCookieSigner(signerOptions);
}

function createService(
  { service, revocations: settings }: ModuleParts,
  signer: SecureCookieSigner,
  revocations: SecureCookieRevocations,
  wsException: Type<Error> | undefined,
  deviceBinding: DeviceBinding | undefined,
): SecureCookieService {
  const given = settings === undefined ? undefined : revocations;
  return new SecureCookieService(signer, service, given, wsException, deviceBinding);
}

async function startRevocations(
  { revocations }: ModuleParts,
  signer: SecureCookieSigner,
): Promise<SecureCookieRevocations> {
  const logger = new Logger('SecureCookieModule');
  const started = new SecureCookieRevocations(signer, revocations, logger);
  await started.start();
  return started;
}

function asyncParts({
  useFactory,
  inject = [],
  useClass,
  useExisting,
}: ReturnType<typeof asyncOptions>): Provider[] {
  if (useFactory !== undefined) {
    return [
      {
        provide: PARTS,
        useFactory: async (refresher: SecureCookieKeyRefresher, ...providers: unknown[]) =>
          partsOf(moduleOptions(await useFactory(...providers)), refresher),
        inject: [SecureCookieKeyRefresher, ...inject],
      },
    ];
  }
  const factory = useClass ?? useExisting;
  return [
    ...(useClass === undefined ? [] : [useClass]),
    {
      provide: PARTS,
      useFactory: async (refresher: SecureCookieKeyRefresher, made: SecureCookieOptionsFactory) =>
        partsOf(moduleOptions(await made.createSecureCookieOptions()), refresher),
      inject: [SecureCookieKeyRefresher, ...(factory === undefined ? [] : [factory])],
    },
  ];
}

/** Throws for bad keys at the call that has them; the signer is made when the app starts. */
function assertKeys(options: SecureCookieModuleOptions): void {
  if (options.keys === undefined) {
    const { allowWeakSecrets, clock } = resolvePolicy(options);
    void new KeyRing(options, allowWeakSecrets, clock);
  }
}
