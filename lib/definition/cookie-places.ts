import { SecureCookieError } from '../errors.js';
import {
  blankAttributes,
  ownCookieAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import { ownOptions, type OwnOptions } from '../own-options.js';

/**
 * The domain of a cookie for one request: a host name, which covers its subdomains, or `null` or
 * `undefined` for only the host itself.
 *
 * @param host - the request's host, in lower case and without a port, as the adapter sees it behind a
 * proxy that the app trusts; empty if the request names none, or an invalid one. A client can send any
 * host: map those that you know, and do not return it as it is.
 */
export type SecureCookieDomainOf = (host: string) => string | null | undefined;

/** A place where a cookie lived before. What it leaves out has not changed. */
export interface SecureCookieFormerPlace {
  /**
   * The domain that it had; `null` if it had none.
   *
   * @defaultValue the domain that it has now
   */
  readonly domain?: string | null | undefined;
  /**
   * The path that it had.
   *
   * @defaultValue the path that it has now
   */
  readonly path?: string | undefined;
}

/**
 * Where a cookie lived before, copied and checked.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`
 */
export function formerPlaces(
  name: string,
  given: readonly SecureCookieFormerPlace[],
  attributes: SecureCookieAttributes,
): readonly SecureCookieFormerPlace[] {
  if (!Array.isArray(given)) {
    throw new SecureCookieError(
      'option',
      `The option "formerly" of the cookie "${name}" must be a list of places: [{ domain: null }].`,
    );
  }
  return Object.freeze(
    given.map((place: SecureCookieFormerPlace) => formerPlace(name, place, attributes)),
  );
}

function formerPlace(
  name: string,
  given: SecureCookieFormerPlace,
  attributes: SecureCookieAttributes,
): SecureCookieFormerPlace {
  const place = ownOptions(given, blankPlace, 'option');
  if (place.domain === undefined && place.path === undefined) {
    throw new SecureCookieError(
      'option',
      `A place in the option "formerly" of the cookie "${name}" needs a "domain" or a "path": what it leaves out has not changed.`,
    );
  }
  const { domain = attributes.domain, path = attributes.path } = ownCookieAttributes({ ...place });
  // It cannot have lived where browsers would refuse it.
  resolveCookieAttributes(name, { ...attributes, domain, path }, blankAttributes(), () => true);
  return Object.freeze(place);
}

function blankPlace(): OwnOptions<SecureCookieFormerPlace> {
  return { domain: undefined, path: undefined };
}
