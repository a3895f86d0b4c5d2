import { SecureCookieError } from '../errors.js';
import { BRAND } from './definition-brand.js';
import type { SecureCookieDefinition } from './secure-cookie-definition.js';

/** Whether a value was made by `defineSecureCookie`, of whatever copy or build of this package. */
export function isDefinition(value: unknown): value is SecureCookieDefinition<never, unknown> {
  return typeof value === 'object' && value !== null && BRAND in value && value[BRAND] === true;
}

/**
 * For what stands where a name or a definition is meant, and is no name.
 *
 * @throws {@link SecureCookieError} `name`
 */
export function assertDefinition(cookie: unknown): void {
  if (!isDefinition(cookie)) {
    throw new SecureCookieError(
      'name',
      `A cookie is named by a text or by what defineSecureCookie() returns, and not by ${kindOf(cookie)}.`,
    );
  }
}

function kindOf(value: unknown): string {
  return value === undefined
    ? 'undefined: two files may import each other'
    : `a value of type ${typeof value}`;
}
