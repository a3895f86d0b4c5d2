import { SecureCookieError } from '../errors.js';
import {
  blankAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import { ownOptions, type OwnOptions } from '../own-options.js';

/**
 * How a cookie is bound to the device that it was given to: see `nestjs-secure-cookie/device-bound`.
 *
 * @experimental
 */
export interface SecureCookieDeviceBoundOptions {
  /**
   * How long a bound cookie counts, in whole seconds and at least 5: so long is a copy of it of use. The
   * browser asks for the next one shortly before.
   *
   * @defaultValue 600
   */
  readonly for?: number | undefined;
}

const DEFAULT_DURATION = 600;

/** Below it, what a browser and a server need to speak to each other would be most of it. Seconds. */
const MIN_DURATION = 5;

function blankOptions(): OwnOptions<SecureCookieDeviceBoundOptions> {
  return { for: undefined };
}

/**
 * How long a bound cookie counts, in seconds; `undefined` for a cookie that is not to be bound.
 *
 * @param attributes - the cookie's own
 * @param hasDomain - whether it is sent to other hosts too
 * @param absoluteMaxAge - in seconds
 * @throws {@link SecureCookieError} `option`
 */
export function boundDuration(
  name: string,
  given: SecureCookieDeviceBoundOptions | undefined,
  attributes: SecureCookieAttributes,
  hasDomain: boolean,
  absoluteMaxAge: number | undefined,
): number | undefined {
  if (given === undefined) {
    return undefined;
  }
  const { for: duration = DEFAULT_DURATION } = ownOptions(given, blankOptions, 'option');
  const { maxAge } = attributes;
  const shortest = Math.min(
    maxAge ?? Number.POSITIVE_INFINITY,
    absoluteMaxAge ?? Number.POSITIVE_INFINITY,
  );
  const faults: readonly (readonly [boolean, string])[] = [
    [
      !Number.isSafeInteger(duration) || duration < MIN_DURATION,
      `"deviceBound.for" must be a whole number of seconds, at least ${MIN_DURATION}`,
    ],
    [
      duration >= shortest,
      '"deviceBound.for" must be less than "maxAge" and "absoluteMaxAge", or binding would end nothing earlier',
    ],
    [
      !isSecureForCertain(name, attributes),
      '"deviceBound" needs "Secure" on every connection: begin its name with "__Host-", or say "secure: true"',
    ],
    [hasDomain, '"deviceBound" binds a cookie of one host: leave out "domain"'],
  ];
  const fault = faults.find(([present]) => present);
  if (fault !== undefined) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${name}" is invalid: ${fault[1]}.`,
    );
  }
  return duration;
}

function isSecureForCertain(
  name: string,
  { secure, sameSite, partitioned }: SecureCookieAttributes,
) {
  const own = { secure, sameSite, partitioned };
  return resolveCookieAttributes(name, own, blankAttributes(), () => false).secure;
}
