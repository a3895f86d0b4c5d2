import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { findCookieValues } from '../http/cookie-header.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import type { PendingCookie } from '../jar/pending-cookie.js';
import { absoluteEnd, maxAgeOf } from '../jar/read-defined-cookie.js';
import { readSignedValue, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { BoundSession } from './bound-sessions.js';
import { decodeRefreshState, encodeRefreshState, type RefreshState } from './refresh-state.js';

/** An authentic refresh cookie of any age. */
export interface RefreshCookie extends RefreshState {
  /** When it was signed, in seconds since the epoch. */
  readonly issuedAt: number;
  /** Whether it was signed with the key that signs now. */
  readonly current: boolean;
}

/** The most refresh cookies of one name that are tried: browsers may send several. */
const MAX_VALUES = 4;

/** Any age: {@link sessionEnd} judges it, so that an old cookie is told from a forged one. */
const READ = {
  maxAge: Number.POSITIVE_INFINITY,
  minVersion: undefined,
  encoding: 'bytes',
  encrypted: true,
} as const;

/**
 * The refresh cookie of a session that a browser names.
 *
 * @param header - the `Cookie` header
 * @param identifier - of the session; `undefined` for the first that is authentic
 */
export function readRefreshCookie(
  signer: SecureCookieSigner,
  { refreshName }: BoundSession,
  header: string | undefined,
  identifier: string | undefined,
): RefreshCookie | undefined {
  const values = findCookieValues(header, refreshName, MAX_VALUES);
  // A missing cookie takes the same path as a forged one.
  for (const value of values.length === 0 ? [forged(refreshName)] : values) {
    const { result } = readSignedValue(signer, refreshName, value, READ);
    if (result.valid && typeof result.value !== 'string') {
      const state = decodeRefreshState(result.value);
      if (state !== undefined && state.identifier === (identifier ?? state.identifier)) {
        return { ...state, issuedAt: result.issuedAt, current: result.current };
      }
    }
  }
  return undefined;
}

/** The end of a bound session, however often it is refreshed: as for an unbound cookie of its age. */
export function sessionEnd(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, unknown>,
  { issuedAt, firstIssuedAt }: Pick<RefreshCookie, 'issuedAt' | 'firstIssuedAt'>,
): { readonly last: number; readonly reason: 'expired' | 'absolute-age' } {
  const byAge = issuedAt + maxAgeOf(signer, definition);
  const byFirstIssue = absoluteEnd(definition, firstIssuedAt);
  return byAge < byFirstIssue
    ? { last: byAge, reason: 'expired' }
    : { last: byFirstIssue, reason: 'absolute-age' };
}

/**
 * The date of the next refresh cookie; `undefined` if the present one stays. It is renewed as its
 * session's cookie would be. If it was signed with an old key, it is always signed again, with the date
 * that it has: its session outlives that key, but does not get longer.
 */
export function nextDate(
  { renewAfter, renew }: SecureCookieDefinition<never, unknown>,
  { issuedAt, firstIssuedAt, current }: RefreshCookie,
  now: number,
): number | undefined {
  const isOld = renewAfter !== undefined && now - issuedAt > renewAfter;
  if (isOld || (renew && !current)) {
    return Math.max(Math.floor(now), firstIssuedAt);
  }
  return current ? undefined : issuedAt;
}

/**
 * Writes a refresh cookie, with the date in its state.
 *
 * @param attributes - the attributes of refresh cookies
 */
export function writeRefreshCookie(
  { definition, refreshName }: BoundSession,
  state: Omit<RefreshCookie, 'current'>,
  attributes: ResolvedAttributes,
  signer: SecureCookieSigner,
): PendingCookie {
  const { maxAge } = attributes;
  const now = signer.now();
  const left = Math.floor(sessionEnd(signer, definition, state).last - now);
  const keeps = state.persistent && maxAge !== null;
  return {
    name: refreshName,
    value: encodeRefreshState(state),
    attributes: attributes.lasting(keeps ? Math.max(1, Math.min(maxAge, left)) : null),
    encrypt: true,
    setAt: Math.floor(now),
    issuedAt: state.issuedAt,
    registration: undefined,
    header: undefined,
  };
}

function forged(name: string): string {
  return `2|1:0|10:1300000000|${name.length}:${name}|4:AAAA|${'0'.repeat(64)}`;
}
