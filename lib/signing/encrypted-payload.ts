import { joinBytes, latin1Bytes } from './own-bytes.js';
import { NONCE_LENGTH, TAG_LENGTH, type XaesKey } from './xaes-256-gcm.js';

/**
 * The payload of an encrypted v2 value, before base64:
 *
 *     0xFF 0x01 | nonce, 24 bytes | ciphertext | tag, 16 bytes
 *
 * - the first two bytes mean "encrypted, first layout"; UTF-8 never begins with 0xFF, so a reader of
 *   text refuses an encrypted payload, and a reader of encrypted payloads refuses text
 * - the cipher is XAES-256-GCM; its key is HKDF-SHA256(secret, no salt, ENCRYPTION_KEY_INFO, 32), one
 *   for each key version and never the signing key itself
 * - the additional data are the two bytes and then the envelope's text from `2|` through the pipe
 *   after the name, which binds key version, date and name to the ciphertext
 */
const HEADER_TEXT = '\xff\x01';
const HEADER = latin1Bytes(HEADER_TEXT);

export const ENCRYPTION_KEY_INFO = 'nestjs-secure-cookie/xaes-256-gcm/v1';

/** How many bytes an encrypted payload is longer than its plaintext. */
export const ENCRYPTION_OVERHEAD = HEADER.length + NONCE_LENGTH + TAG_LENGTH;

/**
 * @param envelope - the envelope's text through the pipe after the name
 * @param nonce - 24 random bytes, never used twice
 */
export function encryptPayload(
  key: XaesKey,
  envelope: string,
  plaintext: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  return joinBytes(HEADER, nonce, key.seal(nonce, plaintext, additionalData(envelope)));
}

/** The plaintext, or `undefined` if the payload was not encrypted with this key for this envelope. */
export function decryptPayload(
  key: XaesKey,
  envelope: string,
  payload: Uint8Array,
): Uint8Array | undefined {
  const isEncrypted = HEADER.every((byte, index) => payload[index] === byte);
  if (!isEncrypted) {
    return undefined;
  }
  // Where the payload is too short for a tag, the key does not open it.
  const ciphertext = HEADER.length + NONCE_LENGTH;
  const nonce = payload.subarray(HEADER.length, ciphertext);
  return key.open(nonce, payload.subarray(ciphertext), additionalData(envelope));
}

function additionalData(envelope: string): Uint8Array {
  return latin1Bytes(HEADER_TEXT + envelope);
}
