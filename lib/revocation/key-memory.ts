import type { KeyBits } from './mark-table.js';
import { markKey } from './revocation-mark.js';

/** How many keys are remembered, in all names: under 1 MB of them. */
const MOST = 4096;

/**
 * The hashes of keys that seem to have marks, those that were looked up last: those who were logged
 * out and have come back visit more than once, and to hash their keys takes longer than all else.
 */
export class KeyMemory {
  /** By the cookie's name, then by key: to put both in one text takes longer than a second look. */
  #names = new Map<string, Map<string, KeyBits>>();
  #size = 0;

  /** The key of a mark for a cookie's name and one of its keys. */
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
