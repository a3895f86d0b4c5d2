import { joinBytes, latin1Bytes } from './own-bytes.js';
import { NONCE_LENGTH, TAG_LENGTH, type XaesKey } from './xaes-256-gcm.js';

/**
 * What an encrypted v2 value carries in place of its value, base64 around it as ever:
 *
 *     0xFF 0x01 | nonce, 24 bytes | ciphertext | tag, 16 bytes
 *
 * - the two bytes in front say "encrypted, first layout"; 0xFF never begins UTF-8, so a reader of
 *   text refuses an encrypted payload, and a reader of encrypted payloads refuses text
 * - the cipher is XAES-256-GCM; its key is HKDF-SHA256(secret, no salt, ENCRYPTION_KEY_INFO, 32), one
 *   for each key version and never the signing key itself
 * - the additional data are the two bytes and then the envelope's text from `2|` through the pipe
 *   behind the name, so that key version, date and name are bound to the ciphertext as well
 */
const HEADER_TEXT = '\xff\x01';
const HEADER = latin1Bytes(HEADER_TEXT);

export const ENCRYPTION_KEY_INFO = 'nestjs-secure-cookie/xaes-256-gcm/v1';

/** How much longer an encrypted payload is than its plaintext. Bytes. */
export const ENCRYPTION_OVERHEAD = HEADER.length + NONCE_LENGTH + TAG_LENGTH;

/**
 * @param envelope - the envelope's text through the pipe behind the name
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

/** The plaintext, or `undefined` for what was not encrypted so, with this key, for this envelope. */
export function decryptPayload(
  key: XaesKey,
  envelope: string,
  payload: Uint8Array,
): Uint8Array | undefined {
  const isEncrypted = HEADER.every((byte, index) => payload[index] === byte);
  if (!isEncrypted || payload.length < ENCRYPTION_OVERHEAD) {
    return undefined;
  }
  const ciphertext = HEADER.length + NONCE_LENGTH;
  const nonce = payload.subarray(HEADER.length, ciphertext);
  return key.open(nonce, payload.subarray(ciphertext), additionalData(envelope));
}

function additionalData(envelope: string): Uint8Array {
  return latin1Bytes(HEADER_TEXT + envelope);
}
