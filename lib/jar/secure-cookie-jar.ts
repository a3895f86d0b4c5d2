import type { IncomingMessage, ServerResponse } from 'node:http';
import { payloadToSign, type DefinedRead, type StoredPayload } from './read-defined-cookie.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResponseHead } from '../http/response-head.js';
import {
  assertCookieSize,
  ownCookieAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { PendingCookies, type PendingCookie, type SecureCookieLogger } from './pending-cookies.js';
import { isDueForRenewal, mayRenewOn } from './renewal.js';
import { SecureCookieReader } from './secure-cookie-reader.js';

/** What a jar is made of; `SecureCookieService` makes them. */
export interface SecureCookieJarContext {
  readonly signer: SecureCookieSigner;
  /** The app's default attributes. */
  readonly defaults: SecureCookieAttributes;
  /** Node's request. */
  readonly request: IncomingMessage;
  /** Node's response. */
  readonly response: ServerResponse;
  /** Whether the request came over TLS, as the adapter sees it. */
  readonly isSecureConnection: () => boolean;
  readonly logger: SecureCookieLogger;
}

/**
 * The secure cookies of one request and its response. Middleware, guards, interceptors, the handler
 * and filters share one.
 *
 * Reading gives what the client sent: what is set is seen by the next request, as in Tornado.
 *
 * @example
 * \@Get()
 * visit(@SecureCookies() cookies: SecureCookieJar) {
 *   const visits = Number(cookies.get('visits') ?? 0) + 1;
 *   cookies.set('visits', String(visits));
 *   return visits;
 * }
 */
export class SecureCookieJar extends SecureCookieReader {
  readonly #signer: SecureCookieSigner;
  readonly #defaults: SecureCookieAttributes;
  readonly #isSecureConnection: () => boolean;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #logger: SecureCookieLogger;
  /** Made when something is set: requests that only read do not pay for it. */
  #pendingCookies: PendingCookies | undefined;

  /** Jars come from `@SecureCookies()` and `SecureCookieService.jar`. */
  constructor(context: SecureCookieJarContext) {
    const { signer, defaults, request, response, isSecureConnection, logger } = context;
    super(signer, request.headers.cookie);
    this.#request = request;
    this.#response = response;
    this.#logger = logger;
    this.#signer = signer;
    this.#defaults = defaults;
    this.#isSecureConnection = isSecureConnection;
  }

  /**
   * Sets a cookie, signed, on the response. Tornado: `set_signed_cookie` (`set_secure_cookie`).
   *
   * @param name - the cookie's name
   * @param value - text, or bytes, which are copied
   * @param attributes - what differs from the app's defaults; `maxAge` is what the browser keeps, in
   * seconds, and at most the signer's
   * @throws {@link SecureCookieError} `name`, `value`, `attribute`, `cookie-too-large`,
   * `headers-sent` or `clock`; then the response is as it was
   * @example
   * cookies.set('__Host-session', id, { sameSite: 'strict', maxAge: 3600 });
   */
  set(name: string, value: string | Uint8Array, attributes?: SecureCookieAttributes): void;
  /**
   * Sets a defined cookie, with its own attributes.
   *
   * @param definition - made by `defineSecureCookie`
   * @param value - what its schema takes
   * @throws {@link SecureCookieError} `value`, `attribute`, `cookie-too-large`, `headers-sent`,
   * `schema-async` or `clock`; then the response is as it was
   * @example
   * cookies.set(Cart, { items: [] });
   */
  set<Input>(definition: SecureCookieDefinition<Input, unknown>, value: Input): void;
  set<Input>(
    cookie: string | SecureCookieDefinition<Input, unknown>,
    value: Input & (string | Uint8Array),
    attributes: SecureCookieAttributes = {},
  ): void {
    this.#pending.assertWritable();
    if (typeof cookie !== 'string') {
      this.#setDefined(cookie, value);
      return;
    }
    const resolved = this.#resolve(cookie, ownCookieAttributes(attributes));
    if (resolved.maxAge !== null && resolved.maxAge > this.#signer.maxAge) {
      throw new SecureCookieError(
        'attribute',
        `The cookie attribute "maxAge" (${resolved.maxAge} seconds) exceeds the signer's "maxAge" (${this.#signer.maxAge}): the browser would keep a cookie that the server refuses.`,
      );
    }
    assertCookieSize(cookie, this.#signer.signedLength(cookie, value));
    this.#pending.add(cookie, typeof value === 'string' ? value : new Uint8Array(value), resolved);
  }

  /**
   * Deletes a cookie in the browser. Tornado: `clear_cookie`.
   *
   * @param name - the cookie's name
   * @param attributes - those it was set with: browsers delete only where domain, path and
   * partitioning are the same, and refuse what lacks the "Secure" that its prefix needs
   * @throws {@link SecureCookieError} `name`, `attribute` or `headers-sent`
   * @example
   * cookies.clear('cart', { path: '/shop' });
   */
  clear(name: string, attributes?: SecureCookieAttributes): void;
  /**
   * Deletes a defined cookie in the browser, with the attributes it is set with.
   *
   * @param definition - made by `defineSecureCookie`
   * @throws {@link SecureCookieError} `attribute` or `headers-sent`
   * @example
   * cookies.clear(Cart);
   */
  clear(definition: SecureCookieDefinition<never, unknown>): void;
  clear(
    cookie: string | SecureCookieDefinition<never, unknown>,
    attributes: SecureCookieAttributes = {},
  ): void {
    this.#pending.assertWritable();
    const [name, own] =
      typeof cookie === 'string'
        ? [cookie, ownCookieAttributes(attributes)]
        : [cookie.name, cookie.attributes];
    this.#pending.add(name, undefined, { ...this.#resolve(name, own), maxAge: 0 });
  }

  /**
   * Signs what is pending. `SecureCookieInterceptor` calls it.
   *
   * @internal
   */
  signPending(): void {
    this.#pendingCookies?.sign();
  }

  /** @internal */
  protected override onRead(
    definition: SecureCookieDefinition<never, unknown>,
    { result, stored }: DefinedRead<unknown>,
    occurrences: number,
  ): void {
    // Of two cookies of one name, browsers would keep both: which is renewed can not be told.
    const due = isDueForRenewal(definition, result, this.#signer.now());
    if (due && stored !== undefined && occurrences === 1) {
      this.#pending.addRenewal(definition.name, (head) => this.#renewed(definition, stored, head));
    }
  }

  get #pending(): PendingCookies {
    this.#pendingCookies ??= new PendingCookies(this.#signer, this.#response, this.#logger);
    return this.#pendingCookies;
  }

  #setDefined<Input>(definition: SecureCookieDefinition<Input, unknown>, value: Input): void {
    const payload = definition.encode(value);
    const firstIssuedAt = Math.floor(this.#signer.now());
    const cookie = this.#definedCookie(definition, payload, firstIssuedAt);
    const { name, encrypt } = definition;
    assertCookieSize(name, this.#signer.signedLength(name, cookie.value, { encrypt }));
    this.#pending.add(name, cookie.value, cookie.attributes, encrypt);
  }

  #renewed(
    definition: SecureCookieDefinition<never, unknown>,
    { payload, firstIssuedAt }: StoredPayload,
    head: ResponseHead,
  ): PendingCookie | undefined {
    if (!mayRenewOn(definition, this.#request, head)) {
      return undefined;
    }
    const cookie = this.#definedCookie(
      definition,
      payload,
      firstIssuedAt ?? Math.floor(this.#signer.now()),
    );
    return cookie.attributes.maxAge === 0 ? undefined : cookie;
  }

  /** The browser keeps a cookie no longer than its absolute age allows. */
  #definedCookie(
    definition: SecureCookieDefinition<never, unknown>,
    payload: Uint8Array,
    firstIssuedAt: number,
  ): PendingCookie & { readonly value: Uint8Array } {
    const { name, attributes, encrypt, absoluteMaxAge = Number.POSITIVE_INFINITY } = definition;
    const resolved = this.#resolve(name, attributes);
    const remaining = Math.max(0, Math.floor(firstIssuedAt + absoluteMaxAge - this.#signer.now()));
    const maxAge = resolved.maxAge === null ? null : Math.min(resolved.maxAge, remaining);
    const value = payloadToSign(definition, payload, firstIssuedAt);
    return { name, value, attributes: { ...resolved, maxAge }, encrypt };
  }

  #resolve(name: string, attributes: SecureCookieAttributes) {
    return resolveCookieAttributes(name, attributes, this.#defaults, this.#isSecureConnection);
  }
}
