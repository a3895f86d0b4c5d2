import type { ServerResponse } from 'node:http';
import { appended } from '../appended.js';
import { describeError, SecureCookieError } from '../errors.js';
import { beforeResponseHead } from '../http/before-response-head.js';
import type { HeadWriter } from '../http/response-head.js';
import { keepPrivate } from '../http/caching.js';
import type { ResponseHead } from '../http/response-head.js';
import { serializeSetCookie } from '../http/set-cookie.js';
import { signDated } from '../signing/secure-cookie-signer.js';
import { OneTimeWarnings } from './one-time-warnings.js';
import type { PendingCookie } from './pending-cookie.js';
import { logSafely } from '../secure-cookie-logger.js';
import type { SharedByJars } from './shared-by-jars.js';

/**
 * Asks a browser to bind a session to its device (W3C Device Bound Session Credentials). It is a list
 * (RFC 9651), which several headers may form.
 */
const REGISTRATION = 'Secure-Session-Registration';

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
  readonly #shared: SharedByJars;
  readonly #response: ServerResponse;
  /** A response sets two or three cookies, and comparing them is cheaper than building keys. */
  #cookies: readonly PendingCookie[] = [];
  /** By name: what is renewed at the head, unless this response must not carry it. */
  #renewals: Map<string, Renewal> | undefined;

  constructor(shared: SharedByJars, response: ServerResponse) {
    this.#shared = shared;
    this.#response = response;
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
    this.#cookies = appended(this.#cookies, cookie);
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
    let headers: readonly string[] = [];
    for (const cookie of this.#cookies) {
      const header = this.#headerOf(cookie);
      if (header !== undefined) {
        headers = appended(headers, header);
        if (cookie.registration !== undefined) {
          head.setHeader(REGISTRATION, [...head.header(REGISTRATION), cookie.registration]);
        }
      }
    }
    if (this.#renewals !== undefined) {
      headers = [...headers, ...this.#renewedHeaders(this.#renewals, head)];
    }
    const [first] = headers;
    if (first !== undefined) {
      this.#keepPrivate(head, first);
      head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), ...headers]);
    }
  }

  /** Drops the cookie that another one replaces: the order of the headers is that of the calls. */
  #drop({ name, attributes }: PendingCookie): void {
    this.#cookies = this.#cookies.filter(
      (other) => other.name !== name || !other.attributes.isSamePlaceAs(attributes),
    );
  }

  #listen(): void {
    if (this.#cookies.length === 0 && this.#renewals === undefined) {
      beforeResponseHead(this.#response, this);
    }
  }

  #serialize({ name, value, attributes, encrypt, setAt, issuedAt }: PendingCookie): string {
    const signed =
      value === undefined ? '' : signDated(this.#shared.signer, name, value, encrypt, issuedAt);
    return serializeSetCookie(name, signed, attributes, setAt);
  }

  #keepPrivate(head: ResponseHead, header: string): void {
    if (keepPrivate(head)) {
      const warnings = this.#shared.warnings ?? new OneTimeWarnings(this.#shared.logger);
      warnings.give(
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
    logSafely(() =>
      this.#shared.logger.error(`The cookie "${name}" was left out of a response: ${what}`),
    );
  }
}

function cookieName(setCookie: string): string {
  return setCookie.split('=', 1).join('').trim();
}
