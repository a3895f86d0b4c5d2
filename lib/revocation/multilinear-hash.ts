/** Eight factors, for the halves of a key's four integers, and one integer that is added. */
const INTEGERS = 9;

const HALF = 0xffff;

/**
 * Multilinear hashing: the sum of a key's halves of 16 bits, each multiplied by a random integer of 32
 * bits. However two keys are chosen, their upper 17 bits are equal with a probability of 2^-17 (Thorup,
 * "High Speed Hashing for Integers and Strings", 2015, section 3.5).
 *
 * Only the keys of marks that this library wrote are hashes. Anyone who can write to the store can
 * choose keys, and ten thousand keys for one place would block a process for seconds.
 */
export class MultilinearHash {
  readonly #factors: Int32Array;

  /**
   * @param random - returns this many random bytes, which nobody else may know
   */
  constructor(random: (length: number) => Uint8Array) {
    const bytes = random(INTEGERS * Int32Array.BYTES_PER_ELEMENT);
    this.#factors = new Int32Array(Uint8Array.from(bytes).buffer);
  }

  /** The 32-bit hash of a key's four 32-bit integers. Use its upper bits. */
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
