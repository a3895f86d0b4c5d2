import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type Cipher,
  type KeyObject,
} from 'node:crypto';
import { joinBytes } from './own-bytes.js';

/**
 * XAES-256-GCM (C2SP, c2sp.org/XAES-256-GCM): AES-256-GCM under a key derived for each nonce.
 *
 * Its nonces have 192 bits, so they can be random for any practical number of messages under one key.
 * The 96 bits of plain AES-GCM allow 2^32 (NIST SP 800-38D), which a busy fleet reaches within days.
 */

/** Bytes. */
export const NONCE_LENGTH = 24;
/** Bytes. Without an explicit length, Node accepts tags as short as 4 bytes. */
export const TAG_LENGTH = 16;

const BLOCK_LENGTH = 16;

/** The half of the nonce that goes into the key; the other half is AES-GCM's own nonce. */
const KEY_NONCE_LENGTH = 12;

/** The letter X in ASCII. */
const X = 0x58;

/** The constant of the CMAC subkey for blocks of 128 bits (NIST SP 800-38B, section 5.3). */
const R_128 = 0x87;

/** One key, with its CMAC subkey prepared. */
export class XaesKey {
  /** Raw AES-256 (ECB), reused and never finalised, because creating a cipher is expensive. */
  readonly #aes: Cipher;
  readonly #subkey: Uint8Array;

  /**
   * @param key - 32 bytes
   */
  constructor(key: Uint8Array) {
    this.#aes = createCipheriv('aes-256-ecb', key, null);
    this.#subkey = doubled(this.#aes.update(new Uint8Array(BLOCK_LENGTH)));
  }

  /** The ciphertext, followed by the tag. */
  seal(nonce: Uint8Array, plaintext: Uint8Array, additionalData: Uint8Array): Uint8Array {
    const cipher = createCipheriv(
      'aes-256-gcm',
      this.#derivedKey(nonce),
      nonce.subarray(KEY_NONCE_LENGTH),
      { authTagLength: TAG_LENGTH },
    );
    cipher.setAAD(additionalData);
    const ciphertext = cipher.update(plaintext);
    // In GCM, final() returns no more bytes.
    cipher.final();
    return joinBytes(ciphertext, cipher.getAuthTag());
  }

  /** The plaintext, or `undefined` if the tag does not match. Nothing is released before the check. */
  open(nonce: Uint8Array, sealed: Uint8Array, additionalData: Uint8Array): Uint8Array | undefined {
    if (sealed.length < TAG_LENGTH) {
      return undefined;
    }
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#derivedKey(nonce),
      nonce.subarray(KEY_NONCE_LENGTH),
      { authTagLength: TAG_LENGTH },
    );
    decipher.setAAD(additionalData);
    decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
    const plaintext = decipher.update(sealed.subarray(0, -TAG_LENGTH));
    try {
      decipher.final();
      return new Uint8Array(plaintext);
    } catch {
      // Only final() throws here, and only for a tag that does not match.
      return undefined;
    }
  }

  /**
   *     M1 = 0x00 || 0x01 || "X" || 0x00 || N[:12]
   *     M2 = 0x00 || 0x02 || "X" || 0x00 || N[:12]
   *     Kx = AES-256(K, M1 ^ K1) || AES-256(K, M2 ^ K1)
   *
   * Returns a key object: Node 24 makes a cipher from one much faster than from bytes.
   */
  #derivedKey(nonce: Uint8Array): KeyObject {
    const blocks = new Uint8Array(2 * BLOCK_LENGTH);
    for (const [block, counter] of [1, 2].entries()) {
      const start = block * BLOCK_LENGTH;
      blocks.set([0, counter, X, 0], start);
      blocks.set(nonce.subarray(0, KEY_NONCE_LENGTH), start + BLOCK_LENGTH - KEY_NONCE_LENGTH);
      for (const [index, byte] of this.#subkey.entries()) {
        blocks[start + index] = (blocks[start + index] ?? 0) ^ byte;
      }
    }
    return createSecretKey(this.#aes.update(blocks));
  }
}

/** A block shifted left by one bit; if a bit fell out, R_128 is xored into the last byte. */
function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7));
  const carry = (block[0] ?? 0) >> 7;
  shifted[BLOCK_LENGTH - 1] = (shifted[BLOCK_LENGTH - 1] ?? 0) ^ (carry * R_128);
  return shifted;
}
