import type { ServerResponse } from 'node:http';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { requestHeader } from '../http/request-header.js';
import { assertCookieSize, type SecureCookieAttributes } from '../http/set-cookie.js';
import { varyResponseByCookie } from '../http/varied-response.js';
import { assertNoOptions, type OwnOptions } from '../own-options.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import { signedLength, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { assertRenewable } from './check-definition.js';
import { connectionOf } from './connection.js';
import { CookieDefaults } from './cookie-defaults.js';
import type { DeviceBinding } from './device-binding.js';
import { cookiesToClear, cookiesToRenew, cookiesToSet, deletion } from './defined-cookies.js';
import { OneTimeWarnings } from './one-time-warnings.js';
import { PendingCookies, type PendingCookie } from './pending-cookies.js';
import type { DefinedRead } from './read-defined-cookie.js';
import { RememberedReads } from './remembered-reads.js';
import { isDueForRenewal, mayRenewOn } from './renewal.js';
import { RequestAttributes } from './request-attributes.js';
import {
  ownJarOptions,
  type SecureCookieJarOptions,
  type SecureCookieSetOptions,
} from './secure-cookie-jar-options.js';
import { readAnew, SecureCookieReader, type CookieResult } from './secure-cookie-reader.js';
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
  readonly #signer: SecureCookieSigner;
  readonly #attributes: RequestAttributes;
  readonly #request: SecureCookieJarOptions['request'];
  readonly #response: ServerResponse | undefined;
  readonly #logger: SecureCookieLogger;
  readonly #warnings: OneTimeWarnings | undefined;
  readonly #revocations: SecureCookieRevocations | undefined;
  readonly #deviceBinding: DeviceBinding | undefined;
  /** Whether the response must still get its `Vary`. */
  #varies: boolean;
  #mayRenew = true;
  /** Made when something is read: requests that only set do not pay for it. */
  #rememberedReads: RememberedReads | undefined;
  /** Made when something is set: requests that only read do not pay for it. */
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
  constructor(options: SecureCookieJarOptions) {
    // Not destructured among the parameters: the declarations would show internal options.
    const {
      signer,
      request,
      response,
      cookie = {},
      isSecureConnection,
      host,
      connection = connectionOf(request, isSecureConnection, host),
      logger = console,
      vary = true,
      revocations,
      warnings,
      deviceBinding,
    } = ownJarOptions(options);
    super(signer, requestHeader(request.headers, 'cookie'));
    this.#revocations = revocations;
    this.#deviceBinding = deviceBinding;
    this.#request = request;
    this.#response = response;
    this.#logger = logger;
    this.#warnings = warnings;
    this.#varies = vary;
    this.#signer = signer;
    const defaults =
      cookie instanceof CookieDefaults ? cookie : new CookieDefaults(cookie, signer.maxAge);
    this.#attributes = new RequestAttributes(defaults, connection);
  }

  /**
   * Sets a signed cookie on the response. Tornado: `set_signed_cookie` (`set_secure_cookie`).
   *
   * @param name - the cookie's name
   * @param value - text, or bytes, which are copied
   * @param attributes - what differs from the app's defaults; `maxAge` is how long the browser keeps
   * the cookie, in seconds, and at most the signer's
   * @throws {@link SecureCookieError} `name`, `value`, `attribute`, `cookie-too-large`,
   * `headers-sent`, `no-response` or `clock`; then the response is unchanged
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
   * `headers-sent`, `no-response`, `revocations-missing`, `device-bound-missing`, `schema-async` or
   * `clock`; then the response is unchanged
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
          this.#signer,
          this.#attributes,
          this.#revocations,
          this.#deviceBinding,
        ),
      );
      return;
    }
    const resolved = this.#attributes.ofName(cookie, options);
    if (resolved.maxAge !== null && resolved.maxAge > this.#signer.maxAge) {
      throw new SecureCookieError(
        'attribute',
        `The cookie attribute "maxAge" (${resolved.maxAge} seconds) exceeds the signer's "maxAge" (${this.#signer.maxAge}): the browser would keep a cookie that the server refuses.`,
      );
    }
    const now = Math.floor(this.#signer.now());
    assertCookieSize(cookie, signedLength(this.#signer, cookie, value, false, now));
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
      this.#addAll(cookiesToClear(cookie, this.#attributes, this.#deviceBinding));
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
      return readAnew(this.#signer, cookie, values, options, this.#revocations);
    }
    this.#varyByCookie();
    return this.#reads.read(cookie, values, options);
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
    assertRenewable(definition, this.#signer, this.#attributes.defaults);
    // With two cookies of one name, we cannot know which place this one has: browsers would keep both.
    const due = isDueForRenewal(definition, result, this.#signer.now());
    if (due && stored !== undefined && occurrences === 1) {
      const attributes = this.#attributes.keepOfDefinition(definition);
      this.#pending.addRenewal(definition.name, (head) =>
        this.#mayRenew && mayRenewOn(definition, this.#request, head)
          ? cookiesToRenew(definition, stored, this.#signer, attributes())
          : [],
      );
    }
  }

  get #reads(): RememberedReads {
    this.#rememberedReads ??= new RememberedReads(
      this.#signer,
      this.#revocations,
      (definition, read, occurrences) => this.#renewIfDue(definition, read, occurrences),
    );
    return this.#rememberedReads;
  }

  get #pending(): PendingCookies {
    if (this.#response === undefined) {
      throw new SecureCookieError(
        'no-response',
        'No response is sent here, so no cookie can be set or cleared: sockets and subscriptions have none. Do it in an HTTP route, a query or a mutation. With Apollo on Fastify, pass the reply on: context: (request, reply) => ({ reply }).',
      );
    }
    this.#pendingCookies ??= new PendingCookies(
      this.#signer,
      this.#response,
      this.#logger,
      this.#warnings ?? new OneTimeWarnings(this.#logger),
    );
    return this.#pendingCookies;
  }

  #add(cookie: PendingCookie): void {
    warnOfPlainHttp(this.#warnings, cookie, this.#attributes, this.#request.headers);
    this.#pending.add(cookie);
  }

  #addAll(cookies: readonly PendingCookie[]): void {
    for (const cookie of cookies) {
      this.#add(cookie);
    }
  }
}
