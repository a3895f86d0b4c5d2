import type { SecureCookieVersion, UnopenedReason } from './opened-value.js';

/** Why a cookie was rejected. It says nothing about the secret, and nothing about the value. */
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
  /** What was signed: text, or bytes where they were asked for. */
  readonly value: Value;
  /** When it was signed, in whole seconds since the epoch. */
  readonly issuedAt: number;
  /** The format it has. */
  readonly version: SecureCookieVersion;
  /** The key version it carries; 0 for v1. Tornado: `get_signature_key_version`. */
  readonly keyVersion: number;
  /** Whether it has the format and the key version that would be written now. */
  readonly current: boolean;
}

/** A signed value that did not verify. */
export interface SecureCookieRejectedValue {
  /** Nothing of it is to be trusted. */
  readonly valid: false;
  /** What stood against it first. For logs: clients are told no more than 401. */
  readonly reason: SecureCookieRejection;
}

/** What `SecureCookieSigner.verify` found. */
export type SecureCookieVerifyResult<Value = string> =
  SecureCookieVerifiedValue<Value> | SecureCookieRejectedValue;
