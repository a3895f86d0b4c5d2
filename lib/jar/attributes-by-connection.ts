import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { resolveCookieAttributes, type SecureCookieAttributes } from '../http/set-cookie.js';
import type { Connection } from './connection.js';

/**
 * The attributes of one cookie over TLS and over plain HTTP, resolved and checked once: only `Secure`
 * depends on a request.
 */
export class AttributesByConnection {
  readonly #overTls: ResolvedAttributes;
  readonly #overPlainHttp: ResolvedAttributes;

  /**
   * @param attributes - the cookie's own
   * @param defaults - the app's
   * @throws {@link SecureCookieError} `name` or `attribute`
   */
  constructor(name: string, attributes: SecureCookieAttributes, defaults: SecureCookieAttributes) {
    this.#overTls = resolveCookieAttributes(name, attributes, defaults, () => true);
    const overPlainHttp = resolveCookieAttributes(name, attributes, defaults, () => false);
    this.#overPlainHttp =
      overPlainHttp.secure === this.#overTls.secure ? this.#overTls : overPlainHttp;
  }

  /**
   * @param connection - asked only if `secure: 'auto'` depends on it
   */
  over(connection: Pick<Connection, 'isSecure'>): ResolvedAttributes {
    return this.#overTls === this.#overPlainHttp || connection.isSecure()
      ? this.#overTls
      : this.#overPlainHttp;
  }
}
