import { secretBytes } from '../signing/secret.js';

/**
 * A copy of a secret of the old app. A new one would be of no use, so the messages ask for none.
 *
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function oldSecret(secret: unknown): Uint8Array {
  return secretBytes(
    secret,
    'A secret of "accepts"',
    'Give the one that the old app signs with, or leave the format out.',
  );
}
