import { hkdfSync } from 'node:crypto';
import { XaesKey } from '../../lib/signing/xaes-256-gcm.js';

/**
 * Encrypts any payload for any envelope, so that a test reaches what comes behind the signature. The
 * cipher is the library's, which its published vectors prove; all around it is written again here.
 */

/** 24 bytes, and always these: for tests alone. */
export const NONCE = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX');

/** `0xFF 0x01 | nonce | ciphertext | tag`, bound to the envelope's text. */
export function encrypted(
  plaintext: string | Uint8Array,
  envelope: string,
  secret: string | Uint8Array,
): Buffer {
  const info = 'nestjs-secure-cookie/xaes-256-gcm/v1';
  const key = new XaesKey(new Uint8Array(hkdfSync('sha256', secret, '', info, 32)));
  const header = Buffer.of(0xff, 0x01);
  const additionalData = Buffer.concat([header, Buffer.from(envelope)]);
  return Buffer.concat([header, NONCE, key.seal(NONCE, Buffer.from(plaintext), additionalData)]);
}
