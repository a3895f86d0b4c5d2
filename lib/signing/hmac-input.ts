/** RFC 2104's B, in bytes; the same for SHA-1 and SHA-256. */
export const BLOCK_LENGTH = 64;

/** The longest message, in bytes, that is laid out without allocating: every value that a cookie can hold. */
const KEPT_CAPACITY = 4096;

const encoder = new TextEncoder();

/**
 * Memory that messages are laid out in to be hashed: a block for the padded key, then the message.
 *
 * One signer has one, which stays between calls: they are synchronous and run no foreign code while
 * a message is in it. It holds a key after use, so it is not of Node's shared Buffer pool (`new
 * Uint8Array` never is), and it does not leave lib/signing.
 */
export class HmacInput {
  /** The message, and stale bytes behind it: what was laid out ends with a zero. */
  readonly message: Uint8Array;
  readonly #blocks: Uint8Array;
  readonly #capacity: number;
  /** Most calls hash as many bytes as the last one; another view takes a tenth of the MAC's time. */
  #view: Uint8Array;

  constructor(capacity = KEPT_CAPACITY) {
    this.#capacity = capacity;
    this.#blocks = new Uint8Array(BLOCK_LENGTH + capacity + 1);
    this.#view = this.#blocks;
    this.message = this.#blocks.subarray(BLOCK_LENGTH);
  }

  /** This, or as much memory as a longer message takes, for one call. */
  withRoomFor(length: number): HmacInput {
    return length <= this.#capacity ? this : new HmacInput(length);
  }

  /**
   * Lays a text out.
   *
   * @returns whether it is ASCII, of which each character is one byte; else there is nothing to hash
   */
  layOut(text: string): boolean {
    const { read, written } = encoder.encodeInto(text, this.message);
    this.message[written] = 0;
    return read === text.length && written === read;
  }

  /** The block for the key, and the first bytes of the message. */
  upTo(length: number): Uint8Array {
    if (this.#view.length !== BLOCK_LENGTH + length) {
      this.#view = this.#blocks.subarray(0, BLOCK_LENGTH + length);
    }
    return this.#view;
  }
}

/** The block for the key, and a message of any kind behind it, in memory of their own. */
export function hmacInput(message: string | Uint8Array): Uint8Array {
  const bytes = typeof message === 'string' ? encoder.encode(message) : message;
  const blocks = new Uint8Array(BLOCK_LENGTH + bytes.length);
  blocks.set(bytes, BLOCK_LENGTH);
  return blocks;
}
