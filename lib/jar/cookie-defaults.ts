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
import { KnownNames } from '../signing/known-names.js';
import { AttributesByConnection } from './attributes-by-connection.js';
import type { Connection } from './connection.js';

/**
 * The default attributes of an app's cookies, copied and checked once. What they resolve to, alone and
 * together with a definition's own, is kept for all requests.
 */
export class CookieDefaults {
  readonly attributes: SecureCookieAttributes;
  readonly #names = new KnownNames();
  /** By name prefix: there are only five, but any number of names. */
  readonly #ofNames = new Map<string, AttributesByConnection>();
  readonly #ofDefinitions = new WeakMap<object, AttributesByConnection>();

  /**
   * @param cookie - the app's attributes
   * @param signerMaxAge - the signer's `maxAge`, in seconds
   * @throws {@link SecureCookieError} `attribute` - also if `maxAge` is above the signer's, or the
   * signer's is below one second
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
    if (maxAge === 0) {
      throw new SecureCookieError(
        'attribute',
        `The option "maxAge" (${signerMaxAge} seconds) is less than a second, and no browser can keep a cookie for less: raise it, or set "cookie.maxAge" to null for cookies that last until the browser is closed.`,
      );
    }
    this.attributes = Object.freeze({ ...own, maxAge });
  }

  /**
   * The attributes of a cookie that is set by its name.
   *
   * @param attributes - what the call asks for
   * @param connection - asked only if `secure: 'auto'` depends on it
   * @throws {@link SecureCookieError} `name` or `attribute`
   */
  ofName(
    name: string,
    attributes: SecureCookieAttributes | undefined,
    connection: Pick<Connection, 'isSecure'>,
  ): ResolvedAttributes {
    const own = ownCookieAttributes(attributes);
    if (attributes !== undefined) {
      return resolveCookieAttributes(name, own, this.attributes, () => connection.isSecure());
    }
    this.#names.assert(name);
    const prefix = cookiePrefix(name);
    let known = this.#ofNames.get(prefix);
    if (known === undefined) {
      known = new AttributesByConnection(name, own, this.attributes);
      this.#ofNames.set(prefix, known);
    }
    return known.over(connection);
  }

  /**
   * The attributes of a defined cookie, without a domain if that depends on the request.
   *
   * @param connection - asked only if `secure: 'auto'` depends on it
   * @throws {@link SecureCookieError} `attribute` - if the definition and the defaults conflict
   */
  ofDefinition(
    definition: SecureCookieDefinition<never, unknown>,
    connection: Pick<Connection, 'isSecure'>,
  ): ResolvedAttributes {
    let known = this.#ofDefinitions.get(definition);
    if (known === undefined) {
      const { name, attributes, domainOf } = definition;
      const own = domainOf === undefined ? attributes : { ...attributes, domain: null };
      known = new AttributesByConnection(name, own, this.attributes);
      this.#ofDefinitions.set(definition, known);
    }
    return known.over(connection);
  }
}
