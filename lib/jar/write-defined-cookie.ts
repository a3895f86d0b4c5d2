import { frameFirstIssue } from '../definition/first-issue.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { StoredPayload } from './read-defined-cookie.js';

/** A defined cookie before it is signed. */
export interface WrittenCookie {
  readonly name: string;
  /** What is signed, or encrypted and signed. */
  readonly bytes: Uint8Array;
  readonly encrypt: boolean;
  /** How long it may live, in whole seconds: what its absolute age leaves of it. */
  readonly remaining: number;
  /**
   * What it is to be dated, in whole seconds, where it can be revoked: when it was written, however
   * much later it is signed, and not before its first issue, which may lie ahead.
   */
  readonly issuedAt: number | undefined;
}

/**
 * Writes a defined cookie: what `set` stores, what renewal stores again, and what the mint makes.
 *
 * @param stored - the payload; where it has no first issue, this is it
 * @param now - seconds since the epoch
 */
export function writeDefinedCookie(
  { name, encrypt, absoluteMaxAge, revocable }: SecureCookieDefinition<never, unknown>,
  { payload, firstIssuedAt }: StoredPayload,
  now: number,
): WrittenCookie {
  const first = firstIssuedAt ?? Math.floor(now);
  const issuedAt = revocable ? Math.max(Math.floor(now), first) : undefined;
  if (absoluteMaxAge === undefined) {
    return { name, bytes: payload, encrypt, remaining: Number.POSITIVE_INFINITY, issuedAt };
  }
  const remaining = Math.max(0, Math.floor(first + absoluteMaxAge - now));
  return { name, bytes: frameFirstIssue(payload, first), encrypt, remaining, issuedAt };
}
