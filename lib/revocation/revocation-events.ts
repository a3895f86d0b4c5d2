import { channel } from 'node:diagnostics_channel';

/** What the channel `nestjs-secure-cookie:revocations-applied` publishes. */
export interface SecureCookieRevocationsAppliedEvent {
  /** How many marks changed the list. */
  readonly applied: number;
  /** How many marks had a bad shape, and were skipped. */
  readonly skipped: number;
  /** How many marks the list holds now. */
  readonly held: number;
}

/** What the channel `nestjs-secure-cookie:revocations-stale` publishes. */
export interface SecureCookieRevocationsStaleEvent {
  /** How long ago the last load that succeeded began, in seconds. */
  readonly age: number;
  /** How many marks the list holds. */
  readonly held: number;
}

/**
 * Events of the list of revocations, with counts and never with a key (node:diagnostics_channel):
 *
 * - `nestjs-secure-cookie:revocations-applied`: {@link SecureCookieRevocationsAppliedEvent}, for each
 *   revocation made here, and for each load that brought marks
 * - `nestjs-secure-cookie:revocations-stale`: {@link SecureCookieRevocationsStaleEvent}, once, when
 *   the list is found to be older than `maxStale`
 */
const appliedChannel = channel('nestjs-secure-cookie:revocations-applied');
const staleChannel = channel('nestjs-secure-cookie:revocations-stale');

export function publishApplied(event: SecureCookieRevocationsAppliedEvent): void {
  if (appliedChannel.hasSubscribers) {
    appliedChannel.publish(event);
  }
}

export function publishStale(event: SecureCookieRevocationsStaleEvent): void {
  if (staleChannel.hasSubscribers) {
    staleChannel.publish(event);
  }
}
