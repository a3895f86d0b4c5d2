import type { SecureCookieRevocationMark } from './revocation-mark.js';

/** Some marks, and where the next call continues. */
export interface SecureCookieRevocationPage {
  /** The cursor for the next call. If it has not changed, there is nothing more for now. */
  readonly cursor: string;
  /** Marks that were recorded after the cursor; repeated marks do no harm. */
  readonly marks: readonly SecureCookieRevocationMark[];
}

/**
 * Where revocations are kept, so that all instances have them: `redisRevocations`, or your own store.
 * Both methods must reject on failure: a swallowed error leaves revoked cookies valid.
 */
export interface SecureCookieRevocationSource {
  /**
   * Returns the marks that were recorded since an earlier call, in pages of any size. It is called again
   * at once until the cursor stays the same, and then every `refreshEvery` seconds.
   *
   * @param cursor - the cursor of the last page; `undefined` for all marks that still matter
   * @param signal - aborted after 2 seconds, when the call counts as failed
   */
  readonly load: (
    cursor: string | undefined,
    signal: AbortSignal,
  ) => Promise<SecureCookieRevocationPage>;
  /**
   * Keeps a mark. Once it has resolved, every later `load` must return the mark.
   *
   * @param signal - aborted after 2 seconds, when the call counts as failed
   */
  readonly record: (mark: SecureCookieRevocationMark, signal: AbortSignal) => Promise<void>;
}
