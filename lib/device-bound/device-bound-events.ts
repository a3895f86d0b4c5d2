import { channel } from 'node:diagnostics_channel';

/**
 * What the channel `nestjs-secure-cookie:device-bound` publishes.
 *
 * @experimental
 */
export interface DeviceBoundEvent {
  /** The name of the session's cookie, if it is known which session the request was about. */
  readonly name: string | undefined;
  /**
   * What happened: a session was bound to a device, a bound cookie was replaced by the next one, a
   * session had ended, or a request was refused.
   */
  readonly outcome: 'registered' | 'refreshed' | 'ended' | 'refused';
  /** Why the session had ended or the request was refused. */
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
 * Each request to an endpoint publishes one event, unless it only gets a challenge. Events never hold a
 * value, a key or an identifier.
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
