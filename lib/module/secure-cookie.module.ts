import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { enterApp, leaveApp, retireApp, type RunningApp } from '../nest/running-apps.js';
import { SecureCookieService } from '../nest/secure-cookie.service.js';
import { isInstance } from '../own-member.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import {
  moduleFactory,
  moduleOptions,
  rootOptions,
  type SecureCookieModuleAsyncOptions,
  type SecureCookieModuleInput,
  type SecureCookieModuleOptions,
  type SecureCookieModuleScope,
} from './module-options.js';
import { moduleProviders } from './module-providers.js';
import { markGraphqlContexts } from './graphql-options.js';
import { logOtherCopies } from './other-copies.js';
import { registrationOf, revocationsIn, serviceOf } from './registration.js';
import { checkComponents } from './start-checks.js';

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
    return dynamicModule(
      moduleProviders(() => options, []),
      isGlobal,
    );
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
    const { makeInput, inject, providers, imports, isGlobal } = moduleFactory(options);
    const made = moduleProviders(
      async (...injected) => moduleOptions(await makeInput(...injected)),
      inject,
    );
    return { ...dynamicModule([...providers, ...made], isGlobal), imports };
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
    markGraphqlContexts(this.#modules);
    this.#revocations = revocationsIn(registration);
    [...this.#servers(), ...app.components].forEach((place) => enterApp(place, app));
  }

  /**
   * Not `onModuleDestroy`, which runs while requests are still answered.
   */
  onApplicationShutdown(): void {
    const app = this.#app;
    if (app !== undefined) {
      app.isClosed = true;
      this.#servers().forEach((place) => retireApp(place, app));
      app.components.forEach((place) => leaveApp(place, app));
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

function dynamicModule(providers: Provider[], isGlobal = true): DynamicModule {
  return {
    module: SecureCookieModule,
    global: isGlobal,
    providers,
    exports: [SecureCookieSigner, SecureCookieService, SecureCookieRevocations],
  };
}
