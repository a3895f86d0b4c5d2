/** A key's four integers have two halves each; one more integer is added. */
const INTEGERS = 9;

const HALF = 0xffff;

/**
 * Multilinear hashing: the sum of a key's halves of 16 bits, each multiplied by a random integer of 32
 * bits. Two keys, however they were chosen, have the same upper 17 bits once in 2 to the 17th (Thorup,
 * "High Speed Hashing for Integers and Strings", 2015, section 3.5).
 *
 * Keys of marks are hashes only where this library wrote them. Whoever can write to the store chooses
 * them as they like, and ten thousand keys that want one place would stop a process for seconds.
 */
export class MultilinearHash {
  readonly #factors: Int32Array;

  /**
   * @param random - gives this many random bytes, which nobody else may know
   */
  constructor(random: (length: number) => Uint8Array) {
    const bytes = random(INTEGERS * Int32Array.BYTES_PER_ELEMENT);
    this.#factors = new Int32Array(Uint8Array.from(bytes).buffer);
  }

  /** The hash of a key's four 32-bit integers, of as many bits; the upper ones are the good ones. */
  of(a: number, b: number, c: number, d: number): number {
    const factors = this.#factors;
    const sum =
      (factors[0] ?? 0) +
      Math.imul(factors[1] ?? 0, a & HALF) +
      Math.imul(factors[2] ?? 0, a >>> 16) +
      Math.imul(factors[3] ?? 0, b & HALF) +
      Math.imul(factors[4] ?? 0, b >>> 16) +
      Math.imul(factors[5] ?? 0, c & HALF) +
      Math.imul(factors[6] ?? 0, c >>> 16) +
      Math.imul(factors[7] ?? 0, d & HALF) +
      Math.imul(factors[8] ?? 0, d >>> 16);
    return sum | 0;
  }
}
