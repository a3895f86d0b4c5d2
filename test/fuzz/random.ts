/**
 * Random choices that a seed repeats. The generator is Chris Doty-Humphrey's sfc32: fast, and good
 * enough to choose test cases with.
 */
export class Random {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = ~seed >>> 0;
    for (let round = 0; round < 16; round += 1) {
      this.#next();
    }
  }

  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * limit);
  }

  /** A whole number between the two, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in this many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index += 1) {
      bytes[index] = this.below(256);
    }
    return bytes;
  }

  /** Text of characters from an alphabet. */
  text(length: number, alphabet: string): string {
    let text = '';
    for (let index = 0; index < length; index += 1) {
      text += alphabet.charAt(this.below(alphabet.length));
    }
    return text;
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** A seed that was not used before, most likely. */
export function newSeed(): number {
  return Math.floor(Math.random() * 0x1_0000_0000);
}
