import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';

/**
 * The revocation keys of a payload that is about to be signed.
 *
 * @throws {@link SecureCookieError} `value`
 */
export function keysToSign(
  definition: SecureCookieDefinition<never, unknown>,
  payload: Uint8Array,
): readonly string[] {
  const decoded = definition.decode(payload);
  const keys = decoded.reason === undefined ? definition.revocationKeys(decoded.value) : undefined;
  if (keys !== undefined) {
    return keys;
  }
  throw new SecureCookieError(
    'value',
    `The "revocableBy" of the cookie "${definition.name}" must return 0 to 8 keys for each value, each a well-formed text of 1 to 256 characters; for this one it returns something else, or throws.`,
  );
}
