import { SecureCookieError } from '../errors.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { encryptPayload, ENCRYPTION_OVERHEAD } from './encrypted-payload.js';
import type { HmacInput } from './hmac-input.js';
import type { SecureCookieVersion } from './opened-value.js';
import { utf8Bytes } from './own-bytes.js';
import { base64Length, encodeBase64 } from './payload.js';
import { assertVersion } from './policy.js';
import type { PreparedKey } from './prepared-key.js';
import { MAX_SIGNED_VALUE_LENGTH } from './signed-value.js';
import { createSignedValueV1 } from './signed-value-v1.js';
import { createSignedValueV2, signedValueV2Length } from './signed-value-v2.js';
import { NONCE_LENGTH } from './xaes-256-gcm.js';

/** How a value is signed. */
export interface SecureCookieSignOptions {
  /**
   * The format to write. 1 is for readers that do not know 2 (Tornado before 3.2.1).
   *
   * @defaultValue 2
   */
  readonly version?: SecureCookieVersion | undefined;
  /**
   * Hides the value, but not its length, from anyone who does not hold the secret. Format 2 only.
   *
   * @defaultValue false
   */
  readonly encrypt?: boolean | undefined;
}

function blankSignOptions(): OwnOptions<SecureCookieSignOptions> {
  return { version: undefined, encrypt: undefined };
}

/** Shared by calls without options. */
const NO_SIGN_OPTIONS = Object.freeze(blankSignOptions());

/**
 * The options for signing, copied once and checked.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function ownSignOptions(
  given: SecureCookieSignOptions | undefined,
): OwnOptions<SecureCookieSignOptions> {
  if (given === undefined) {
    return NO_SIGN_OPTIONS;
  }
  const own = ownOptions(given, blankSignOptions, 'option');
  assertSignOptions(own);
  return own;
}

function assertSignOptions({ version = 2, encrypt = false }: SecureCookieSignOptions): void {
  assertVersion('version', version);
  if (typeof encrypt !== 'boolean') {
    throw new SecureCookieError('option', 'The option "encrypt" must be true or false.');
  }
  if (encrypt && version === 1) {
    throw new SecureCookieError('option', 'Format 1 cannot be encrypted: leave out "version: 1".');
  }
}

/**
 * Signs a value in format 1.
 *
 * @throws {@link SecureCookieError} `value` - if it is too long
 */
export function signValueV1(
  key: PreparedKey,
  name: string,
  value: string | Uint8Array,
  timestamp: number,
): string {
  return assertSigned(createSignedValueV1(key, name, encodeBase64(value), timestamp));
}

/**
 * Signs a value in format 2.
 *
 * @throws {@link SecureCookieError} `value` - if it is too long
 */
export function signValueV2(
  key: PreparedKey,
  input: HmacInput,
  name: string,
  value: string | Uint8Array,
  timestamp: number,
): string {
  const envelope = key.envelope.of(name, timestamp);
  return assertSigned(createSignedValueV2(key, input, envelope, value));
}

/**
 * Encrypts a value and signs it in format 2. Its payload is bound to the envelope that is signed.
 *
 * @throws {@link SecureCookieError} `value` - if it is too long
 */
export function encryptValue(
  key: PreparedKey,
  input: HmacInput,
  name: string,
  value: string | Uint8Array,
  timestamp: number,
  random: (length: number) => Uint8Array,
): string {
  const envelope = key.envelope.of(name, timestamp);
  const plaintext = typeof value === 'string' ? utf8Bytes(value) : value;
  const payload = encryptPayload(key.xaes, envelope, plaintext, random(NONCE_LENGTH));
  return assertSigned(createSignedValueV2(key, input, envelope, payload));
}

/**
 * The length of a value signed in format 2, in characters.
 *
 * @throws {@link SecureCookieError} `value` - if it is too long
 */
export function lengthOfSigned(
  keyVersion: number,
  name: string,
  value: string | Uint8Array,
  timestamp: number,
  encrypt: boolean,
): number {
  const payload = Buffer.byteLength(value) + (encrypt ? ENCRYPTION_OVERHEAD : 0);
  const length = signedValueV2Length(keyVersion, name, base64Length(payload), timestamp);
  assertSignedLength(length);
  return length;
}

function assertSigned(signed: string): string {
  assertSignedLength(signed.length);
  return signed;
}

function assertSignedLength(length: number): void {
  if (length > MAX_SIGNED_VALUE_LENGTH) {
    throw new SecureCookieError(
      'value',
      `The signed value would have ${length} characters, and no more than ${MAX_SIGNED_VALUE_LENGTH} are read: keep large data on the server and sign its key.`,
    );
  }
}
