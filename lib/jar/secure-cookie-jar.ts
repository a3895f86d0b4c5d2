import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DefinedRead, StoredPayload } from './read-defined-cookie.js';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { beforeResponseHead, type HeadWriter } from '../http/before-response-head.js';
import { varyByCookie } from '../http/caching.js';
import type { ResponseHead } from '../http/response-head.js';
import { assertCookieSize, fitsCookie, type SecureCookieAttributes } from '../http/set-cookie.js';
import { assertNoOptions } from '../own-options.js';
import {
  dateAfterMarks,
  revocationsOf,
  type SecureCookieRevocations,
} from '../revocation/secure-cookie-revocations.js';
import { signedLength, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { assertRenewable } from './check-definition.js';
import { CookieDefaults } from './cookie-defaults.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import { OneTimeWarnings } from './one-time-warnings.js';
import { PendingCookies, type PendingCookie } from './pending-cookies.js';
import { isDueForRenewal, mayRenewOn } from './renewal.js';
import { RememberedReads } from './remembered-reads.js';
import { SecureCookieReader, type ReadCookie } from './secure-cookie-reader.js';
import { writeDefinedCookie } from './write-defined-cookie.js';

/** What a jar is made of. In Nest, `SecureCookieService` makes jars. */
export interface SecureCookieJarOptions {
  /** What signs and verifies. */
  readonly signer: SecureCookieSigner;
  /** Node's request; of one that opened a socket, its headers are enough. */
  readonly request: Pick<IncomingMessage, 'headers'> &
    Partial<Pick<IncomingMessage, 'method' | 'socket'>>;
  /**
   * Node's response, of which the head is not sent yet.
   *
   * @defaultValue none: then the jar reads anew each time, and setting throws `no-response`
   */
  readonly response?: ServerResponse | undefined;
  /**
   * The attributes of cookies where a call names no others.
   *
   * @defaultValue those of {@link SecureCookieAttributes}
   */
  readonly cookie?: SecureCookieAttributes | CookieDefaults | undefined;
  /**
   * Whether the request came over TLS, for `secure: 'auto'`. Behind a proxy, say what it says.
   *
   * @defaultValue whether the socket is encrypted
   */
  readonly isSecureConnection?: (() => boolean) | undefined;
  /**
   * Where the jar says what no caller can be told any more.
   *
   * @defaultValue `console`
   */
  readonly logger?: SecureCookieLogger | undefined;
  /**
   * Whether the response says `Vary: Cookie` once a cookie is read.
   *
   * @defaultValue true
   */
  readonly vary?: boolean | undefined;
  /**
   * The app's revocations, which have to be started.
   *
   * @defaultValue none: a definition with `revocableBy` throws `revocations-missing`
   */
  readonly revocations?: SecureCookieRevocations | undefined;
  /**
   * Those of the app, which it hears once.
   *
   * @internal
   * @defaultValue each jar's own
   */
  readonly warnings?: OneTimeWarnings | undefined;
}

/** One for all jars: it holds nothing of a request. */
const VARY: HeadWriter = { write: varyByCookie };

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
  readonly #defaults: CookieDefaults;
  readonly #isSecureConnection: () => boolean;
  readonly #request: SecureCookieJarOptions['request'];
  readonly #response: ServerResponse | undefined;
  readonly #logger: SecureCookieLogger;
  readonly #warnings: OneTimeWarnings | undefined;
  readonly #revocations: SecureCookieRevocations | undefined;
  /** Whether the response has yet to be told that it depends on the cookies. */
  #varies: boolean;
  #mayRenew = true;
  /** Made when something is set: requests that only read do not pay for it. */
  #pendingCookies: PendingCookies | undefined;

  /**
   * In Nest, take the jar from `@SecureCookies()` or `SecureCookieService.jar`: one for each request.
   *
   * @param options - `signer`, Node's `request` and `response`, and what differs from the defaults
   * @throws {@link SecureCookieError} `attribute` - for default attributes that no browser keeps
   * @example
   * createServer((request, response) => {
   *   const cookies = new SecureCookieJar({ signer, request, response });
   *   cookies.set('seen', 'yes');
   *   response.end(cookies.get('seen') ?? 'never');
   * });
   */
  constructor({
    signer,
    request,
    response,
    cookie = {},
    isSecureConnection = () => isEncrypted(request),
    logger = console,
    vary = true,
    revocations,
    warnings,
  }: SecureCookieJarOptions) {
    const reads = new RememberedReads(signer, revocations, (definition, read, occurrences) =>
      this.#renewIfDue(definition, read, occurrences),
    );
    const readOnce: ReadCookie = (asked, values, options) => {
      this.#varyByCookie();
      return reads.read(asked, values, options);
    };
    const read = response === undefined ? undefined : readOnce;
    super(signer, request.headers.cookie, { revocations, read });
    this.#revocations = revocations;
    this.#request = request;
    this.#response = response;
    this.#logger = logger;
    this.#warnings = warnings;
    this.#varies = vary;
    this.#signer = signer;
    this.#defaults =
      cookie instanceof CookieDefaults ? cookie : new CookieDefaults(cookie, signer.maxAge);
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
   * `headers-sent`, `no-response` or `clock`; then the response is as it was
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
   * `no-response`, `revocations-missing`, `schema-async` or `clock`; then the response is as it was
   * @example
   * cookies.set(Cart, { items: [] });
   */
  set<Input>(definition: SecureCookieDefinition<Input, unknown>, value: Input): void;
  set<Input>(
    cookie: string | SecureCookieDefinition<Input, unknown>,
    value: Input & (string | Uint8Array),
    attributes?: SecureCookieAttributes,
  ): void {
    this.#pending.assertWritable();
    if (typeof cookie !== 'string') {
      assertDefinition(cookie);
      assertNoOptions(attributes, 'attribute');
      this.#setDefined(cookie, value);
      return;
    }
    const resolved = this.#defaults.ofName(cookie, attributes, this.#isSecureConnection);
    if (resolved.maxAge !== null && resolved.maxAge > this.#signer.maxAge) {
      throw new SecureCookieError(
        'attribute',
        `The cookie attribute "maxAge" (${resolved.maxAge} seconds) exceeds the signer's "maxAge" (${this.#signer.maxAge}): the browser would keep a cookie that the server refuses.`,
      );
    }
    assertCookieSize(cookie, signedLength(this.#signer, cookie, value));
    this.#pending.add(cookie, typeof value === 'string' ? value : new Uint8Array(value), resolved);
  }

  /**
   * Deletes a cookie in the browser. Tornado: `clear_cookie`.
   *
   * @param name - the cookie's name
   * @param attributes - those it was set with: browsers delete only where domain, path and
   * partitioning are the same, and refuse what lacks the "Secure" that its prefix needs
   * @throws {@link SecureCookieError} `name`, `attribute`, `headers-sent` or `no-response`
   * @example
   * cookies.clear('cart', { path: '/shop' });
   */
  clear(name: string, attributes?: SecureCookieAttributes): void;
  /**
   * Deletes a defined cookie in the browser, with the attributes it is set with.
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
      const resolved = this.#defaults.ofName(cookie, attributes, this.#isSecureConnection);
      this.#pending.add(cookie, undefined, resolved.lasting(0));
    } else {
      assertDefinition(cookie);
      assertNoOptions(attributes, 'attribute');
      const resolved = this.#defaults.ofDefinition(cookie, this.#isSecureConnection);
      this.#pending.add(cookie.name, undefined, resolved.lasting(0));
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
   * Leaves cookies as old as they are, because the request failed: a response of GraphQL does not
   * show it in its head.
   *
   * @internal
   */
  stopRenewing(): void {
    this.#mayRenew = false;
  }

  #varyByCookie(): void {
    if (this.#varies && this.#response !== undefined) {
      this.#varies = false;
      beforeResponseHead(this.#response, VARY);
    }
  }

  #renewIfDue(
    definition: SecureCookieDefinition<never, unknown>,
    { result, stored }: DefinedRead<unknown>,
    occurrences: number,
  ): void {
    assertRenewable(definition, this.#signer, this.#defaults);
    // Of two cookies of one name, browsers would keep both: which is renewed cannot be told.
    const due = isDueForRenewal(definition, result, this.#signer.now());
    if (due && stored !== undefined && occurrences === 1) {
      this.#pending.addRenewal(definition.name, (head) => this.#renewed(definition, stored, head));
    }
  }

  get #pending(): PendingCookies {
    if (this.#response === undefined) {
      throw new SecureCookieError(
        'no-response',
        'No response is sent here that a cookie could be set or cleared with: sockets and subscriptions have none, so do it in an HTTP route, a query or a mutation. With Apollo on Fastify, hand the reply on: context: (request, reply) => ({ reply }).',
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

  #setDefined<Input>(definition: SecureCookieDefinition<Input, unknown>, value: Input): void {
    assertRenewable(definition, this.#signer, this.#defaults);
    const revocations = revocationsOf(definition, this.#revocations);
    const payload = definition.encode(value);
    const firstIssuedAt = dateAfterMarks(revocations, definition, payload);
    const written = this.#written(definition, { payload, firstIssuedAt });
    const { name, value: bytes, attributes, encrypt, issuedAt } = written;
    assertCookieSize(name, signedLength(this.#signer, name, bytes, { encrypt }));
    this.#pending.add(name, bytes, attributes, encrypt, issuedAt);
  }

  #renewed(
    definition: SecureCookieDefinition<never, unknown>,
    stored: StoredPayload,
    head: ResponseHead,
  ): PendingCookie | undefined {
    if (!this.#mayRenew || !mayRenewOn(definition, this.#request, head)) {
      return undefined;
    }
    const cookie = this.#written(definition, stored);
    return cookie.attributes.maxAge !== 0 && this.#fits(cookie) ? cookie : undefined;
  }

  /**
   * Whether browsers would keep a renewed cookie: with the date of its first issue, or a longer key
   * version, it may have outgrown them. That is no fault of the request that brings it.
   */
  #fits({ name, value, encrypt }: PendingCookie & { readonly value: Uint8Array }): boolean {
    return (
      fitsCookie(name, value.length) &&
      fitsCookie(name, signedLength(this.#signer, name, value, { encrypt }))
    );
  }

  /** The browser keeps a cookie no longer than its absolute age allows. */
  #written(
    definition: SecureCookieDefinition<never, unknown>,
    stored: StoredPayload,
  ): PendingCookie & { readonly value: Uint8Array } {
    const written = writeDefinedCookie(definition, stored, this.#signer.now());
    const { name, bytes, encrypt, remaining, issuedAt } = written;
    const resolved = this.#defaults.ofDefinition(definition, this.#isSecureConnection);
    const maxAge = resolved.maxAge === null ? null : Math.min(resolved.maxAge, remaining);
    return { name, value: bytes, attributes: resolved.lasting(maxAge), encrypt, issuedAt };
  }
}

/** Whether Node's own socket is one of TLS. */
function isEncrypted({ socket }: SecureCookieJarOptions['request']): boolean {
  return socket !== undefined && 'encrypted' in socket && socket.encrypted === true;
}
