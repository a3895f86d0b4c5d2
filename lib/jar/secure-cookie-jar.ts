import type { ServerResponse } from 'node:http';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { requestHeader } from '../http/request-header.js';
import { assertCookieSize, type SecureCookieAttributes } from '../http/set-cookie.js';
import { varyResponseByCookie } from '../http/varied-response.js';
import { assertNoOptions, type OwnOptions } from '../own-options.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import { signedLength } from '../signing/secure-cookie-signer.js';
import { assertRenewable } from './check-definition.js';
import type { Connection } from './connection.js';
import { cookiesToClear, cookiesToRenew, cookiesToSet, deletion } from './defined-cookies.js';
import type { PendingCookie } from './pending-cookie.js';
import { PendingCookies } from './pending-cookies.js';
import type { DefinedRead } from './read-defined-cookie.js';
import { RememberedReads } from './remembered-reads.js';
import { isDueForRenewal, mayRenewOn } from './renewal.js';
import { RequestAttributes } from './request-attributes.js';
import {
  ownJarOptions,
  type OwnJarOptions,
  type SecureCookieJarOptions,
  type SecureCookieSetOptions,
} from './secure-cookie-jar-options.js';
import { readAnew, SecureCookieReader, type CookieResult } from './secure-cookie-reader.js';
import type { SharedByJars } from './shared-by-jars.js';
import { warnOfPlainHttp } from './warn-of-plain-http.js';

/**
 * The secure cookies of one request and its response. Middleware, guards, interceptors, the handler
 * and filters share one.
 *
 * Reading returns what the client sent. A cookie that is set is seen by the next request, as in
 * Tornado.
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
  readonly #shared: SharedByJars;
  readonly #request: SecureCookieJarOptions['request'];
  readonly #response: ServerResponse | undefined;
  readonly #connection: Connection;
  /** Whether the response must still get its `Vary`. */
  #varies: boolean;
  #mayRenew = true;
  /** Made when something is read: requests that only set do not pay for it. */
  #rememberedReads: RememberedReads | undefined;
  /** Made, like the next one, when something is set: requests that only read do not pay for it. */
  #requestAttributes: RequestAttributes | undefined;
  #pendingCookies: PendingCookies | undefined;

  /**
   * In Nest, get the jar of a request from `@SecureCookies()` or `SecureCookieService.jar`.
   *
   * @param options - `signer`, Node's `request` and `response`, and what differs from the defaults
   * @throws {@link SecureCookieError} `option`, or `attribute` for default attributes that browsers
   * refuse
   * @example
   * createServer((request, response) => {
   *   const cookies = new SecureCookieJar({ signer, request, response });
   *   cookies.set('seen', 'yes');
   *   response.end(cookies.get('seen') ?? 'never');
   * });
   */
  constructor(options: SecureCookieJarOptions);
  /** @internal */
  constructor(options: OwnJarOptions);
  constructor(options: SecureCookieJarOptions | OwnJarOptions) {
    const { shared, request, response, connection } = ownJarOptions(options);
    super(shared.signer, requestHeader(request.headers, 'cookie'));
    this.#shared = shared;
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    this.#varies = shared.vary;
  }

  /**
   * Sets a signed cookie on the response. Tornado: `set_signed_cookie` (`set_secure_cookie`).
   *
   * @param name - the cookie's name
   * @param value - text, or bytes, which are copied
   * @param attributes - what differs from the app's defaults; `maxAge` is how long the browser keeps
   * the cookie, in seconds, and at most the signer's
   * @throws {@link SecureCookieError} `name`, `value`, `attribute`, `cookie-too-large`,
   * `headers-sent`, `no-response`, `keys-stale` or `clock`; then the response is unchanged
   * @example
   * cookies.set('__Host-session', id, { sameSite: 'strict', maxAge: 3600 });
   */
  set(name: string, value: string | Uint8Array, attributes?: SecureCookieAttributes): void;
  /**
   * Sets a defined cookie, with its own attributes.
   *
   * @param definition - made by `defineSecureCookie`
   * @param value - a value that its schema accepts
   * @param options - `persistent: false` for a cookie that ends with the browser's session
   * @throws {@link SecureCookieError} `value`, `attribute`, `option`, `cookie-too-large`,
   * `headers-sent`, `no-response`, `revocations-missing`, `device-bound-missing`, `schema-async`,
   * `keys-stale` or `clock`; then the response is unchanged
   * @example
   * cookies.set(Cart, { items: [] }, { persistent: false });
   */
  set<Input>(
    definition: SecureCookieDefinition<Input, unknown>,
    value: Input,
    options?: SecureCookieSetOptions,
  ): void;
  set<Input>(
    cookie: string | SecureCookieDefinition<Input, unknown>,
    value: Input & (string | Uint8Array),
    options?: SecureCookieAttributes & SecureCookieSetOptions,
  ): void {
    this.#pending.assertWritable();
    if (typeof cookie !== 'string') {
      assertDefinition(cookie);
      this.#addAll(
        cookiesToSet(
          cookie,
          value,
          options,
          this.#shared.signer,
          this.#attributes,
          this.#shared.revocations,
          this.#shared.deviceBinding,
        ),
      );
      return;
    }
    const resolved = this.#attributes.ofName(cookie, options);
    if (resolved.maxAge !== null && resolved.maxAge > this.#shared.signer.maxAge) {
      throw new SecureCookieError(
        'attribute',
        `The cookie attribute "maxAge" (${resolved.maxAge} seconds) exceeds the signer's "maxAge" (${this.#shared.signer.maxAge}): the browser would keep a cookie that the server refuses.`,
      );
    }
    const now = Math.floor(this.#shared.signer.now());
    assertCookieSize(cookie, signedLength(this.#shared.signer, cookie, value, false, now));
    this.#add({
      name: cookie,
      value: typeof value === 'string' ? value : new Uint8Array(value),
      attributes: resolved,
      encrypt: false,
      setAt: now,
      issuedAt: now,
      registration: undefined,
      header: undefined,
    });
  }

  /**
   * Deletes a cookie in the browser. Tornado: `clear_cookie`.
   *
   * @param name - the cookie's name
   * @param attributes - those it was set with: browsers delete it only if domain, path and
   * partitioning are the same, and refuse a deletion without the "Secure" that its prefix needs
   * @throws {@link SecureCookieError} `name`, `attribute`, `headers-sent` or `no-response`
   * @example
   * cookies.clear('cart', { path: '/shop' });
   */
  clear(name: string, attributes?: SecureCookieAttributes): void;
  /**
   * Deletes a defined cookie in the browser, where it lives and where it lived before.
   *
   * @param definition - made by `defineSecureCookie`
   * @throws {@link SecureCookieError} `attribute`, `name`, `headers-sent` or `no-response`
   * @example
   * cookies.clear(Cart);
   */
  clear(definition: SecureCookieDefinition<never, unknown>): void;
  clear(
    cookie: string | SecureCookieDefinition<never, unknown>,
    attributes?: SecureCookieAttributes,
  ): void {
    this.#pending.assertWritable();
    if (typeof cookie === 'string') {
      this.#add(deletion(cookie, this.#attributes.ofName(cookie, attributes)));
    } else {
      assertDefinition(cookie);
      assertNoOptions(attributes, 'attribute');
      this.#addAll(cookiesToClear(cookie, this.#attributes, this.#shared.deviceBinding));
    }
  }

  /**
   * Signs what is pending. `SecureCookieInterceptor` calls it.
   *
   * @internal
   */
  signPending(): void {
    this.#pendingCookies?.sign();
  }

  /**
   * The attributes of a defined cookie, where it lives for this request.
   *
   * @internal
   * @throws {@link SecureCookieError} `attribute`
   */
  attributesOf(definition: SecureCookieDefinition<never, unknown>): ResolvedAttributes {
    return this.#attributes.ofDefinition(definition);
  }

  /**
   * Sets cookies that another room has made.
   *
   * @internal
   * @throws {@link SecureCookieError} `headers-sent` or `no-response`
   */
  add(cookies: readonly PendingCookie[]): void {
    this.#pending.assertWritable();
    this.#addAll(cookies);
  }

  /**
   * Prevents renewals because the request failed: the head of a GraphQL response does not show that.
   *
   * @internal
   */
  stopRenewing(): void {
    this.#mayRenew = false;
  }

  /**
   * Verifies a cookie once in a request and remembers the result. Without a response, each read
   * verifies again.
   *
   * @internal
   */
  protected override readValues(
    cookie: string | SecureCookieDefinition<never, unknown>,
    values: readonly string[],
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): CookieResult {
    if (this.#response === undefined) {
      return readAnew(this.#shared.signer, cookie, values, options, this.#shared.revocations);
    }
    this.#varyByCookie();
    return typeof cookie === 'string'
      ? this.#reads.readNamed(cookie, values, options)
      : this.#reads.readDefined(cookie, values, (read) =>
          this.#renewIfDue(cookie, read, values.length),
        );
  }

  #varyByCookie(): void {
    if (this.#varies && this.#response !== undefined) {
      this.#varies = false;
      varyResponseByCookie(this.#response);
    }
  }

  #renewIfDue(
    definition: SecureCookieDefinition<never, unknown>,
    { result, stored }: DefinedRead<unknown>,
    occurrences: number,
  ): void {
    assertRenewable(definition, this.#shared.signer, this.#shared.cookie);
    // With two cookies of one name, we cannot know which place this one has: browsers would keep both.
    const due = isDueForRenewal(definition, result, this.#shared.signer.now());
    if (due && stored !== undefined && occurrences === 1) {
      const attributes = this.#attributes.keepOfDefinition(definition);
      this.#pending.addRenewal(definition.name, (head) =>
        this.#mayRenew && mayRenewOn(definition, this.#request, head)
          ? cookiesToRenew(definition, stored, this.#shared.signer, attributes())
          : [],
      );
    }
  }

  get #attributes(): RequestAttributes {
    this.#requestAttributes ??= new RequestAttributes(this.#shared.cookie, this.#connection);
    return this.#requestAttributes;
  }

  get #reads(): RememberedReads {
    this.#rememberedReads ??= new RememberedReads(this.#shared.signer, this.#shared.revocations);
    return this.#rememberedReads;
  }

  get #pending(): PendingCookies {
    if (this.#response === undefined) {
      throw new SecureCookieError(
        'no-response',
        'No response is sent here, so no cookie can be set or cleared: sockets and subscriptions have none. Do it in an HTTP route, a query or a mutation. With Apollo on Fastify, pass the reply on: context: (request, reply) => ({ reply }).',
      );
    }
    this.#pendingCookies ??= new PendingCookies(this.#shared, this.#response);
    return this.#pendingCookies;
  }

  #add(cookie: PendingCookie): void {
    warnOfPlainHttp(this.#shared.warnings, cookie, this.#attributes, this.#request.headers);
    this.#pending.add(cookie);
  }

  #addAll(cookies: readonly PendingCookie[]): void {
    for (const cookie of cookies) {
      this.#add(cookie);
    }
  }
}
