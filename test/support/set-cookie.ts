import {
  resolveCookieAttributes,
  serializeSetCookie,
  type SecureCookieAttributes,
} from '../../lib/http/set-cookie.js';

/** Thu, 06 Sep 2012 17:04:55 GMT */
export const NOW = 1_346_951_095;

export const overPlainHttp = (): boolean => false;

/** The header of a cookie, as the jar makes it. */
export function setCookie(
  attributes: SecureCookieAttributes = {},
  { name = 'user', value = 'a', isSecure = overPlainHttp } = {},
): string {
  return serializeSetCookie(
    name,
    value,
    resolveCookieAttributes(name, attributes, {}, isSecure),
    NOW,
  );
}
