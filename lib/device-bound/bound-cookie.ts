import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import type { PendingCookie } from '../jar/pending-cookie.js';
import { writeDefinedCookie } from '../jar/write-defined-cookie.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { BoundSession } from './bound-sessions.js';
import { sessionEnd, type RefreshCookie } from './refresh-cookie.js';

/**
 * Writes the cookie of a bound session, which is signed later. It is dated early enough not to outlive
 * its session.
 *
 * @param state - the content of its refresh cookie
 * @param attributes - the attributes of the session's cookie
 */
export function writeBoundCookie(
  { definition, boundFor }: BoundSession,
  state: Omit<RefreshCookie, 'current'>,
  attributes: ResolvedAttributes,
  signer: SecureCookieSigner,
): PendingCookie {
  const { payload, firstIssuedAt, persistent } = state;
  const now = signer.now();
  const { last } = sessionEnd(signer, definition, state);
  const stored = { payload, firstIssuedAt, persistent, bound: true };
  const { bytes, issuedAt } = writeDefinedCookie(definition, stored, now);
  const maxAge = Math.min(browserDuration(boundFor), Math.floor(last - now));
  return {
    name: definition.name,
    value: bytes,
    attributes: attributes.lasting(Math.max(1, maxAge)),
    encrypt: definition.encrypt,
    setAt: Math.floor(now),
    issuedAt: Math.min(issuedAt, Math.floor(last - boundFor)),
    registration: undefined,
    header: undefined,
  };
}

/**
 * How long the browser keeps a bound cookie, in seconds. That is shorter than on the server, so that the
 * browser asks for the next cookie while this one is still valid, despite different clocks, latency
 * and rounding.
 */
function browserDuration(boundFor: number): number {
  return boundFor - Math.min(30, Math.max(2, Math.ceil(boundFor / 10)));
}
