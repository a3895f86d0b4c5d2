import { frame } from '../definition/frame.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { StoredPayload } from './read-defined-cookie.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** A defined cookie before it is signed. */
export interface WrittenCookie {
  /** The bytes to sign, or to encrypt and sign. */
  readonly bytes: Uint8Array;
  /** Seconds since the epoch. */
  readonly firstIssuedAt: number;
  /** How long it may still live, in whole seconds: the rest of its absolute age. */
  readonly remaining: number;
  /**
   * Its date, in whole seconds since the epoch: when it was written, even if it is signed later. That of
   * a revocable cookie is never before its first issue, which may be in the future.
   */
  readonly issuedAt: number;
  /** Whether the browser keeps the cookie when it is closed, unless its `maxAge` is `null`. */
  readonly persistent: boolean;
}

/**
 * Writes a defined cookie, for `set`, for renewal and for the mint.
 *
 * @param stored - the payload; if it has no first issue, that is now
 * @param now - seconds since the epoch
 */
export function writeDefinedCookie(
  { framed, revocable, absoluteMaxAge = Number.POSITIVE_INFINITY }: AnyDefinition,
  { payload, firstIssuedAt, persistent = true, bound = false }: StoredPayload,
  now: number,
): WrittenCookie {
  const second = Math.floor(now);
  const first = firstIssuedAt ?? second;
  return {
    bytes: framed ? frame(payload, first, persistent, bound) : payload,
    firstIssuedAt: first,
    remaining: Math.max(0, Math.floor(first + absoluteMaxAge - now)),
    issuedAt: revocable ? Math.max(second, first) : second,
    persistent,
  };
}
