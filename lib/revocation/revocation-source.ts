import type { SecureCookieRevocationMark } from './revocation-mark.js';

/** Some marks, and where the next call goes on. */
export interface SecureCookieRevocationPage {
  /** What the next call is given. The same as was given: there is nothing more for now. */
  readonly cursor: string;
  /** Marks that were recorded behind the cursor; those that come twice do no harm. */
  readonly marks: readonly SecureCookieRevocationMark[];
}

/**
 * Where revocations are kept, so that all instances have them: `redisRevocations`, or a store of your
 * own. Both methods reject on failure: what is swallowed here leaves cookies valid that were revoked.
 */
export interface SecureCookieRevocationSource {
  /**
   * Gives the marks that were recorded since an earlier call, in pages of a size of its choice: it is
   * called again at once until the cursor stays the same, then every `refreshEvery` seconds.
   *
   * @param cursor - what the last page gave; `undefined` for all marks that still matter
   * @param signal - aborted after 2 seconds, when the call counts as failed
   */
  readonly load: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<SecureCookieRevocationPage>;
  /**
   * Keeps a mark. What resolves must be found by every `load` that begins after it.
   *
   * @param signal - aborted after 2 seconds, when the call counts as failed
   */
  readonly record: (mark: SecureCookieRevocationMark, signal: AbortSignal) => Promise<void>;
}
