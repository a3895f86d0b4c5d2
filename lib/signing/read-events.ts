import { channel } from 'node:diagnostics_channel';
import type { SecureCookieRejectedValue, SecureCookieRejection } from './verify-result.js';

/** What the channel `nestjs-secure-cookie:verified` publishes. */
export interface SecureCookieVerifiedEvent {
  /** The cookie's name. */
  readonly name: string;
  /** The version of the key that verified it; `undefined` for a format in a definition's `accepts`. */
  readonly keyVersion: number | undefined;
}

/** What the channel `nestjs-secure-cookie:rejected` publishes. */
export interface SecureCookieRejectedEvent {
  /** The cookie's name. */
  readonly name: string;
  /** Why it was rejected. */
  readonly reason: Exclude<SecureCookieRejection, 'missing'>;
  /** The version of the key that the signature was checked with, if it came that far. */
  readonly keyVersion: number | undefined;
}

/**
 * Each read publishes one event, unless the cookie is missing; events never hold a value
 * (node:diagnostics_channel):
 *
 * - `nestjs-secure-cookie:verified`: {@link SecureCookieVerifiedEvent}
 * - `nestjs-secure-cookie:rejected`: {@link SecureCookieRejectedEvent}
 *
 * Subscribers run during the read, after its last use of the scratch memory. Node turns an exception
 * of a subscriber into an uncaught exception of the process.
 */
const verifiedChannel = channel('nestjs-secure-cookie:verified');
const rejectedChannel = channel('nestjs-secure-cookie:rejected');

/** Allocates nothing if there are no subscribers. */
export function publishRead(
  name: string,
  result: { readonly valid: true } | SecureCookieRejectedValue,
  keyVersion: number | undefined,
): void {
  if (result.valid) {
    if (verifiedChannel.hasSubscribers) {
      verifiedChannel.publish({ name, keyVersion });
    }
    return;
  }
  if (result.reason !== 'missing' && rejectedChannel.hasSubscribers) {
    rejectedChannel.publish({ name, reason: result.reason, keyVersion });
  }
}
