import { SecureCookieError } from '../errors.js';
import {
  DEFAULT_COOKIE_MAX_AGE,
  ownCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';

/** The attributes of an app's cookies where a call names no others: copied and checked once. */
export class CookieDefaults {
  readonly attributes: SecureCookieAttributes;

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
}
