import { requestHeader } from '../http/request-header.js';
import { isForwardedOverTls } from '../http/request-protocol.js';
import type { CookieDefaults } from '../jar/cookie-defaults.js';
import type { DeviceBinding } from '../jar/device-binding.js';
import { OneTimeWarnings } from '../jar/one-time-warnings.js';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { isInstance } from '../own-member.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { Exchange } from './exchange.js';
import type { ExchangeWithoutResponse } from './handshakes.js';
import { hostOf, isSecureRequest, rawRequest, rawResponse, type RawRequest } from './platform.js';

/** What all jars of an app have in common. */
export interface SharedByJars {
  readonly signer: SecureCookieSigner;
  readonly cookie: CookieDefaults;
  readonly vary: boolean;
  readonly logger: SecureCookieLogger;
  readonly revocations: SecureCookieRevocations | undefined;
  readonly deviceBinding: DeviceBinding | undefined;
}

/** Makes the jar of each request once, and keeps it on Node's request, which the whole pipeline shares. */
export class RequestJars {
  /**
   * The property of Node's request that keeps the jar. One for each service: a request may pass through
   * two apps, one mounted in the other.
   */
  readonly #jarKey = Symbol('nestjs-secure-cookie jar');
  /** The property that keeps the platform's newest request object, if that is not Node's own. */
  readonly #requestKey = Symbol('nestjs-secure-cookie request');
  readonly #shared: SharedByJars;
  readonly #warnings: OneTimeWarnings;

  constructor(shared: SharedByJars) {
    this.#shared = shared;
    this.#warnings = new OneTimeWarnings(shared.logger);
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
    if (request !== raw) {
      // Fastify's request knows the protocol. A hook may have asked for the jar before, with Node's.
      raw[this.#requestKey] = request;
    }
    const present = raw[this.#jarKey];
    if (present instanceof SecureCookieJar) {
      return present;
    }
    const { signer, cookie, logger, vary, revocations, deviceBinding } = this.#shared;
    const jar = new SecureCookieJar({
      signer,
      cookie,
      request: raw,
      response: rawResponse(response),
      isSecureConnection: () => this.#isSecure(raw),
      host: () => hostOf(this.#newest(raw)),
      logger,
      vary,
      revocations,
      warnings: this.#warnings,
      deviceBinding,
    });
    raw[this.#jarKey] = jar;
    return jar;
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
    const present = isOfSocket ? undefined : raw?.[this.#jarKey];
    if (present instanceof SecureCookieJar) {
      return present;
    }
    const { signer, cookie, logger, revocations } = this.#shared;
    return new SecureCookieJar({
      signer,
      cookie,
      request: { headers: { cookie: header } },
      response: undefined,
      isSecureConnection: undefined,
      host: undefined,
      vary: undefined,
      warnings: undefined,
      deviceBinding: undefined,
      logger,
      revocations,
    });
  }

  #newest(raw: RawRequest): object {
    const request = raw[this.#requestKey];
    return isInstance(request) ? request : raw;
  }

  #isSecure(raw: RawRequest): boolean {
    const secure = isSecureRequest(this.#newest(raw));
    if (!secure && isForwardedOverTls(requestHeader(raw.headers, 'x-forwarded-proto'))) {
      this.#warnings.give(
        'proxy',
        'A request with "X-Forwarded-Proto: https" got a cookie without "Secure", because the app does not trust its proxy: set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".',
      );
    }
    return secure;
  }
}
