import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, type ArgumentsHost } from '@nestjs/common';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import {
  isInstance,
  isSecureRequest,
  notHttp,
  PLATFORM_KEY,
  platformOf,
  rawRequest,
  rawResponse,
} from './platform.js';
import { checkDefinition } from '../jar/check-definition.js';
import { CookieDefaults } from '../jar/cookie-defaults.js';
import { OneTimeWarnings } from '../jar/one-time-warnings.js';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../jar/secure-cookie-reader.js';
import { SECURE_COOKIE_OPTIONS, type SecureCookieModuleOptions } from './secure-cookie.options.js';

/**
 * The way to secure cookies where no parameter decorator reaches: guards, interceptors, filters,
 * middleware, gateways and resolvers.
 *
 * @example
 * \@Injectable()
 * export class SignedInGuard implements CanActivate {
 *   constructor(private readonly secureCookies: SecureCookieService) {}
 *
 *   canActivate(context: ExecutionContext): boolean {
 *     return this.secureCookies.jar(context).get('user') !== undefined;
 *   }
 * }
 */
@Injectable()
export class SecureCookieService {
  /**
   * Where a request's jar is kept: on Node's own request, which all of the pipeline shares. One key
   * for each service: a request may pass through two apps, one mounted in the other.
   */
  readonly #jarKey = Symbol('nestjs-secure-cookie jar');
  readonly #signer: SecureCookieSigner;
  readonly #defaults: CookieDefaults;
  readonly #vary: boolean;
  readonly #logger = new Logger('SecureCookieModule');
  readonly #warnings = new OneTimeWarnings(this.#logger);

  /**
   * @throws {@link SecureCookieError} `attribute` - for a default `maxAge` above the signer's
   */
  constructor(
    @Inject(SecureCookieSigner) signer: SecureCookieSigner,
    @Inject(SECURE_COOKIE_OPTIONS) options: SecureCookieModuleOptions,
  ) {
    this.#signer = signer;
    this.#defaults = new CookieDefaults(options.cookie ?? {}, signer.maxAge);
    this.#vary = options.vary ?? true;
  }

  /**
   * The jar of a request: the same one for every caller.
   *
   * @param host - what guards, interceptors and filters are given
   * @throws {@link SecureCookieError} `not-http` - outside HTTP
   * @example
   * canActivate(context: ExecutionContext) {
   *   return this.secureCookies.jar(context).get('user') !== undefined;
   * }
   */
  jar(host: ArgumentsHost): SecureCookieJar;
  /**
   * The jar of a request, in middleware.
   *
   * @param request - the platform's or Node's
   * @param response - the platform's or Node's
   * @throws {@link SecureCookieError} `not-http` - where they are neither
   * @example
   * use(request: object, response: object, next: () => void) {
   *   this.secureCookies.jar(request, response).set('seen', 'yes');
   *   next();
   * }
   */
  jar(request: object, response: object): SecureCookieJar;
  jar(hostOrRequest: object, response?: object): SecureCookieJar {
    if (response !== undefined) {
      return this.#jarOf(hostOrRequest, response);
    }
    if (!isArgumentsHost(hostOrRequest) || hostOrRequest.getType() !== 'http') {
      throw notHttp();
    }
    const http = hostOrRequest.switchToHttp();
    return this.#jarOf(http.getRequest<object>(), http.getResponse<object>());
  }

  /**
   * Reads secure cookies from a raw `Cookie` header, where there is no request and response: in
   * WebSocket gateways, GraphQL subscriptions, tests.
   *
   * @param header - the header, or `undefined` where there was none
   * @example
   * handleConnection(client: Socket) {
   *   const user = this.secureCookies.reader(client.handshake.headers.cookie).get('user');
   * }
   */
  reader(header: string | undefined): SecureCookieReader {
    return new SecureCookieReader(this.#signer, header);
  }

  /**
   * Checks definitions against this app's secrets, lifetimes and default attributes.
   *
   * @internal
   * @throws {@link SecureCookieError} `secret-reused`, `option` or `attribute`
   */
  checkDefinitions(definitions: readonly SecureCookieDefinition<never, unknown>[]): void {
    for (const definition of definitions) {
      checkDefinition(definition, this.#signer, this.#defaults);
    }
  }

  #jarOf(request: object, response: object): SecureCookieJar {
    const raw = rawRequest(request);
    const present = raw[this.#jarKey];
    if (present instanceof SecureCookieJar) {
      return present;
    }
    const jar = new SecureCookieJar({
      signer: this.#signer,
      cookie: this.#defaults,
      request: raw,
      response: rawResponse(response),
      isSecureConnection: () => this.#isSecure(request),
      logger: this.#logger,
      vary: this.#vary,
      warnings: this.#warnings,
    });
    raw[this.#jarKey] = jar;
    return jar;
  }

  #isSecure(request: object): boolean {
    const secure = isSecureRequest(request);
    if (!secure) {
      this.#warnOfProxy(rawRequest(request));
    }
    return secure;
  }

  #warnOfProxy({ headers }: IncomingMessage): void {
    if (headers['x-forwarded-proto'] !== 'https') {
      return;
    }
    this.#warnings.give(
      'proxy',
      'A request with "X-Forwarded-Proto: https" got a cookie without "Secure", because the app does not trust its proxy: set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".',
    );
  }
}

/**
 * The service of the app that a request belongs to.
 *
 * @throws {@link SecureCookieError} `not-http` or `module-missing`
 */
export function secureCookieServiceOf(host: ArgumentsHost): SecureCookieService {
  if (host.getType() !== 'http') {
    throw notHttp();
  }
  const platform = platformOf(host.switchToHttp().getRequest<unknown>());
  const service: unknown = isInstance(platform) ? platform[PLATFORM_KEY] : undefined;
  if (isService(service)) {
    return service;
  }
  throw new SecureCookieError(
    'module-missing',
    'SecureCookieModule is not part of this app: add SecureCookieModule.forRoot(<secret>) to the imports of its root module.',
  );
}

/** By what it does and not by its class: tests put doubles in its place. */
function isService(service: unknown): service is SecureCookieService {
  return isInstance(service) && 'jar' in service;
}

function isArgumentsHost(value: unknown): value is ArgumentsHost {
  return isInstance(value) && 'switchToHttp' in value && 'getType' in value;
}
