import { requestHeader } from '../http/request-header.js';
import { isForwardedOverTls } from '../http/request-protocol.js';
import { connectionOf, type Connection } from '../jar/connection.js';
import type { OneTimeWarnings } from '../jar/one-time-warnings.js';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { OwnJarOptions } from '../jar/secure-cookie-jar-options.js';
import type { SharedByJars } from '../jar/shared-by-jars.js';
import type { Exchange } from './exchange.js';
import type { ExchangeWithoutResponse } from './handshakes.js';
import { hostOf, isSecureRequest, rawRequest, rawResponse, type RawRequest } from './platform.js';

/** The property of Node's request that keeps its jars; the whole pipeline shares that request. */
const JARS = Symbol('nestjs-secure-cookie jars');

/** Makes the jar of each request once. */
export class RequestJars {
  readonly #shared: SharedByJars;

  constructor(shared: SharedByJars) {
    this.#shared = shared;
  }

  /**
   * @param isGraphql - whether a resolver asks
   * @throws {@link SecureCookieError} `not-http`
   */
  of(exchange: Exchange | ExchangeWithoutResponse, isGraphql: boolean): SecureCookieJar {
    return exchange.response === undefined
      ? this.#withoutResponse(exchange, isGraphql)
      : this.#withResponse(exchange.request, exchange.response);
  }

  #withResponse(request: object, response: object): SecureCookieJar {
    const raw = rawRequest(request);
    const present = keptOn(raw, this);
    if (present !== undefined) {
      if (request !== raw) {
        // Fastify's request knows the protocol. A hook may have asked for the jar before, with Node's.
        present.request = request;
      }
      return present.jar;
    }
    const kept = new KeptJar(this, this.#shared, request, raw, response);
    raw[JARS] = kept;
    return kept.jar;
  }

  /**
   * Uses the jar that middleware may have made for a query. A socket may outlive the rights of its
   * user, so there each message reads again, even if the handshake has a jar.
   */
  #withoutResponse(
    { request, header }: ExchangeWithoutResponse,
    isGraphql: boolean,
  ): SecureCookieJar {
    const raw = request === undefined || !isGraphql ? undefined : rawRequest(request);
    const isOfSocket = raw !== undefined && requestHeader(raw.headers, 'upgrade') !== undefined;
    const present = raw === undefined || isOfSocket ? undefined : keptOn(raw, this);
    if (present !== undefined) {
      return present.jar;
    }
    const opening = { headers: { cookie: header } };
    return new SecureCookieJar(
      new OwnJarOptions(this.#shared, opening, undefined, connectionOf(opening)),
    );
  }
}

/**
 * The jar of one service, and what its request says of its connection. A request may pass through two
 * apps, one mounted in the other.
 */
class KeptJar implements Connection {
  readonly owner: RequestJars;
  readonly jar: SecureCookieJar;
  /** The platform's newest request object, or Node's own. */
  request: object;
  /** The jar of another service. */
  readonly next: unknown;
  readonly #raw: RawRequest;
  readonly #warnings: OneTimeWarnings | undefined;

  constructor(
    owner: RequestJars,
    shared: SharedByJars,
    request: object,
    raw: RawRequest,
    response: object,
  ) {
    this.owner = owner;
    this.request = request;
    this.next = raw[JARS];
    this.#raw = raw;
    this.#warnings = shared.warnings;
    this.jar = new SecureCookieJar(new OwnJarOptions(shared, raw, rawResponse(response), this));
  }

  isSecure(): boolean {
    const secure = isSecureRequest(this.request);
    if (!secure && isForwardedOverTls(requestHeader(this.#raw.headers, 'x-forwarded-proto'))) {
      this.#warnings?.give(
        'proxy',
        'A request with "X-Forwarded-Proto: https" got a cookie without "Secure", because the app does not trust its proxy: set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".',
      );
    }
    return secure;
  }

  host(): string | undefined {
    return hostOf(this.request);
  }
}

function keptOn(raw: RawRequest, owner: RequestJars): KeptJar | undefined {
  let kept = raw[JARS];
  while (kept instanceof KeptJar && kept.owner !== owner) {
    kept = kept.next;
  }
  return kept instanceof KeptJar ? kept : undefined;
}
