import { channel } from 'node:diagnostics_channel';
import type { SecureCookieRejectedValue, SecureCookieRejection } from './verify-result.js';

/** What the channel `nestjs-secure-cookie:verified` publishes. */
export interface SecureCookieVerifiedEvent {
  /** The cookie's name. */
  readonly name: string;
  /** The version of the ring's key that verified it; none for a format that a definition accepts. */
  readonly keyVersion: number | undefined;
}

/** What the channel `nestjs-secure-cookie:rejected` publishes. */
export interface SecureCookieRejectedEvent {
  /** The cookie's name. */
  readonly name: string;
  /** Why it was rejected. */
  readonly reason: Exclude<SecureCookieRejection, 'missing'>;
  /** The version of the ring's key that the value was checked with, where it came that far. */
  readonly keyVersion: number | undefined;
}

/**
 * One event a read, none for a missing cookie, never with a value (node:diagnostics_channel):
 *
 * - `nestjs-secure-cookie:verified`: {@link SecureCookieVerifiedEvent}
 * - `nestjs-secure-cookie:rejected`: {@link SecureCookieRejectedEvent}
 *
 * Subscribers run within the read, after its last use of the scratch memory. Node turns what a
 * subscriber throws into an uncaught exception of the process.
 */
const verifiedChannel = channel('nestjs-secure-cookie:verified');
const rejectedChannel = channel('nestjs-secure-cookie:rejected');

/** Free where nobody listens. */
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
