import { SecureCookieError } from '../errors.js';
import {
  blankAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import { ownOptions, type OwnOptions } from '../own-options.js';

/**
 * How a cookie is bound to the device that received it: see `nestjs-secure-cookie/device-bound`.
 *
 * @experimental
 */
export interface SecureCookieDeviceBoundOptions {
  /**
   * How long a bound cookie is valid, in whole seconds, at least 5. A stolen copy is of use for no
   * longer. The browser asks for the next cookie shortly before the end.
   *
   * @defaultValue 600
   */
  readonly for?: number | undefined;
}

const DEFAULT_DURATION = 600;

/** Seconds. In less, browser and server would do little else than renew the cookie. */
const MIN_DURATION = 5;

function blankOptions(): OwnOptions<SecureCookieDeviceBoundOptions> {
  return { for: undefined };
}

/**
 * How long a bound cookie is valid, in seconds; `undefined` if the cookie is not bound.
 *
 * @param attributes - the cookie's own
 * @param hasDomain - whether it is sent to other hosts too
 * @param absoluteMaxAge - in seconds
 * @param renewOn - the requests that may renew it
 * @throws {@link SecureCookieError} `option`
 */
export function boundDuration(
  name: string,
  given: SecureCookieDeviceBoundOptions | undefined,
  attributes: SecureCookieAttributes,
  hasDomain: boolean,
  absoluteMaxAge: number | undefined,
  renewOn: 'any' | 'navigation',
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
      '"deviceBound.for" must be less than "maxAge" and "absoluteMaxAge", or binding has no effect',
    ],
    [
      !isSecureForCertain(name, attributes),
      '"deviceBound" needs "Secure" on every connection: begin its name with "__Host-", or set "secure: true"',
    ],
    [hasDomain, '"deviceBound" binds a cookie of one host: leave out "domain"'],
    [
      renewOn === 'navigation',
      '"renewOn: \'navigation\'" cannot be kept with "deviceBound": browsers do not say which request a refresh is for. Leave it out, and let "maxAge" and "absoluteMaxAge" be short enough',
    ],
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
