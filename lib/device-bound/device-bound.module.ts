import { Inject, Logger, Module, type DynamicModule, type NestModule } from '@nestjs/common';
import {
  HttpAdapterHost,
  ModuleRef,
  ModulesContainer,
  type AbstractHttpAdapter,
} from '@nestjs/core';
import { describeError, SecureCookieError } from '../errors.js';
import { beforeResponseHead } from '../http/before-response-head.js';
import type { HeadWriter } from '../http/response-head.js';
import { DEVICE_BINDING } from '../jar/device-binding.js';
import { memberOf } from '../own-member.js';
import { rawRequest, rawResponse } from '../exchange/platform.js';
import { SecureCookieService } from '../nest/secure-cookie.service.js';
import { logSafely } from '../secure-cookie-logger.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { BoundSessions } from './bound-sessions.js';
import {
  DeviceBoundEndpoints,
  type AttributesOf,
  type EndpointAnswer,
} from './device-bound-endpoints.js';
import { DeviceBoundSessions } from './device-bound-sessions.js';
import { deviceBoundOptions, type DeviceBoundModuleOptions } from './device-bound-options.js';

type Endpoint = (
  headers: ReturnType<typeof rawRequest>['headers'],
  attributesOf: AttributesOf,
) => EndpointAnswer;

type Route = (request: object, response: object) => void;

/** The property of a platform for the endpoints that answer there, by path; the same in all copies. */
const ROUTES = Symbol.for('nestjs-secure-cookie device-bound');

/**
 * A route of the platform itself. If an Express instance outlives an app, or a failed start, the route of
 * that app would answer before the next app's, with keys that nobody loads any more.
 */
function routeNewest(httpAdapter: AbstractHttpAdapter, path: string, route: Route): void {
  const platform: object = httpAdapter.getInstance();
  const present = memberOf(platform, ROUTES);
  const routes = present instanceof Map ? present : new Map<string, Route>();
  if (!routes.has(path)) {
    httpAdapter.post(path, (request: object, response: object) => {
      routes.get(path)?.(request, response);
    });
  }
  routes.set(path, route);
  Reflect.set(platform, ROUTES, routes);
}

/** Keeps pages of other origins from reading an answer, whatever the app allows elsewhere. */
const WITHOUT_CORS: HeadWriter = {
  write(head) {
    for (const name of head.names()) {
      if (name.toLowerCase().startsWith('access-control-')) {
        head.removeHeader(name);
      }
    }
  },
};

const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/**
 * Binds the cookies of definitions with `deviceBound` to devices, in browsers that support Device Bound
 * Session Credentials (a W3C draft). A copied cookie is then worthless after the time that the
 * definition sets. Register it once, next to `SecureCookieModule`.
 *
 * @example
 * \@Module({
 *   imports: [
 *     SecureCookieModule.forRoot(process.env.COOKIE_SECRET),
 *     DeviceBoundModule.forRoot({ sessions: [Session] }),
 *   ],
 * })
 * export class AppModule {}
 * @experimental
 */
@Module({})
export class DeviceBoundModule implements NestModule {
  readonly #sessions: BoundSessions;
  readonly #adapterHost: HttpAdapterHost;
  readonly #moduleRef: ModuleRef;
  readonly #modules: ModulesContainer;
  readonly #logger = new Logger('DeviceBoundModule');

  constructor(
    @Inject(DEVICE_BINDING) sessions: BoundSessions,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(ModuleRef) moduleRef: ModuleRef,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#sessions = sessions;
    this.#adapterHost = adapterHost;
    this.#moduleRef = moduleRef;
    this.#modules = modules;
  }

  /**
   * Registers the module.
   *
   * @param options - `sessions`, the definitions, and `path`, the path of the endpoints
   * @throws `SecureCookieError` with `option`
   * @example
   * DeviceBoundModule.forRoot({ path: '/session/device', sessions: [Session] });
   * @experimental
   */
  static forRoot(options: DeviceBoundModuleOptions): DynamicModule {
    const { path, sessions } = deviceBoundOptions(options);
    return {
      module: DeviceBoundModule,
      global: true,
      providers: [
        { provide: DEVICE_BINDING, useValue: new BoundSessions(path, sessions) },
        DeviceBoundSessions,
      ],
      exports: [DEVICE_BINDING, DeviceBoundSessions],
    };
  }

  /**
   * The endpoints are routes of the platform itself, before those of controllers: no guard there requires
   * the cookie that they renew, and no other route pays for them.
   *
   * @throws `SecureCookieError` with `module-missing`, `module-twice`, `revocations-missing` or `option`
   * @experimental
   */
  configure(): void {
    this.#assertOnce();
    const service = this.#provider(SecureCookieService);
    if (service instanceof SecureCookieService) {
      service.checkDefinitions(this.#sessions.all.map(({ definition }) => definition));
    }
    const endpoints = new DeviceBoundEndpoints(
      this.#sessions,
      this.#provider(SecureCookieSigner),
      this.#provider(SecureCookieRevocations),
    );
    const { registrationPath, refreshPath } = this.#sessions;
    this.#serve(registrationPath, service, (...request) => endpoints.register(...request));
    this.#serve(refreshPath, service, (...request) => endpoints.refresh(...request));
  }

  #assertOnce(): void {
    const registrations = [...this.#modules.values()].filter(
      ({ metatype, providers }) => metatype === DeviceBoundModule && providers.has(DEVICE_BINDING),
    );
    if (registrations.length > 1) {
      throw new SecureCookieError(
        'module-twice',
        'DeviceBoundModule is registered twice in this app: call forRoot once, in the root module, with all "sessions".',
      );
    }
  }

  #provider<Provider>(type: abstract new (...args: never) => Provider): Provider {
    try {
      return this.#moduleRef.get(type, { strict: false });
    } catch {
      throw new SecureCookieError(
        'module-missing',
        'DeviceBoundModule needs SecureCookieModule: add SecureCookieModule.forRoot(<secret>) to the imports of the root module.',
      );
    }
  }

  #serve(path: string, service: SecureCookieService, endpoint: Endpoint): void {
    const { httpAdapter } = this.#adapterHost;
    routeNewest(httpAdapter, path, (request, response) => {
      beforeResponseHead(rawResponse(response), WITHOUT_CORS);
      for (const [name, value] of Object.entries(HEADERS)) {
        httpAdapter.setHeader(response, name, value);
      }
      const { status, body, challenge } = this.#answer(request, response, service, endpoint);
      if (challenge !== undefined) {
        httpAdapter.setHeader(response, 'Secure-Session-Challenge', challenge);
      }
      if (body !== undefined) {
        httpAdapter.setHeader(response, 'Content-Type', 'application/json');
      }
      httpAdapter.reply(response, body, status);
    });
  }

  /** A failure here is the server's fault: with 503, the browser tries again later. */
  #answer(
    request: object,
    response: object,
    service: SecureCookieService,
    endpoint: Endpoint,
  ): EndpointAnswer {
    try {
      const jar = service.jar(request, response);
      const answer = endpoint(rawRequest(request).headers, (asked) => jar.attributesOf(asked));
      jar.add(answer.cookies);
      return answer;
    } catch (error) {
      logSafely(() =>
        this.#logger.error(`A device could not be answered: ${describeError(error)}`),
      );
      return { status: 503, body: undefined, cookies: [], challenge: undefined };
    }
  }
}
