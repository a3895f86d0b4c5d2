import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import type { PendingCookie } from '../jar/pending-cookies.js';
import { writeDefinedCookie } from '../jar/write-defined-cookie.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { BoundSession } from './bound-sessions.js';
import { sessionEnd, type RefreshCookie } from './refresh-cookie.js';

/**
 * The cookie of a session that is bound, to be signed. It is dated so early that it does not outlive
 * its session.
 *
 * @param state - what its refresh cookie keeps
 * @param attributes - those of the session's cookie
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
  const { bytes, issuedAt = Math.floor(now) } = writeDefinedCookie(definition, stored, now);
  const maxAge = Math.min(browserDuration(boundFor), Math.floor(last - now));
  return {
    name: definition.name,
    value: bytes,
    attributes: attributes.lasting(Math.max(1, maxAge)),
    encrypt: definition.encrypt,
    issuedAt: Math.min(issuedAt, Math.floor(last - boundFor)),
    registration: undefined,
    header: undefined,
  };
}

/**
 * How long the browser keeps a bound cookie, in seconds: shorter than the server, so that it asks for
 * the next while this one counts, whatever their clocks, the way between them and cut-off fractions
 * make of it.
 */
function browserDuration(boundFor: number): number {
  return boundFor - Math.min(30, Math.max(2, Math.ceil(boundFor / 10)));
}
