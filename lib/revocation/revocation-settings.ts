import { SecureCookieError } from '../errors.js';
import { ownOptions } from '../own-options.js';
import { isTimer, MAX_TIMER } from '../refresher.js';
import type { SecureCookieRevocationSource } from './revocation-source.js';

/** Where revocations are kept, and how often an instance loads them. */
export interface SecureCookieRevocationSettings {
  /** Where they are kept: `redisRevocations`, `memoryRevocations`, or your own source. */
  readonly source: SecureCookieRevocationSource;
  /**
   * The pause between two loads, in seconds (not milliseconds): above 0, at most 2,147,483. A cookie
   * that is revoked on one instance is refused on all others after this time and one load.
   */
  readonly refreshEvery: number;
  /**
   * How old the list may get, in seconds (not milliseconds): more than `refreshEvery`, at most
   * 2,147,483, or `Infinity`. After that, cookies with `revocableBy` are rejected as
   * `revocations-stale` until a load succeeds. `Infinity` accepts them, revoked or not, however long
   * the store is down.
   */
  readonly maxStale: number;
}

/** Seconds. A cookie that is set right after a revocation is dated one second ahead. */
const LEAST_TOLERANCE = 1;

/**
 * The settings, copied and checked.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function revocationSettings(
  given: SecureCookieRevocationSettings,
  clockTolerance: number,
): SecureCookieRevocationSettings {
  const { source, refreshEvery, maxStale } = ownOptions(
    given,
    () => ({ source: undefined, refreshEvery: undefined, maxStale: undefined }),
    'option',
  );
  if (typeof source?.load !== 'function' || typeof source.record !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "revocations.source" must have the methods "load" and "record", as redisRevocations and memoryRevocations return them.',
    );
  }
  if (!isTimer(refreshEvery)) {
    throw new SecureCookieError(
      'option',
      `The option "revocations.refreshEvery" must be a number of seconds above 0 and at most ${MAX_TIMER}.`,
    );
  }
  if (!(isTimer(maxStale) || maxStale === Number.POSITIVE_INFINITY) || maxStale <= refreshEvery) {
    throw new SecureCookieError(
      'option',
      `The option "revocations.maxStale" is required: a number of seconds above "revocations.refreshEvery" and at most ${MAX_TIMER}, after which cookies with "revocableBy" are refused, or Infinity, to accept them however long the source fails.`,
    );
  }
  if (clockTolerance < LEAST_TOLERANCE) {
    throw new SecureCookieError(
      'option',
      `The option "clockTolerance" must be ${LEAST_TOLERANCE} second or more with "revocations": a cookie that is set right after a revocation is dated one second ahead.`,
    );
  }
  return { source, refreshEvery, maxStale };
}
