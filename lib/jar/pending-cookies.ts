import type { ServerResponse } from 'node:http';
import { describeError, SecureCookieError } from '../errors.js';
import { beforeResponseHead, type HeadWriter } from '../http/before-response-head.js';
import { keepPrivate } from '../http/caching.js';
import type { ResponseHead } from '../http/response-head.js';
import { serializeSetCookie, type SetCookieAttributes } from '../http/set-cookie.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { OneTimeWarnings } from './one-time-warnings.js';
import type { SecureCookieLogger } from './secure-cookie-logger.js';

/** A cookie that waits for the head of the response. */
export interface PendingCookie {
  readonly name: string;
  /** What will be signed; `undefined` deletes the cookie. */
  readonly value: string | Uint8Array | undefined;
  readonly attributes: SetCookieAttributes;
  readonly encrypt: boolean;
  /** The header, once it is signed. */
  header?: string;
}

/** A cookie that is due, unless the head of the response speaks against it. */
export type Renewal = (head: ResponseHead) => PendingCookie | undefined;

/**
 * The cookies that one response will carry, each once: keyed as browsers key them, by name, domain,
 * path and partitioning, so that the last `set` or `clear` of a cookie counts.
 *
 * Signed in Nest's pipeline by the interceptor, where a failure is an exception; what is still
 * unsigned when the head goes out (after a throwing guard, from a filter, behind `@Res()`) is signed
 * then. Written at the head only, which every way out of an app passes.
 */
export class PendingCookies implements HeadWriter {
  readonly #signer: SecureCookieSigner;
  readonly #response: ServerResponse;
  readonly #logger: SecureCookieLogger;
  readonly #warnings: OneTimeWarnings;
  readonly #cookies = new Map<string, PendingCookie>();
  /** By name: cookies that are renewed at the head unless something speaks against it then. */
  readonly #renewals = new Map<string, Renewal>();

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

  add(
    name: string,
    value: string | Uint8Array | undefined,
    attributes: SetCookieAttributes,
    encrypt = false,
  ): void {
    this.#listen();
    const { domain = '', path, partitioned } = attributes;
    const key = `${name};${domain};${path};${partitioned}`;
    // Deleted first, so that the order of the headers is that of the calls.
    this.#cookies.delete(key);
    this.#cookies.set(key, { name, value, attributes, encrypt });
  }

  /**
   * @param renewal - asked at the head; not at all if a cookie of that name was set or cleared
   */
  addRenewal(name: string, renewal: Renewal): void {
    if (!this.#response.headersSent) {
      this.#listen();
      this.#renewals.set(name, renewal);
    }
  }

  /**
   * Signs what is not signed yet.
   *
   * @throws {@link SecureCookieError} `value`, `cookie-too-large`, `keys-stale` or `clock`
   */
  sign(): void {
    if (this.#response.headersSent) {
      // What could not be signed at the head was left out: an exception would come too late.
      return;
    }
    for (const cookie of this.#cookies.values()) {
      cookie.header ??= this.#serialize(cookie);
    }
  }

  /** Called at the head of the response. */
  write(head: ResponseHead): void {
    const headers = [...this.#cookies.values()].map((cookie) =>
      this.#attempt(cookie.name, () => cookie.header ?? this.#serialize(cookie)),
    );
    if (this.#renewals.size > 0) {
      headers.push(...this.#renewedHeaders(head));
    }
    const written = headers.filter((header) => header !== undefined);
    const [first] = written;
    if (first !== undefined) {
      this.#keepPrivate(head, cookieName(first));
      head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), ...written]);
    }
  }

  #listen(): void {
    if (this.#cookies.size === 0 && this.#renewals.size === 0) {
      beforeResponseHead(this.#response, this);
    }
  }

  #serialize({ name, value, attributes, encrypt }: PendingCookie): string {
    const signed = value === undefined ? '' : this.#signer.sign(name, value, { encrypt });
    return serializeSetCookie(name, signed, attributes, this.#signer.now());
  }

  #keepPrivate(head: ResponseHead, name: string): void {
    if (keepPrivate(head)) {
      this.#warnings.give(
        'shared caches',
        `The app offers a response to shared caches ("public", "s-maxage" or a header for CDNs) that carries the cookie "${name}": it went out as "private" instead, or others would have got the cookie. Say "private" on routes that set cookies.`,
      );
    }
  }

  /** Of what was neither set nor cleared, by others too: an app may log out with its platform's own clearCookie. */
  #renewedHeaders(head: ResponseHead): readonly (string | undefined)[] {
    const taken = new Set([
      ...[...this.#cookies.values()].map(({ name }) => name),
      ...head.header('Set-Cookie').map(cookieName),
    ]);
    return [...this.#renewals]
      .filter(([name]) => !taken.has(name))
      .map(([name, renewal]) => this.#attempt(name, () => this.#renew(renewal, head)));
  }

  #renew(renewal: Renewal, head: ResponseHead): string | undefined {
    const cookie = renewal(head);
    return cookie === undefined ? undefined : this.#serialize(cookie);
  }

  /** The writer at the head must not throw: what can not be signed is logged and left out. */
  #attempt(name: string, serialize: () => string | undefined): string | undefined {
    try {
      return serialize();
    } catch (error) {
      this.#logger.error(
        `The cookie "${name}" was left out of a response: ${describeError(error)}`,
      );
      return undefined;
    }
  }
}

function cookieName(setCookie: string): string {
  return setCookie.split('=', 1).join('').trim();
}
