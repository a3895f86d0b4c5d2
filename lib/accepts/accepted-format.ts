import type { SecureCookieSecret } from '../signing/secret.js';

/** A cookie that a foreign format is to read. */
export interface SecureCookieAcceptedCookie {
  /** The definition's. */
  readonly name: string;
  /** The cookie as it came, percent-decoded where it had no `|`. */
  readonly value: string;
  /** By the signer's clock, in seconds since the epoch. */
  readonly now: number;
  /** The definition's, in seconds, for formats that carry a date. */
  readonly maxAge: number;
}

/** What a foreign format found. */
export interface SecureCookieAcceptedPayload {
  /** What the definition's codec decodes. */
  readonly payload: Uint8Array;
  /** When it was signed, in seconds since the epoch, where the format says so. */
  readonly issuedAt: number | undefined;
}

/**
 * A format that came before: read under one definition's name until a date, never written. An app
 * may bring its own.
 */
export interface SecureCookieAcceptedFormat {
  /** Read until then, by the signer's clock: a migration has an end. */
  readonly until: Date;
  /**
   * The secrets it verifies with. One that is also the signer's throws `secret-reused`: with a
   * shared secret, a value of the old format can be turned into a forged one of the new.
   */
  readonly secrets: readonly SecureCookieSecret[];
  /**
   * Whether its signature covers the cookie's name. Where it does not, any value the old app signed
   * can be replayed under this name, so the definition must have a schema that tells them apart.
   */
  readonly bindsName: boolean;
  /** The payload, or `undefined` for what is not authentic. Must not throw, whatever it is given. */
  read(cookie: SecureCookieAcceptedCookie): SecureCookieAcceptedPayload | undefined;
}

/** A format whose signature covers the name: the only kind that a definition reads without a schema. */
export interface SecureCookieNameBindingFormat extends SecureCookieAcceptedFormat {
  readonly bindsName: true;
}
