import type { PreparedKey } from './prepared-key.js';

/**
 * Four words name the steps of reading a signed value:
 *
 * - **open**: is it authentic? Checks structure, key, MAC and name, in this order. Needs no clock.
 * - **judge**: may it be used? Checks the age, base64, cipher and encoding of an authentic value.
 * - **read**: opens and judges the values of one name, and selects the one that counts.
 * - **verify**: reads, and publishes the result as one event.
 */

/** The formats of signed values: 2 is the one to write, 1 is for old cookies and old readers. */
export type SecureCookieVersion = 1 | 2;

/** An authentic signed value, which is still to be judged. */
export interface OpenedSignedValue {
  /** No check failed. */
  readonly reason: undefined;
  /** The key that verified it. */
  readonly key: PreparedKey;
  readonly version: SecureCookieVersion;
  /** The key version in the value; a single secret reads any. */
  readonly keyVersion: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Base64, not yet known to be canonical. */
  readonly base64: string;
  /** The text before the value, which an encrypted payload is bound to; `undefined` for v1. */
  readonly envelope: string | undefined;
}

/** Why a signed value is not authentic. */
export type UnopenedReason =
  'missing' | 'malformed' | 'too-large' | 'version' | 'unknown-key' | 'signature' | 'name';

/** A signed value that is not authentic. */
export interface UnopenedSignedValue {
  readonly reason: UnopenedReason;
  /** The key that the signature was checked with, if it came that far. */
  readonly key: PreparedKey | undefined;
  /** The key version of the value, if the reason is `unknown-key`. */
  readonly unknownVersion: number | undefined;
}

/** Sets each property, because a missing one would be looked up in a prototype. */
export function unopened(reason: UnopenedReason, key?: PreparedKey): UnopenedSignedValue {
  return { reason, key, unknownVersion: undefined };
}

/** A signed value with a key version that no key reads. */
export function unknownKey(version: number): UnopenedSignedValue {
  return { reason: 'unknown-key', key: undefined, unknownVersion: version };
}
