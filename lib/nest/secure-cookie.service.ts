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
import {
  exchangeOf,
  exchangeOfPair,
  findCookieHeader,
  isArgumentsHost,
  type Exchange,
} from '../exchange/exchange.js';
import { rememberHandshake, type ExchangeWithoutResponse } from '../exchange/handshakes.js';
import { rawResponse } from '../exchange/platform.js';
import { RequestJars } from '../exchange/request-jars.js';
import { varyResponseByCookie } from '../http/varied-response.js';
import { checkDefinition } from '../jar/check-definition.js';
import { CookieDefaults } from '../jar/cookie-defaults.js';
import { DEVICE_BINDING, type DeviceBinding } from '../jar/device-binding.js';
import { OneTimeWarnings } from '../jar/one-time-warnings.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../jar/secure-cookie-reader.js';
import type { SharedByJars } from '../jar/shared-by-jars.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { concealed } from './misuse.js';
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
  readonly #shared: SharedByJars;
  readonly #jars: RequestJars;
  readonly #wsException: Type<Error> | undefined;

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
    const logger = new Logger('SecureCookieModule');
    this.#shared = {
      signer,
      cookie: new CookieDefaults(cookie, signer.maxAge),
      vary,
      logger,
      revocations,
      deviceBinding,
      warnings: new OneTimeWarnings(logger),
    };
    this.#jars = new RequestJars(this.#shared);
    this.#wsException = wsException;
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
      return this.#jars.of(exchangeOfPair(hostOrRequest, response), false);
    }
    try {
      const isGraphql = hostOrRequest.getType<string>() === 'graphql';
      return this.#jars.of(found ?? exchangeOf(hostOrRequest), isGraphql);
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
      const { header, response } = findCookieHeader(source);
      const { signer, revocations, vary } = this.#shared;
      if (response !== undefined && vary) {
        varyResponseByCookie(rawResponse(response));
      }
      return new SecureCookieReader(signer, header, { revocations });
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
    const { signer, cookie, revocations, deviceBinding } = this.#shared;
    for (const definition of definitions) {
      checkDefinition(definition, signer, cookie, revocations, deviceBinding);
    }
  }
}
