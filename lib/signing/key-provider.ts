import { SecureCookieError } from '../errors.js';
import { ownMembers, type OwnOptions } from '../own-options.js';
import { isTimer, MAX_TIMER } from '../refresher.js';
import type { SecureCookieKeys } from './key-ring.js';

/** Loads keys that are kept outside the app: in a file, a secret manager, Redis. */
export interface SecureCookieKeyProvider {
  /**
   * Returns the current keys. Called before the app accepts requests, when a failure keeps the app from
   * starting, and then again and again, one call at a time. A call counts as failed after 10 seconds; a
   * later result is ignored.
   *
   * @param signal - aborted after 10 seconds, or when the app shuts down
   */
  readonly load: (signal: AbortSignal) => Promise<SecureCookieKeys>;
  /**
   * The pause between two loads, in seconds (not milliseconds): above 0, at most 2,147,483. After a
   * failed load, the last good keys stay in use. A cookie with an unknown key version brings the next
   * load forward, at most every 5 seconds.
   */
  readonly refreshEvery: number;
  /**
   * How old the last good keys may get, in seconds (not milliseconds): more than `refreshEvery`, at
   * most 2,147,483. After that every read is rejected as `unknown-key` and signing throws
   * `keys-stale`, until a load succeeds again. The age counts from the start of their load, by the
   * system's clock, so that a process that was frozen knows how old its keys are.
   *
   * @defaultValue no limit
   */
  readonly maxStale?: number | undefined;
}

function blankProvider(): OwnOptions<SecureCookieKeyProvider> {
  return { load: undefined, refreshEvery: undefined, maxStale: undefined };
}

/**
 * A key provider, copied once and checked. It may be an instance of a class.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function ownKeyProvider(given: SecureCookieKeyProvider): SecureCookieKeyProvider {
  const { load, refreshEvery, maxStale } = ownMembers(given, blankProvider);
  if (typeof load !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "keys.load" must be a function that returns a promise of { secret, keyVersion }.',
    );
  }
  if (!isTimer(refreshEvery)) {
    throw new SecureCookieError(
      'option',
      `The option "keys.refreshEvery" must be a number of seconds above 0 and at most ${MAX_TIMER}.`,
    );
  }
  if (maxStale !== undefined && !(isTimer(maxStale) && maxStale > refreshEvery)) {
    throw new SecureCookieError(
      'option',
      `The option "keys.maxStale" must be a number of seconds above "keys.refreshEvery" and at most ${MAX_TIMER}.`,
    );
  }
  return { load: (signal) => load.call(given, signal), refreshEvery, maxStale };
}
