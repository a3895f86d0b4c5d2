import { createHash } from 'node:crypto';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { isPublished, repeatedLength } from './guessable-secret.js';
import { utf8Bytes } from './own-bytes.js';

/** A secret: bytes, or text, whose UTF-8 bytes are used as they are (never decoded). */
export type SecureCookieSecret = string | Uint8Array;

/** RFC 2104, section 3: keys shorter than the hash's output weaken it. */
const MIN_SECRET_LENGTH = 32;

/** The last sentence of every message about an unusable secret. */
export const HOW_TO_MAKE_A_SECRET = `Make one with: node -p "require('node:crypto').randomBytes(32).toString('base64')".`;

/**
 * A copy of the secret, outside Node's shared Buffer pool.
 *
 * @param what - what the messages call it
 * @param advice - where a secret that is missing comes from
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function secretBytes(
  secret: unknown,
  what = 'The option "secret"',
  advice = HOW_TO_MAKE_A_SECRET,
): Uint8Array {
  if (secret === undefined || secret === null || secret === '') {
    throw new SecureCookieError(
      'secret-missing',
      `${what} is ${secret === '' ? 'empty' : String(secret)}. Is the environment variable it comes from set, and loaded before this line runs? ${advice}`,
    );
  }
  if (typeof secret === 'string' && secret.isWellFormed()) {
    assertTrimmed(secret, what);
    return utf8Bytes(secret);
  }
  if (!isBytes(secret)) {
    throw new SecureCookieError(
      'option',
      `${what} must be well-formed text or a Uint8Array. To rotate secrets, give a record { [version]: secret } and "keyVersion".`,
    );
  }
  if (secret.length === 0) {
    throw new SecureCookieError('secret-missing', `${what} is empty. ${advice}`);
  }
  return new Uint8Array(secret);
}

function assertTrimmed(secret: string, what: string): void {
  if (secret !== secret.trim()) {
    throw new SecureCookieError(
      'option',
      `${what} begins or ends with white space, as text read from a file often does. An instance that has it without the white space would refuse this one's cookies: trim it. If the white space belongs to the secret, pass its bytes, which are used as they are: new TextEncoder().encode(secret).`,
    );
  }
}

/**
 * @throws {@link SecureCookieError} `secret-weak`
 */
export function assertStrong(secret: Uint8Array): void {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw weak(`The secret has ${secret.length} bytes; it needs ${MIN_SECRET_LENGTH} or more.`);
  }
  const repeated = repeatedLength(secret, MIN_SECRET_LENGTH - 1);
  if (repeated !== undefined) {
    throw weak(
      `The secret repeats its first ${repeated} bytes to the end, and is as easy to guess as they are.`,
    );
  }
  if (isPublished(secret)) {
    throw weak('The secret is printed in public documentation: anyone can forge cookies with it.');
  }
}

function weak(why: string): SecureCookieError {
  return new SecureCookieError(
    'secret-weak',
    `${why} ${HOW_TO_MAKE_A_SECRET} For tests and demos only, "allowWeakSecrets: true" accepts it.`,
  );
}

/** A text that is the same for the same secret, and does not reveal it. */
export function fingerprint(secret: SecureCookieSecret): string {
  return createHash('sha256').update(secretBytes(secret)).digest('hex');
}
