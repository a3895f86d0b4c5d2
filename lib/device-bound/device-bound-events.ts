import { channel } from 'node:diagnostics_channel';

/**
 * What the channel `nestjs-secure-cookie:device-bound` publishes.
 *
 * @experimental
 */
export interface DeviceBoundEvent {
  /** The name of the session's cookie, where it is known which one a request was about. */
  readonly name: string | undefined;
  /**
   * What became of a request: a session was bound to a device, a bound cookie was followed by the next,
   * a session had ended, or a request was refused.
   */
  readonly outcome: 'registered' | 'refreshed' | 'ended' | 'refused';
  /** Why it had ended or was refused. */
  readonly reason: DeviceBoundReason | undefined;
}

/**
 * Why a session has ended, or a request was refused.
 *
 * @experimental
 */
export type DeviceBoundReason =
  | 'cross-site'
  | 'no-session'
  | 'proof'
  | 'challenge'
  | 'expired'
  | 'absolute-age'
  | 'schema'
  | 'revoked'
  | 'revocations-stale';

/**
 * One event a request to an endpoint, but for those that are only given a challenge; never with a value,
 * a key or an identifier.
 */
const deviceBoundChannel = channel('nestjs-secure-cookie:device-bound');

export function publishDeviceBound(
  name: string | undefined,
  outcome: DeviceBoundEvent['outcome'],
  reason?: DeviceBoundReason,
): void {
  if (deviceBoundChannel.hasSubscribers) {
    deviceBoundChannel.publish({ name, outcome, reason } satisfies DeviceBoundEvent);
  }
}
