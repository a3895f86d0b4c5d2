import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { PendingCookie } from './pending-cookie.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** How long a browser has to bind a session that has begun, in seconds. */
export const TIME_TO_BIND = 300;

/** A session that has begun: the parts of its cookie that stay the same as long as it lasts. */
export interface BegunSession {
  readonly payload: Uint8Array;
  /** Seconds since the epoch. */
  readonly firstIssuedAt: number;
}

/**
 * What a jar needs for cookies of definitions with `deviceBound`. `DeviceBoundModule` provides it,
 * because it knows the protocol; a jar knows when a session begins and ends.
 */
export interface DeviceBinding {
  /** Whether cookies of this definition are bound. */
  binds(definition: AnyDefinition): boolean;
  /**
   * Checks any definition of the app against what binding needs.
   *
   * @param attributes - the attributes of its cookie
   * @throws {@link SecureCookieError} `option`
   */
  check(definition: AnyDefinition, attributes: ResolvedAttributes): void;
  /** The header `Secure-Session-Registration` of a response that begins a session, if it gets one. */
  registration(
    definition: AnyDefinition,
    session: BegunSession,
    signer: SecureCookieSigner,
  ): string | undefined;
  /**
   * Deletions of everything that a browser keeps of a bound session besides its cookie.
   *
   * @param attributes - the attributes of the session's cookie
   */
  deletions(definition: AnyDefinition, attributes: ResolvedAttributes): readonly PendingCookie[];
}

/** The injection token of the app's {@link DeviceBinding}. */
export const DEVICE_BINDING = Symbol('nestjs-secure-cookie device binding');

/**
 * The binding of a definition's cookies; `undefined` if it has no `deviceBound`.
 *
 * @throws {@link SecureCookieError} `device-bound-missing`
 */
export function bindingOf(
  definition: AnyDefinition,
  binding: DeviceBinding | undefined,
): DeviceBinding | undefined {
  const { name, boundFor } = definition;
  if (boundFor === undefined) {
    return undefined;
  }
  if (binding?.binds(definition) === true) {
    return binding;
  }
  throw new SecureCookieError(
    'device-bound-missing',
    `The definition of the cookie "${name}" has "deviceBound", but nothing binds it: import DeviceBoundModule.forRoot({ sessions: [<the definition>] }) of "nestjs-secure-cookie/device-bound" in the root module, or remove "deviceBound".`,
  );
}
