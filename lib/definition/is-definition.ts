import { SecureCookieError } from '../errors.js';
import { BRAND } from './definition-brand.js';
import type { SecureCookieDefinition } from './secure-cookie-definition.js';

/** Whether a value was made by `defineSecureCookie`, of any copy or build of this package. */
export function isDefinition(value: unknown): value is SecureCookieDefinition<never, unknown> {
  return typeof value === 'object' && value !== null && BRAND in value && value[BRAND] === true;
}

/**
 * For arguments that must be a name or a definition, and are not a name.
 *
 * @throws {@link SecureCookieError} `name`
 */
export function assertDefinition(cookie: unknown): void {
  if (!isDefinition(cookie)) {
    throw new SecureCookieError(
      'name',
      `Pass the name of a cookie or what defineSecureCookie() returns, and not ${kindOf(cookie)}.`,
    );
  }
}

function kindOf(value: unknown): string {
  return value === undefined
    ? 'undefined: two files may import each other'
    : `a value of type ${typeof value}`;
}
