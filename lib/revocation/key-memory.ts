import type { KeyBits } from './mark-table.js';
import { markKey } from './revocation-mark.js';

/** The most keys that are remembered, over all names: they take less than 1 MB. */
const MOST = 4096;

/**
 * The hashes of keys that seem to have marks, of the latest look-ups: users who were logged out and have
 * come back visit more than once, and hashing their keys takes longer than anything else.
 */
export class KeyMemory {
  /** By cookie name, then by key: joining both into one text is slower than a second look-up. */
  #names = new Map<string, Map<string, KeyBits>>();
  #size = 0;

  /** The bits of the mark's key for a cookie's name and a key. */
  bitsOf(name: string, key: string): KeyBits {
    const keys = this.#names.get(name);
    return keys?.get(key) ?? this.#remember(name, key);
  }

  #remember(name: string, key: string): KeyBits {
    if (this.#size === MOST) {
      this.#names = new Map();
      this.#size = 0;
    }
    const bits = keyBits(markKey(name, key));
    const keys = this.#names.get(name) ?? new Map<string, KeyBits>();
    this.#names.set(name, keys.set(key, bits));
    this.#size += 1;
    return bits;
  }
}

/** The bits of 32 hexadecimal digits. */
export function keyBits(digits: string): KeyBits {
  const word = (index: number): number => Number.parseInt(digits.slice(index, index + 8), 16) | 0;
  return { a: word(0), b: word(8), c: word(16), d: word(24) };
}
