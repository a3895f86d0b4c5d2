import type { ResolvedAttributes } from '../http/resolved-attributes.js';

/** A cookie that waits for the head of the response. Each sets all properties: none is optional. */
export interface PendingCookie {
  readonly name: string;
  /** What will be signed; `undefined` deletes the cookie. */
  readonly value: string | Uint8Array | undefined;
  readonly attributes: ResolvedAttributes;
  readonly encrypt: boolean;
  /** When it was set: `Expires` counts from there. Whole seconds since the epoch; 0 for deletions. */
  readonly setAt: number;
  /** The date that is signed, in whole seconds since the epoch; as a rule `setAt`. */
  readonly issuedAt: number;
  /** The header `Secure-Session-Registration` that is sent with it. */
  readonly registration: string | undefined;
  /** The header, once it is signed. */
  header: string | undefined;
}
