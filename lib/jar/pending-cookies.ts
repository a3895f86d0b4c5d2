import type { ServerResponse } from 'node:http';
import { describeError, SecureCookieError } from '../errors.js';
import { beforeResponseHead } from '../http/before-response-head.js';
import type { HeadWriter } from '../http/response-head.js';
import { keepPrivate } from '../http/caching.js';
import type { ResponseHead } from '../http/response-head.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { serializeSetCookie } from '../http/set-cookie.js';
import { signDated, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { OneTimeWarnings } from './one-time-warnings.js';
import { logSafely, type SecureCookieLogger } from '../secure-cookie-logger.js';

/**
 * Asks a browser to bind a session to its device (W3C Device Bound Session Credentials). It is a list
 * (RFC 9651), which several headers may form.
 */
const REGISTRATION = 'Secure-Session-Registration';

/** A cookie that waits for the head of the response. Each sets all properties: none is optional. */
export interface PendingCookie {
  readonly name: string;
  /** What will be signed; `undefined` deletes the cookie. */
  readonly value: string | Uint8Array | undefined;
  readonly attributes: ResolvedAttributes;
  readonly encrypt: boolean;
  /** When it was set: `Expires` counts from there. Whole seconds since the epoch; 0 for deletions. */
  readonly setAt: number;
  /** The date that is signed, in whole seconds since the epoch; as a rule `setAt`. */
  readonly issuedAt: number;
  /** The header `Secure-Session-Registration` that is sent with it. */
  readonly registration: string | undefined;
  /** The header, once it is signed. */
  header: string | undefined;
}

/**
 * Makes the renewed cookie and deletions of it elsewhere, or nothing if this response must not carry
 * it.
 */
export type Renewal = (head: ResponseHead) => readonly PendingCookie[];

/**
 * The cookies that one response will carry. As in browsers, name, domain, path and partitioning
 * identify a cookie, and the last `set` or `clear` of it counts.
 *
 * The interceptor signs them in Nest's pipeline, where a failure is an exception. Cookies that are
 * still unsigned when the head is sent (after a guard threw, from a filter, with `@Res()`) are signed
 * then. They are written only at the head, because every response has one.
 */
export class PendingCookies implements HeadWriter {
  readonly #signer: SecureCookieSigner;
  readonly #response: ServerResponse;
  readonly #logger: SecureCookieLogger;
  readonly #warnings: OneTimeWarnings;
  /** A list: a response sets two or three cookies, and comparing is cheaper than building a key. */
  readonly #cookies: PendingCookie[] = [];
  /** By name: what is renewed at the head, unless this response must not carry it. */
  #renewals: Map<string, Renewal> | undefined;

  constructor(
    signer: SecureCookieSigner,
    response: ServerResponse,
    logger: SecureCookieLogger,
    warnings: OneTimeWarnings,
  ) {
    this.#signer = signer;
    this.#response = response;
    this.#logger = logger;
    this.#warnings = warnings;
  }

  /**
   * @throws {@link SecureCookieError} `headers-sent`
   */
  assertWritable(): void {
    if (this.#response.headersSent) {
      throw new SecureCookieError(
        'headers-sent',
        'A cookie was set or cleared after the head of the response had been sent: do it before the response is answered or its stream begins.',
      );
    }
  }

  add(cookie: PendingCookie): void {
    this.#listen();
    if (this.#cookies.length > 0) {
      this.#drop(cookie);
    }
    this.#cookies.push(cookie);
  }

  /**
   * @param renewal - called at the head, unless a cookie of that name was set or cleared
   */
  addRenewal(name: string, renewal: Renewal): void {
    if (!this.#response.headersSent) {
      this.#listen();
      this.#renewals ??= new Map();
      this.#renewals.set(name, renewal);
    }
  }

  /**
   * Signs the cookies that are not signed yet.
   *
   * @throws {@link SecureCookieError} `value`, `cookie-too-large` or `keys-stale`
   */
  sign(): void {
    if (this.#response.headersSent) {
      // A cookie that could not be signed at the head was left out: an exception would come too late.
      return;
    }
    for (const cookie of this.#cookies) {
      cookie.header ??= this.#serialize(cookie);
    }
  }

  write(head: ResponseHead): void {
    const headers: string[] = [];
    for (const cookie of this.#cookies) {
      const header = this.#headerOf(cookie);
      if (header !== undefined) {
        headers.push(header);
        if (cookie.registration !== undefined) {
          head.setHeader(REGISTRATION, [...head.header(REGISTRATION), cookie.registration]);
        }
      }
    }
    if (this.#renewals !== undefined) {
      headers.push(...this.#renewedHeaders(this.#renewals, head));
    }
    const [first] = headers;
    if (first !== undefined) {
      this.#keepPrivate(head, first);
      head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), ...headers]);
    }
  }

  /** Drops the cookie that another one replaces: the order of the headers is that of the calls. */
  #drop({ name, attributes }: PendingCookie): void {
    const present = this.#cookies.findIndex(
      (other) => other.name === name && other.attributes.isSamePlaceAs(attributes),
    );
    if (present !== -1) {
      this.#cookies.splice(present, 1);
    }
  }

  #listen(): void {
    if (this.#cookies.length === 0 && this.#renewals === undefined) {
      beforeResponseHead(this.#response, this);
    }
  }

  #serialize({ name, value, attributes, encrypt, setAt, issuedAt }: PendingCookie): string {
    const signed =
      value === undefined ? '' : signDated(this.#signer, name, value, encrypt, issuedAt);
    return serializeSetCookie(name, signed, attributes, setAt);
  }

  #keepPrivate(head: ResponseHead, header: string): void {
    if (keepPrivate(head)) {
      this.#warnings.give(
        'shared caches',
        `A response that carries the cookie "${cookieName(header)}" was meant for shared caches ("public", "s-maxage" or a header for CDNs). It was sent as "private" instead: a cache would have handed the cookie to others. Set "private" on routes that set cookies.`,
      );
    }
  }

  /** Skips cookies that any code set or cleared: an app may log out with its platform's clearCookie. */
  #renewedHeaders(renewals: ReadonlyMap<string, Renewal>, head: ResponseHead): readonly string[] {
    const taken = new Set([
      ...this.#cookies.map(({ name }) => name),
      ...head.header('Set-Cookie').map(cookieName),
    ]);
    return [...renewals]
      .filter(([name]) => !taken.has(name))
      .flatMap(([name, renewal]) => this.#renewedHeadersOf(name, renewal, head));
  }

  #renewedHeadersOf(name: string, renewal: Renewal, head: ResponseHead): readonly string[] {
    try {
      return renewal(head).map((cookie) => this.#serialize(cookie));
    } catch (error) {
      this.#logLeftOut(name, error);
      return [];
    }
  }

  #headerOf(cookie: PendingCookie): string | undefined {
    try {
      return cookie.header ?? this.#serialize(cookie);
    } catch (error) {
      this.#logLeftOut(cookie.name, error);
      return undefined;
    }
  }

  /** The writer at the head must not throw: a cookie that cannot be signed is logged and left out. */
  #logLeftOut(name: string, error: unknown): void {
    const what = describeError(error);
    logSafely(() => this.#logger.error(`The cookie "${name}" was left out of a response: ${what}`));
  }
}

function cookieName(setCookie: string): string {
  return setCookie.split('=', 1).join('').trim();
}
