import { hash, timingSafeEqual } from 'node:crypto';
import { BLOCK_LENGTH, hmacInput, type HmacInput } from './hmac-input.js';

/** The hash functions of the two signed-value formats. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/** RFC 2104's L, in bytes. */
const DIGEST_LENGTH = { sha1: 20, sha256: 32 } as const;

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The values of lower-case hexadecimal digits, by character. Others are -1, which matches no byte. */
const DIGIT_VALUES = new Int8Array(256).fill(-1);
for (const [value, digit] of Array.from('0123456789abcdef').entries()) {
  DIGIT_VALUES[digit.charCodeAt(0)] = value;
}

/**
 * One key, prepared once for HMAC (RFC 2104): H((K ^ opad) || H((K ^ ipad) || message)).
 *
 * Built on one-shot `crypto.hash`, because `createHmac` is slower for messages of a cookie's size.
 */
export class HmacKey {
  readonly #algorithm: HmacAlgorithm;
  /** K ^ ipad. */
  readonly #inner: Uint8Array;
  /** K ^ opad, followed by the inner digest. */
  readonly #outer: Uint8Array;
  readonly #digestLength: number;

  /**
   * @param secret - any bytes; if there are more than 64, they are hashed first, as RFC 2104 says
   */
  constructor(algorithm: HmacAlgorithm, secret: Uint8Array) {
    const digestLength = DIGEST_LENGTH[algorithm];
    const key = secret.length > BLOCK_LENGTH ? hash(algorithm, secret, 'buffer') : secret;
    this.#algorithm = algorithm;
    this.#inner = paddedKey(key, INNER_PAD, 0);
    this.#outer = paddedKey(key, OUTER_PAD, digestLength);
    this.#digestLength = digestLength;
  }

  /** The MAC of bytes, or of the UTF-8 bytes of a text, in lower-case hexadecimal digits. */
  sign(message: string | Uint8Array): string {
    return this.#mac(hmacInput(message, this.#inner), 'hex');
  }

  /**
   * Whether `signature` is the MAC of `message`. The time does not depend on where the two differ. A
   * signature of another length, or in upper case, is rejected.
   */
  verify(message: string | Uint8Array, signature: string): boolean {
    const digits = new TextEncoder().encode(signature);
    return (
      digits.length === 2 * this.#digestLength &&
      isMac(this.#mac(hmacInput(message, this.#inner), 'binary'), digits, 0)
    );
  }

  /** The MAC of the first `length` bytes that were laid out, in lower-case hexadecimal digits. */
  signLaidOut(input: HmacInput, length: number): string {
    return this.#mac(input.upTo(length, this.#inner), 'hex');
  }

  /** {@link HmacKey.verify} for the first `length` bytes that were laid out, followed by their MAC. */
  verifyLaidOut(input: HmacInput, length: number): boolean {
    return isMac(this.#mac(input.upTo(length, this.#inner), 'binary'), input.message, length);
  }

  /** Whether both have the same key after padding, and so make the same MACs. */
  isSameAs(other: HmacKey): boolean {
    return timingSafeEqual(this.#inner, other.#inner);
  }

  /**
   * @param input - K ^ ipad, and then the message
   * @returns the MAC, in lower-case hexadecimal digits or with a character for each byte
   */
  #mac(input: Uint8Array, encoding: 'hex' | 'binary'): string {
    const digest = hash(this.#algorithm, input, 'binary');
    const outer = this.#outer;
    for (let index = 0; index < digest.length; index += 1) {
      outer[BLOCK_LENGTH + index] = digest.charCodeAt(index);
    }
    return hash(this.#algorithm, outer, encoding);
  }
}

/**
 * Whether the hexadecimal digits from `start` on are a MAC, given with a character for each byte. It
 * compares all of them, wherever they differ. `timingSafeEqual` needs copies, which take longer.
 */
function isMac(mac: string, digits: Uint8Array, start: number): boolean {
  let difference = 0;
  for (let index = 0; index < mac.length; index += 1) {
    const digit = start + 2 * index;
    const byte = (digitValue(digits[digit]) << 4) | digitValue(digits[digit + 1]);
    difference |= byte ^ mac.charCodeAt(index);
  }
  return difference === 0;
}

function digitValue(character = 0): number {
  return DIGIT_VALUES[character] ?? -1;
}

/** The key, padded with zeros to a block and xored with `pad`, and then `room` bytes. */
function paddedKey(key: Uint8Array, pad: number, room: number): Uint8Array {
  const blocks = new Uint8Array(BLOCK_LENGTH + room).fill(pad, 0, BLOCK_LENGTH);
  key.forEach((byte, index) => {
    blocks[index] = byte ^ pad;
  });
  return blocks;
}
