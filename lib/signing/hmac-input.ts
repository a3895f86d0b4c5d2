import { asBuffer } from './own-bytes.js';

/** RFC 2104's B, in bytes; the same for SHA-1 and SHA-256. */
export const BLOCK_LENGTH = 64;

/** The longest message, in bytes, that is laid out without allocating: every value that a cookie can hold. */
const KEPT_CAPACITY = 4096;

const encoder = new TextEncoder();

/**
 * Scratch memory in which messages are laid out for hashing: a block for the padded key, then the
 * message.
 *
 * A signer keeps one between calls, which are synchronous and run no foreign code while a message is
 * in it. It holds a key after use, so it is not part of Node's shared Buffer pool (`new Uint8Array`
 * never is), and it does not leave lib/signing.
 */
export class HmacInput {
  /** The message, a zero, and then stale bytes. */
  readonly message: Uint8Array;
  readonly #blocks: Uint8Array;
  readonly #buffer: Buffer;
  readonly #capacity: number;
  /** Kept, because most calls hash as many bytes as the last one, and creating a view takes time. */
  #view: Uint8Array;
  /** The padded key in the block. */
  #key: Uint8Array | undefined;

  constructor(capacity = KEPT_CAPACITY) {
    this.#capacity = capacity;
    this.#blocks = new Uint8Array(BLOCK_LENGTH + capacity + 1);
    this.#view = this.#blocks;
    this.#buffer = asBuffer(this.#blocks);
    this.message = this.#blocks.subarray(BLOCK_LENGTH);
  }

  /** This, or larger memory for one call with a longer message. */
  withRoomFor(length: number): HmacInput {
    return length <= this.#capacity ? this : new HmacInput(length);
  }

  /**
   * Lays out a text.
   *
   * @returns whether it is ASCII, with one byte for each character; if not, do not hash it
   */
  layOut(text: string): boolean {
    const { read, written } = encoder.encodeInto(text, this.message);
    this.message[written] = 0;
    return read === text.length && written === read;
  }

  /** The first characters of a message that is ASCII. */
  text(length: number): string {
    return this.#buffer.toString('latin1', BLOCK_LENGTH, BLOCK_LENGTH + length);
  }

  /**
   * A view of the block with a key and the first bytes of the message.
   *
   * @param key - padded to a block; it is written only if the last call had another one
   */
  upTo(length: number, key: Uint8Array): Uint8Array {
    if (this.#key !== key) {
      this.#blocks.set(key);
      this.#key = key;
    }
    if (this.#view.length !== BLOCK_LENGTH + length) {
      this.#view = this.#blocks.subarray(0, BLOCK_LENGTH + length);
    }
    return this.#view;
  }
}

/** A key, padded to a block, and then a message of any kind, in new memory. */
export function hmacInput(message: string | Uint8Array, key: Uint8Array): Uint8Array {
  const bytes = typeof message === 'string' ? encoder.encode(message) : message;
  const blocks = new Uint8Array(BLOCK_LENGTH + bytes.length);
  blocks.set(key);
  blocks.set(bytes, BLOCK_LENGTH);
  return blocks;
}
