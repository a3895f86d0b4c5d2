import { assertCookieName } from '../cookie-name.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import {
  cookiePrefix,
  DEFAULT_COOKIE_MAX_AGE,
  ownCookieAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import { AttributesByConnection } from './attributes-by-connection.js';

/**
 * The attributes of an app's cookies where a call names no others: copied and checked once. What
 * becomes of them, and of a definition's own, is kept for all requests.
 */
export class CookieDefaults {
  readonly attributes: SecureCookieAttributes;
  /** By the prefix of their names: there are five, and any number of names. */
  readonly #ofNames = new Map<string, AttributesByConnection>();
  readonly #ofDefinitions = new WeakMap<object, AttributesByConnection>();

  /**
   * @param cookie - the app's own
   * @param signerMaxAge - the signer's `maxAge`, in seconds
   * @throws {@link SecureCookieError} `attribute` - also for a `maxAge` above the signer's
   */
  constructor(cookie: SecureCookieAttributes, signerMaxAge: number) {
    const own = ownCookieAttributes(cookie);
    const { maxAge = Math.min(DEFAULT_COOKIE_MAX_AGE, Math.floor(signerMaxAge)) } = own;
    if (maxAge !== null && maxAge > signerMaxAge) {
      throw new SecureCookieError(
        'attribute',
        `The option "cookie.maxAge" (${maxAge} seconds) exceeds "maxAge" (${signerMaxAge}): browsers would keep cookies that the server refuses.`,
      );
    }
    this.attributes = Object.freeze({ ...own, maxAge });
  }

  /**
   * The attributes of a cookie that is set by its name.
   *
   * @param attributes - what the call asks for
   * @param isSecureConnection - asked only where `secure: 'auto'` depends on it
   * @throws {@link SecureCookieError} `name` or `attribute`
   */
  ofName(
    name: string,
    attributes: SecureCookieAttributes | undefined,
    isSecureConnection: () => boolean,
  ): ResolvedAttributes {
    const own = ownCookieAttributes(attributes);
    if (attributes !== undefined) {
      return resolveCookieAttributes(name, own, this.attributes, isSecureConnection);
    }
    assertCookieName(name);
    const prefix = cookiePrefix(name);
    let known = this.#ofNames.get(prefix);
    if (known === undefined) {
      known = new AttributesByConnection(name, own, this.attributes);
      this.#ofNames.set(prefix, known);
    }
    return known.over(isSecureConnection);
  }

  /**
   * The attributes of a defined cookie; without a domain, where that depends on the request.
   *
   * @param isSecureConnection - asked only where `secure: 'auto'` depends on it
   * @throws {@link SecureCookieError} `attribute` - for a definition that the defaults do not suit
   */
  ofDefinition(
    definition: SecureCookieDefinition<never, unknown>,
    isSecureConnection: () => boolean,
  ): ResolvedAttributes {
    let known = this.#ofDefinitions.get(definition);
    if (known === undefined) {
      const { name, attributes, domainOf } = definition;
      const own = domainOf === undefined ? attributes : { ...attributes, domain: null };
      known = new AttributesByConnection(name, own, this.attributes);
      this.#ofDefinitions.set(definition, known);
    }
    return known.over(isSecureConnection);
  }
}
