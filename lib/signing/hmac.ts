import { hash, timingSafeEqual } from 'node:crypto';
import { BLOCK_LENGTH, hmacInput, type HmacInput } from './hmac-input.js';

/** The hash functions of the two signed-value formats. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/** RFC 2104's L, in bytes. */
const DIGEST_LENGTH = { sha1: 20, sha256: 32 } as const;

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * One key, prepared once for HMAC (RFC 2104): H((K ^ opad) || H((K ^ ipad) || message)).
 *
 * Built on one-shot `crypto.hash`, because `createHmac` costs twice as much for messages of a
 * cookie's size.
 */
export class HmacKey {
  readonly #algorithm: HmacAlgorithm;
  /** K ^ ipad. */
  readonly #inner: Uint8Array;
  /** K ^ opad, and behind it the inner digest. */
  readonly #outer: Uint8Array;
  readonly #innerDigest: Buffer;

  /**
   * @param secret - any bytes; more than 64 are shortened by the hash itself, as RFC 2104 says
   */
  constructor(algorithm: HmacAlgorithm, secret: Uint8Array) {
    const digestLength = DIGEST_LENGTH[algorithm];
    const key = secret.length > BLOCK_LENGTH ? hash(algorithm, secret, 'buffer') : secret;
    this.#algorithm = algorithm;
    this.#inner = paddedKey(key, INNER_PAD, 0);
    this.#outer = paddedKey(key, OUTER_PAD, digestLength);
    // A view, and no copy.
    this.#innerDigest = Buffer.from(this.#outer.buffer, BLOCK_LENGTH);
  }

  /** The MAC of bytes, or of the UTF-8 bytes of a text, in lower-case hexadecimal digits. */
  sign(message: string | Uint8Array): string {
    return this.#mac(hmacInput(message));
  }

  /**
   * Whether `signature` is the MAC of `message`, in a time that does not depend on where the two
   * differ. A signature of another length, or in upper case, is not.
   */
  verify(message: string | Uint8Array, signature: string): boolean {
    const digits = new TextEncoder().encode(signature);
    const mac = this.#mac(hmacInput(message));
    return digits.length === mac.length && isSame(mac, digits, 0);
  }

  /** The MAC of the first bytes that were laid out, in lower-case hexadecimal digits. */
  signLaidOut(input: HmacInput, length: number): string {
    return this.#mac(input.upTo(length));
  }

  /** Whether the MAC of the first bytes that were laid out stands behind them. As {@link HmacKey.verify}. */
  verifyLaidOut(input: HmacInput, length: number): boolean {
    return isSame(this.#mac(input.upTo(length)), input.message, length);
  }

  /** Whether both have the same key after padding, and so make the same MACs. */
  isSameAs(other: HmacKey): boolean {
    return timingSafeEqual(this.#inner, other.#inner);
  }

  /**
   * @param input - a block that this key is written to, and the message
   */
  #mac(input: Uint8Array): string {
    input.set(this.#inner);
    this.#innerDigest.write(hash(this.#algorithm, input, 'binary'), 'latin1');
    return hash(this.#algorithm, this.#outer, 'hex');
  }
}

/** Compares all digits, wherever they differ. `timingSafeEqual` needs copies, which take longer. */
function isSame(mac: string, bytes: Uint8Array, start: number): boolean {
  let difference = 0;
  for (let index = 0; index < mac.length; index += 1) {
    difference |= mac.charCodeAt(index) ^ (bytes[start + index] ?? 0);
  }
  return difference === 0;
}

/** The key, padded with zeros to a block and xored with `pad`, and room behind it. */
function paddedKey(key: Uint8Array, pad: number, room: number): Uint8Array {
  const blocks = new Uint8Array(BLOCK_LENGTH + room).fill(pad, 0, BLOCK_LENGTH);
  key.forEach((byte, index) => {
    blocks[index] = byte ^ pad;
  });
  return blocks;
}
