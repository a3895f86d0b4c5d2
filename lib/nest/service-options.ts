import { SecureCookieError } from '../errors.js';
import { ownCookieAttributes, type SecureCookieAttributes } from '../http/set-cookie.js';
import { ownOptions, type OwnOptions } from '../own-options.js';

/** The options of a `SecureCookieService`, none of which is secret. */
export interface SecureCookieServiceOptions {
  /**
   * Default attributes of all cookies that a jar sets.
   *
   * @defaultValue those of {@link SecureCookieAttributes}
   */
  readonly cookie?: SecureCookieAttributes | undefined;
  /**
   * Whether a response for which a cookie was read gets `Vary: Cookie`, so that no cache uses it to
   * answer a request with other cookies. `false` leaves that to the app.
   *
   * @defaultValue true
   */
  readonly vary?: boolean | undefined;
}

/** The injection token of {@link SecureCookieServiceOptions}, for classes that extend the service. */
export const SERVICE_OPTIONS = Symbol('nestjs-secure-cookie service options');

export function blankServiceOptions(): OwnOptions<SecureCookieServiceOptions> {
  return { cookie: undefined, vary: undefined };
}

/**
 * The options of a service, copied once and checked.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`
 */
export function serviceOptions(given: SecureCookieServiceOptions): SecureCookieServiceOptions {
  const { cookie, vary } = ownOptions(given, blankServiceOptions, 'option');
  if (vary !== undefined && typeof vary !== 'boolean') {
    throw new SecureCookieError('option', 'The option "vary" must be true or false.');
  }
  return { vary, cookie: cookie === undefined ? undefined : ownCookieAttributes(cookie) };
}
