import { hash, timingSafeEqual } from 'node:crypto';

/** The hash functions of the two signed-value formats. */
export type HmacAlgorithm = 'sha1' | 'sha256';

/** RFC 2104's B, in bytes; the same for SHA-1 and SHA-256. */
const BLOCK_LENGTH = 64;

/** RFC 2104's L, in bytes. */
const DIGEST_LENGTH = { sha1: 20, sha256: 32 } as const;

/** Messages up to this length, in bytes, are hashed without allocating: all that fit in a cookie. */
const SCRATCH_LENGTH = 8192;

/** Messages up to this length, in bytes, keep their views of the scratch memory. */
const KEPT_VIEW_LENGTH = 512;

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** The values of hexadecimal digits by their bytes. What is none, upper case included, is no byte. */
const HEX_DIGITS = new Uint16Array(256).fill(0x100);
Array.from('0123456789abcdef', (digit, value) => {
  HEX_DIGITS[digit.charCodeAt(0)] = value;
});

const encoder = new TextEncoder();

/**
 * One key, prepared once for HMAC (RFC 2104): H((K ^ opad) || H((K ^ ipad) || message)).
 *
 * Built on one-shot `crypto.hash`, because `createHmac` costs twice as much for messages of a
 * cookie's size. MACs are computed in scratch memory that stays between calls. It holds the key, so
 * it never comes out of Node's shared Buffer pool (`new Uint8Array` does not use it), and none of it
 * leaves lib/signing. Calls are synchronous and run no foreign code, so they never meet in it.
 */
export class HmacKey {
  readonly #algorithm: HmacAlgorithm;
  /** In hexadecimal digits. */
  readonly #macLength: number;
  /** (K ^ ipad), and behind it the message. */
  readonly #inner: Uint8Array;
  readonly #message: Uint8Array;
  /** (K ^ opad), and behind it the inner digest. */
  readonly #outer: Uint8Array;
  /** By the message's length: to make a view and hash it takes 90 ns more than to hash a kept one. */
  readonly #innerViews: Uint8Array[] = [];
  readonly #messageViews: Uint8Array[] = [];

  /**
   * @param secret - any bytes; more than 64 are shortened by the hash itself, as RFC 2104 says
   */
  constructor(algorithm: HmacAlgorithm, secret: Uint8Array) {
    const digestLength = DIGEST_LENGTH[algorithm];
    const key = secret.length > BLOCK_LENGTH ? hash(algorithm, secret, 'buffer') : secret;
    this.#algorithm = algorithm;
    this.#macLength = 2 * digestLength;
    this.#inner = paddedKey(key, INNER_PAD, SCRATCH_LENGTH);
    this.#message = this.#inner.subarray(BLOCK_LENGTH);
    this.#outer = paddedKey(key, OUTER_PAD, digestLength);
  }

  /** The MAC of bytes, or of the UTF-8 bytes of a text, in lower-case hexadecimal. */
  sign(message: string | Uint8Array): string {
    return this.#mac(this.#innerBlocks(message), 'hex');
  }

  /**
   * Whether `signature` is the MAC of `message`, in a time that does not depend on where the two
   * differ. A signature of another length, or in upper case, is not.
   */
  verify(message: string | Uint8Array, signature: string): boolean {
    const digits = encoder.encode(signature);
    return digits.length === this.#macLength && this.#isMac(this.#innerBlocks(message), digits, 0);
  }

  /**
   * The bytes of a text, good until the next call, or `undefined` where it is not ASCII: in scratch
   * memory, so that whoever parses them before {@link HmacKey.verifySigned} has it encoded once.
   */
  layOut(text: string): Uint8Array | undefined {
    const { read, written } = encoder.encodeInto(text, this.#message);
    if (written !== read) {
      return undefined;
    }
    return read === text.length ? this.#messageView(written) : asciiBytes(text);
  }

  /**
   * Whether bytes end with the MAC of what stands before. As {@link HmacKey.verify}.
   *
   * @param signed - quickest as this key's {@link HmacKey.layOut} gave them
   */
  verifySigned(signed: Uint8Array): boolean {
    const end = signed.length - this.#macLength;
    if (end < 0) {
      return false;
    }
    const isLaidOut = signed === this.#messageViews[signed.length];
    const blocks = isLaidOut ? this.#innerView(end) : this.#innerBlocks(signed.subarray(0, end));
    return this.#isMac(blocks, signed, end);
  }

  /** Whether both have the same key after padding, and so make the same MACs. */
  isSameAs(other: HmacKey): boolean {
    const key = this.#inner.subarray(0, BLOCK_LENGTH);
    return timingSafeEqual(key, other.#inner.subarray(0, BLOCK_LENGTH));
  }

  /** The padded key and the message: in scratch memory, where that has room. */
  #innerBlocks(message: string | Uint8Array): Uint8Array {
    if (typeof message === 'string') {
      const { read, written } = encoder.encodeInto(message, this.#message);
      return read === message.length
        ? this.#innerView(written)
        : this.#innerBlocks(encoder.encode(message));
    }
    if (message.length <= SCRATCH_LENGTH) {
      this.#message.set(message);
      return this.#innerView(message.length);
    }
    const blocks = new Uint8Array(BLOCK_LENGTH + message.length);
    blocks.set(this.#inner.subarray(0, BLOCK_LENGTH));
    blocks.set(message, BLOCK_LENGTH);
    return blocks;
  }

  #mac(innerBlocks: Uint8Array, encoding: 'binary' | 'hex'): string {
    const outer = this.#outer;
    const digest = hash(this.#algorithm, innerBlocks, 'binary');
    // Less than Buffer.write takes for so few bytes.
    for (let index = 0; index < digest.length; index += 1) {
      outer[BLOCK_LENGTH + index] = digest.charCodeAt(index);
    }
    return hash(this.#algorithm, outer, encoding);
  }

  /**
   * Whether the hexadecimal digits from `start` on are the MAC. All of them are looked at, wherever
   * they differ. Without `timingSafeEqual`, because that and the copies it needs take 60 ns more.
   */
  #isMac(innerBlocks: Uint8Array, digits: Uint8Array, start: number): boolean {
    const mac = this.#mac(innerBlocks, 'binary');
    let difference = 0;
    for (let index = 0; index < mac.length; index += 1) {
      const digit = start + 2 * index;
      const byte = (hexDigit(digits[digit]) << 4) | hexDigit(digits[digit + 1]);
      difference |= byte ^ mac.charCodeAt(index);
    }
    return difference === 0;
  }

  #innerView(messageLength: number): Uint8Array {
    return keptView(this.#innerViews, messageLength, this.#inner, BLOCK_LENGTH + messageLength);
  }

  #messageView(length: number): Uint8Array {
    return keptView(this.#messageViews, length, this.#message, length);
  }
}

/** The bytes of a text, or `undefined` where it is not ASCII. */
export function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = encoder.encode(text);
  return bytes.length === text.length ? bytes : undefined;
}

/** The first `length` bytes of the scratch memory, as a view that is kept where `index` is low. */
function keptView(
  views: Uint8Array[],
  index: number,
  scratch: Uint8Array,
  length: number,
): Uint8Array {
  const kept = views[index];
  if (kept !== undefined) {
    return kept;
  }
  const view = scratch.subarray(0, length);
  if (index <= KEPT_VIEW_LENGTH) {
    views[index] = view;
  }
  return view;
}

function hexDigit(byte = 0): number {
  return HEX_DIGITS[byte] ?? 0;
}

/** The key, padded with zeros to a block and xored with `pad`, and room behind it. */
function paddedKey(key: Uint8Array, pad: number, room: number): Uint8Array {
  const blocks = new Uint8Array(BLOCK_LENGTH + room).fill(pad, 0, BLOCK_LENGTH);
  key.forEach((byte, index) => {
    blocks[index] = byte ^ pad;
  });
  return blocks;
}
