import type { SignedValueVersion, UnopenedReason } from './signed-value.js';

/** Why a cookie was rejected. It says nothing about the secret, and nothing about the value. */
export type SecureCookieRejection =
  UnopenedReason | 'expired' | 'future' | 'encoding' | 'decrypt' | 'schema' | 'absolute-age';

/** A signed value that verified. */
export interface VerifiedValue<Value> {
  readonly valid: true;
  readonly value: Value;
  /** When it was signed, in whole seconds since the epoch. */
  readonly issuedAt: number;
  /** The format it has. */
  readonly version: SignedValueVersion;
  /** The key version it carries; 0 for v1. Tornado: `get_signature_key_version`. */
  readonly keyVersion: number;
  /** Whether it has the format and the key version that would be written now. */
  readonly current: boolean;
}

/** A signed value that did not verify. */
export interface RejectedValue {
  readonly valid: false;
  readonly reason: SecureCookieRejection;
}

/** What `SecureCookieSigner.verify` found. */
export type VerifyResult<Value = string> = VerifiedValue<Value> | RejectedValue;
