import { frame } from '../definition/frame.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { StoredPayload } from './read-defined-cookie.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** A defined cookie before it is signed. */
export interface WrittenCookie {
  /** What is signed, or encrypted and signed. */
  readonly bytes: Uint8Array;
  /** Seconds since the epoch. */
  readonly firstIssuedAt: number;
  /** How long it may live, in whole seconds: what its absolute age leaves of it. */
  readonly remaining: number;
  /**
   * What it is to be dated, in whole seconds, where it can be revoked: when it was written, however
   * much later it is signed, and not before its first issue, which may lie ahead.
   */
  readonly issuedAt: number | undefined;
  /** Whether the browser keeps it when it is closed, as far as its `maxAge` says so. */
  readonly persistent: boolean;
}

/**
 * Writes a defined cookie: what `set` stores, what renewal stores again, and what the mint makes.
 *
 * @param stored - the payload; where it has no first issue, this is it
 * @param now - seconds since the epoch
 */
export function writeDefinedCookie(
  { framed, revocable, absoluteMaxAge = Number.POSITIVE_INFINITY }: AnyDefinition,
  { payload, firstIssuedAt, persistent = true, bound = false }: StoredPayload,
  now: number,
): WrittenCookie {
  const first = firstIssuedAt ?? Math.floor(now);
  return {
    bytes: framed ? frame(payload, first, persistent, bound) : payload,
    firstIssuedAt: first,
    remaining: Math.max(0, Math.floor(first + absoluteMaxAge - now)),
    issuedAt: revocable ? Math.max(Math.floor(now), first) : undefined,
    persistent,
  };
}
