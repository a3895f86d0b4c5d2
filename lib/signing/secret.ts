import { createHash } from 'node:crypto';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';

/** A secret: text, of which the UTF-8 bytes are used as they are (never decoded), or bytes. */
export type SecureCookieSecret = string | Uint8Array;

/** RFC 2104, section 3: keys shorter than the hash's output weaken it. */
const MIN_SECRET_LENGTH = 32;

/**
 * Secrets that are printed in documentation, and so are no secrets: Tornado's demos and guide, and
 * this project's sample. The demos vary the first two digits of one value.
 */
const PUBLISHED_SECRET =
  /^(?:[0-9]{2}oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o\/Vo=|L8LwECiNRxq2N0N2eGxx9MZlrpmuMEimlydNX\/vt1LM=|__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__)$/i;

/** The last sentence of every message about an unusable secret. */
export const HOW_TO_MAKE_A_SECRET = `Make one with: node -p "require('node:crypto').randomBytes(32).toString('base64')".`;

/**
 * A copy of the secret, apart from Node's shared Buffer pool.
 *
 * @param which - what the messages say behind "secret"
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function secretBytes(secret: unknown, which: string): Uint8Array {
  if (secret === undefined || secret === null || secret === '') {
    throw new SecureCookieError(
      'secret-missing',
      `The option "secret"${which} is ${secret === '' ? 'empty' : String(secret)}. Is the environment variable it comes from set, and loaded before the module is? ${HOW_TO_MAKE_A_SECRET}`,
    );
  }
  if (typeof secret === 'string' && secret.isWellFormed()) {
    return new TextEncoder().encode(secret);
  }
  if (!isBytes(secret)) {
    throw new SecureCookieError(
      'option',
      `The option "secret"${which} must be well-formed text or a Uint8Array. To rotate secrets, give a record { [version]: secret } and "keyVersion".`,
    );
  }
  if (secret.length === 0) {
    throw new SecureCookieError(
      'secret-missing',
      `The option "secret"${which} is empty. ${HOW_TO_MAKE_A_SECRET}`,
    );
  }
  return new Uint8Array(secret);
}

/**
 * @throws {@link SecureCookieError} `secret-weak`
 */
export function assertStrong(secret: Uint8Array): void {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new SecureCookieError(
      'secret-weak',
      `The secret has ${secret.length} bytes; it needs ${MIN_SECRET_LENGTH} or more. ${HOW_TO_MAKE_A_SECRET} For tests and demos alone, "allowWeakSecrets: true" lets it pass.`,
    );
  }
  if (PUBLISHED_SECRET.test(Buffer.from(secret).toString('latin1'))) {
    throw new SecureCookieError(
      'secret-weak',
      `The secret is printed in public documentation: anyone can forge cookies with it. ${HOW_TO_MAKE_A_SECRET} For tests and demos alone, "allowWeakSecrets: true" lets it pass.`,
    );
  }
}

/** The same for the same secret, and nothing that tells it. */
export function fingerprint(secret: SecureCookieSecret): string {
  return createHash('sha256').update(secretBytes(secret, '')).digest('hex');
}
