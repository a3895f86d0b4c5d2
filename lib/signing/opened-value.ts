import type { PreparedKey } from './prepared-key.js';

/**
 * What a signed value is found to be, step by step. Four words name the steps, each of which holds
 * the one before:
 *
 * - **open**: is it authentic? Structure, key, MAC and name, in this order. Needs no clock.
 * - **judge**: may it be used? What is open is judged by its age, base64, cipher and encoding.
 * - **read**: opens and judges the values of one name, and says which one counts.
 * - **verify**: reads, and publishes what was found as one event.
 */

/** The formats of signed values: 1 is read for the sake of old cookies, 2 is the one to write. */
export type SecureCookieVersion = 1 | 2;

/** What an authentic signed value says. It has still to be judged. */
export interface OpenedSignedValue {
  /** Nothing speaks against it. */
  readonly reason: undefined;
  /** The key that verified it. */
  readonly key: PreparedKey;
  readonly version: SecureCookieVersion;
  /** As the value has it; a single secret reads any. */
  readonly keyVersion: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Base64, not yet known to be canonical. */
  readonly base64: string;
  /** What stands before the value, to which an encrypted payload is bound; v1 carries none. */
  readonly envelope: string | undefined;
}

/** Why a signed value is not authentic. */
export type UnopenedReason =
  'missing' | 'malformed' | 'too-large' | 'version' | 'unknown-key' | 'signature' | 'name';

/** A signed value that is not authentic. */
export interface UnopenedSignedValue {
  readonly reason: UnopenedReason;
  /** The key it was checked with, where it came that far. */
  readonly key: PreparedKey | undefined;
}

/** Each property its own: one that is left out would be looked up in a prototype. */
export function unopened(reason: UnopenedReason, key?: PreparedKey): UnopenedSignedValue {
  return { reason, key };
}
