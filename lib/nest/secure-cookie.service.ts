import type { IncomingMessage } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  UnauthorizedException,
  type ArgumentsHost,
  type Type,
} from '@nestjs/common';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { requestHeader } from '../http/request-header.js';
import { isForwardedOverTls } from '../http/request-protocol.js';
import { varyResponseByCookie } from '../http/varied-response.js';
import { checkDefinition } from '../jar/check-definition.js';
import {
  cookieHeaderOf,
  exchangeOf,
  exchangeOfPair,
  isArgumentsHost,
  type Exchange,
} from '../exchange/exchange.js';
import { rememberHandshake, type ExchangeWithoutResponse } from '../exchange/handshakes.js';
import { concealed } from './misuse.js';
import { isInstance } from '../own-member.js';
import {
  hostOf,
  isSecureRequest,
  rawRequest,
  rawResponse,
  type RawRequest,
} from '../exchange/platform.js';
import { DEVICE_BINDING, type DeviceBinding } from '../jar/device-binding.js';
import { CookieDefaults } from '../jar/cookie-defaults.js';
import { OneTimeWarnings } from '../jar/one-time-warnings.js';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../jar/secure-cookie-reader.js';
import {
  SERVICE_OPTIONS,
  serviceOptions,
  type SecureCookieServiceOptions,
} from './service-options.js';
import { WS_EXCEPTION } from './ws-exception.js';

/**
 * Gives access to secure cookies where parameter decorators cannot be used: guards, interceptors,
 * filters, middleware, gateways and resolvers.
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
   * The property of Node's request, which the whole pipeline shares, that keeps the jar. One key for
   * each service: a request may pass through two apps, one mounted in the other.
   */
  readonly #jarKey = Symbol('nestjs-secure-cookie jar');
  /** The property that keeps the platform's newest request object, if that is not Node's own. */
  readonly #requestKey = Symbol('nestjs-secure-cookie request');
  readonly #signer: SecureCookieSigner;
  readonly #defaults: CookieDefaults;
  readonly #vary: boolean;
  readonly #wsException: Type<Error> | undefined;
  readonly #revocations: SecureCookieRevocations | undefined;
  readonly #deviceBinding: DeviceBinding | undefined;
  readonly #logger = new Logger('SecureCookieModule');
  readonly #warnings = new OneTimeWarnings(this.#logger);

  /**
   * The module provides it. Create another one for cookies with a second secret: its jars are separate
   * from those of the app.
   *
   * @param signer - signs and reads the cookies
   * @param options - default attributes of the cookies, and `vary`
   * @param revocations - for definitions with `revocableBy`
   * @param wsException - thrown on a socket if a required cookie is missing
   * @param deviceBinding - for definitions with `deviceBound`; experimental
   * @throws {@link SecureCookieError} `option`, or `attribute` - also for a default `maxAge` above the
   * signer's
   * @example
   * const signer = new SecureCookieSigner({ secret: partnerSecret });
   * const partnerCookies = new SecureCookieService(signer, { cookie: { path: '/partner' } });
   * partnerCookies.jar(request, response).get('ticket');
   */
  constructor(
    @Inject(SecureCookieSigner) signer: SecureCookieSigner,
    @Optional() @Inject(SERVICE_OPTIONS) options: SecureCookieServiceOptions = {},
    @Optional() @Inject(SecureCookieRevocations) revocations?: SecureCookieRevocations,
    @Optional() @Inject(WS_EXCEPTION) wsException?: Type<Error>,
    @Optional() @Inject(DEVICE_BINDING) deviceBinding?: DeviceBinding,
  ) {
    const { cookie = {}, vary = true } = serviceOptions(options);
    this.#signer = signer;
    this.#revocations = revocations;
    this.#deviceBinding = deviceBinding;
    this.#wsException = wsException;
    this.#defaults = new CookieDefaults(cookie, signer.maxAge);
    this.#vary = vary;
  }

  /**
   * The jar of a request, the same for every caller, in GraphQL as over HTTP. On sockets and in
   * subscriptions it is a new one that can only read.
   *
   * @param host - the context that guards, interceptors, filters and parameter decorators get
   * @throws {@link SecureCookieError} `not-http` if there is no request; `ambiguous-request` or
   * `no-handshake` if it is not known which one
   * @example
   * canActivate(context: ExecutionContext) {
   *   return this.secureCookies.jar(context).get('user') !== undefined;
   * }
   */
  jar(host: ArgumentsHost): SecureCookieJar;
  /**
   * The jar of a request, in middleware or from a GraphQL context. For the handshake of a WebSocket,
   * as socket.io's `engine.use` passes it, it is one that can only read.
   *
   * @param request - the platform's or Node's
   * @param response - the platform's or Node's
   * @throws {@link SecureCookieError} `not-http` if they are neither; `ambiguous-request` if the
   * response is that to another request
   * @example
   * use(request: object, response: object, next: () => void) {
   *   this.secureCookies.jar(request, response).set('seen', 'yes');
   *   next();
   * }
   */
  jar(request: object, response: object): SecureCookieJar;
  /**
   * The jar of a request that was found before.
   *
   * @internal
   */
  jar(
    host: ArgumentsHost,
    response: undefined,
    found: Exchange | ExchangeWithoutResponse,
  ): SecureCookieJar;
  jar(
    hostOrRequest: object,
    response?: object,
    found?: Exchange | ExchangeWithoutResponse,
  ): SecureCookieJar {
    if (response !== undefined || !isArgumentsHost(hostOrRequest)) {
      return this.#jarIn(exchangeOfPair(hostOrRequest, response), false);
    }
    try {
      const isGraphql = hostOrRequest.getType<string>() === 'graphql';
      return this.#jarIn(found ?? exchangeOf(hostOrRequest), isGraphql);
    } catch (error) {
      throw concealed(error, hostOrRequest);
    }
  }

  /**
   * A reader of secure cookies for code that sends no response. Each read verifies again, so a reader
   * may be kept as long as its socket is open. A response in the context gets `Vary: Cookie`.
   *
   * @param source - a `Cookie` header, or `undefined` if there was none; Node's request, as in
   * socket.io's `engine.use`; a socket, as in gateways and socket.io's `io.use`; or the context that
   * guards and interceptors get
   * @throws {@link SecureCookieError} `no-handshake` for a socket whose request is not known; `option`
   * for anything else
   * @example
   * handleConnection(client: Socket) {
   *   const user = this.secureCookies.reader(client).get('user');
   * }
   */
  reader(source: string | undefined | object): SecureCookieReader {
    try {
      const header = cookieHeaderOf(source);
      this.#varyByCookie(source);
      return new SecureCookieReader(this.#signer, header, { revocations: this.#revocations });
    } catch (error) {
      throw isArgumentsHost(source) ? concealed(error, source) : error;
    }
  }

  /**
   * Remembers the request that opened a socket, for decorators and `reader` in a gateway on `ws`,
   * whose sockets do not know it. {@link withHandshakes} does so for every gateway.
   *
   * @param client - the socket
   * @param request - the request that opened it
   * @throws {@link SecureCookieError} `no-handshake` - if they are not a socket and a request
   * @example
   * handleConnection(client: WebSocket, request: IncomingMessage) {
   *   this.secureCookies.handshake(client, request);
   * }
   */
  handshake(client: object, request: object): void {
    rememberHandshake(client, request);
  }

  /**
   * The error for a required cookie that is missing or invalid.
   *
   * @internal
   */
  unauthorized(host: ArgumentsHost): Error {
    const type = host.getType<string>();
    if (type === 'ws' && this.#wsException !== undefined) {
      return new this.#wsException('Unauthorized');
    }
    const exception = new UnauthorizedException();
    // Apollo's driver sets this code itself; Mercurius sends the extensions of the error.
    return type === 'graphql'
      ? Object.assign(exception, { extensions: { code: 'UNAUTHENTICATED' } })
      : exception;
  }

  /**
   * Checks definitions against this app's secrets, lifetimes and default attributes.
   *
   * @internal
   * @throws {@link SecureCookieError} `secret-reused`, `revocations-missing`, `device-bound-missing`,
   * `option` or `attribute`
   */
  checkDefinitions(definitions: readonly SecureCookieDefinition<never, unknown>[]): void {
    for (const definition of definitions) {
      checkDefinition(
        definition,
        this.#signer,
        this.#defaults,
        this.#revocations,
        this.#deviceBinding,
      );
    }
  }

  /** Where a reader is for an exchange that has a response, that depends on what is read. */
  #varyByCookie(source: unknown): void {
    const exchange = this.#vary && isArgumentsHost(source) ? exchangeOf(source) : undefined;
    if (exchange?.response !== undefined) {
      varyResponseByCookie(rawResponse(exchange.response));
    }
  }

  #jarIn(exchange: Exchange | ExchangeWithoutResponse, isGraphql: boolean): SecureCookieJar {
    return exchange.response === undefined
      ? this.#jarWithoutResponse(exchange, isGraphql)
      : this.#jarOf(exchange.request, exchange.response);
  }

  #jarOf(request: object, response: object): SecureCookieJar {
    const raw = rawRequest(request);
    if (request !== raw) {
      // Fastify's request knows the protocol. A hook may have asked for the jar before, with Node's.
      raw[this.#requestKey] = request;
    }
    const present = raw[this.#jarKey];
    if (present instanceof SecureCookieJar) {
      return present;
    }
    const jar = new SecureCookieJar({
      signer: this.#signer,
      cookie: this.#defaults,
      request: raw,
      response: rawResponse(response),
      isSecureConnection: () => this.#isSecure(raw),
      host: () => hostOf(this.#newest(raw)),
      logger: this.#logger,
      vary: this.#vary,
      revocations: this.#revocations,
      warnings: this.#warnings,
      deviceBinding: this.#deviceBinding,
    });
    raw[this.#jarKey] = jar;
    return jar;
  }

  /**
   * Uses the jar that middleware may have made for a query. A socket may outlive the rights of its
   * user, so there each message reads again, even if the handshake has a jar.
   */
  #jarWithoutResponse(
    { request, header }: ExchangeWithoutResponse,
    isGraphql: boolean,
  ): SecureCookieJar {
    const raw = request === undefined || !isGraphql ? undefined : rawRequest(request);
    const isOfSocket = raw !== undefined && requestHeader(raw.headers, 'upgrade') !== undefined;
    const present = isOfSocket ? undefined : raw?.[this.#jarKey];
    return present instanceof SecureCookieJar
      ? present
      : new SecureCookieJar({
          signer: this.#signer,
          cookie: this.#defaults,
          request: { headers: { cookie: header } },
          response: undefined,
          isSecureConnection: undefined,
          host: undefined,
          vary: undefined,
          warnings: undefined,
          deviceBinding: undefined,
          logger: this.#logger,
          revocations: this.#revocations,
        });
  }

  #newest(raw: RawRequest): object {
    const request = raw[this.#requestKey];
    return isInstance(request) ? request : raw;
  }

  #isSecure(raw: RawRequest): boolean {
    const secure = isSecureRequest(this.#newest(raw));
    if (!secure) {
      this.#warnOfProxy(raw);
    }
    return secure;
  }

  #warnOfProxy({ headers }: IncomingMessage): void {
    if (!isForwardedOverTls(requestHeader(headers, 'x-forwarded-proto'))) {
      return;
    }
    this.#warnings.give(
      'proxy',
      'A request with "X-Forwarded-Proto: https" got a cookie without "Secure", because the app does not trust its proxy: set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".',
    );
  }
}
