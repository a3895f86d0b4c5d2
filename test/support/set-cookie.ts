import type { ResolvedAttributes } from '../../lib/http/resolved-attributes.js';
import {
  ownCookieAttributes,
  resolveCookieAttributes,
  serializeSetCookie,
  type SecureCookieAttributes,
} from '../../lib/http/set-cookie.js';

/** Thu, 06 Sep 2012 17:04:55 GMT */
export const NOW = 1_346_951_095;

export const overPlainHttp = (): boolean => false;

/** What the jar makes of a call's attributes and the app's defaults. */
export function resolveAttributes(
  name: string,
  attributes: SecureCookieAttributes,
  defaults: SecureCookieAttributes,
  isSecure: () => boolean,
): ResolvedAttributes {
  return resolveCookieAttributes(
    name,
    ownCookieAttributes(attributes),
    ownCookieAttributes(defaults),
    isSecure,
  );
}

/** The header of a cookie, as the jar makes it; `clears` is what `clear` does. */
export function setCookie(
  attributes: SecureCookieAttributes = {},
  {
    name = 'user',
    value = 'a',
    isSecure = overPlainHttp,
    defaults = {},
    now = NOW,
    clears = false,
  } = {},
): string {
  const resolved = resolveAttributes(name, attributes, defaults, isSecure);
  return serializeSetCookie(name, value, clears ? resolved.lasting(0) : resolved, now);
}
