import type { SecureCookieVersion, UnopenedReason } from './opened-value.js';

/** Why a cookie was rejected. It reveals nothing about the secret or the value. */
export type SecureCookieRejection =
  | UnopenedReason
  | 'expired'
  | 'future'
  | 'encoding'
  | 'decrypt'
  | 'schema'
  | 'absolute-age'
  | 'revoked'
  | 'revocations-stale';

/** A signed value that verified. */
export interface SecureCookieVerifiedValue<Value> {
  /** The signature, the name and the age are right. */
  readonly valid: true;
  /** The value that was signed: text, or bytes with `encoding: 'bytes'`. */
  readonly value: Value;
  /** When it was signed, in whole seconds since the epoch. */
  readonly issuedAt: number;
  /** Its format. */
  readonly version: SecureCookieVersion;
  /** Its key version; 0 for v1. Tornado: `get_signature_key_version`. */
  readonly keyVersion: number;
  /** Whether it has the format and the key version that would be written now. */
  readonly current: boolean;
}

/** A signed value that did not verify. */
export interface SecureCookieRejectedValue {
  /** Do not trust any part of it. */
  readonly valid: false;
  /** The first check that failed. For logs only: tell clients no more than 401. */
  readonly reason: SecureCookieRejection;
}

/** The result of `SecureCookieSigner.verify`. */
export type SecureCookieVerifyResult<Value = string> =
  SecureCookieVerifiedValue<Value> | SecureCookieRejectedValue;
