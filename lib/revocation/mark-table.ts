import { randomBytes } from '../signing/random-bytes.js';
import { MultilinearHash } from './multilinear-hash.js';

/** The 128 bits of a mark's key, as signed 32-bit integers. */
export interface KeyBits {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** 32-bit integers of one mark: four of its key, then `at`, `until` and the hint. */
const WIDTH = 7;
const AT = 4;
const UNTIL = 5;
const HINT = 6;

/** The hint of a mark that has none, or two that differ: it matches any key. */
const ANY = -1;

/** How many places a table has at first. */
const SMALLEST = 1024;

/** The date of a key without a mark, which is before any other date. */
export const NEVER = -1;

/**
 * Marks by their keys: an open hash table in one array, because a map of objects is slower, and a
 * million objects keep the garbage collector busy. At most half of the places are taken; in a free
 * place, `until` is 0.
 *
 * Hashing a key takes longer than looking it up, and a large cache of hashes does not fit in fast
 * memory. So a look-up begins with the key's hint: two bits of a filter, which say "perhaps" for at
 * most two in a hundred keys without a mark.
 */
export class MarkTable {
  /** Chooses the place of a key. */
  readonly #hash: MultilinearHash;
  #marks = new Int32Array(SMALLEST * WIDTH);
  #hints = new Int32Array(SMALLEST / 4);
  /** How many marks match the hint of any key. */
  #unhinted = 0;
  #size = 0;

  constructor(random: (length: number) => Uint8Array = randomBytes) {
    this.#hash = new MultilinearHash(random);
  }

  /** How many marks it holds, including those that have ended. */
  get size(): number {
    return this.#size;
  }

  /** Whether a key with this hint may have a mark. */
  mayHave(hint: number): boolean {
    const both = bitsOf(hint);
    const bits = this.#hints[wordOf(hint, this.#hints)] ?? 0;
    return (bits & both) === both || this.#unhinted > 0;
  }

  /** The date of a key's mark, in seconds since the epoch, or {@link NEVER}. */
  dateOf({ a, b, c, d }: KeyBits): number {
    const marks = this.#marks;
    const place = findPlace(marks, this.#hash, a, b, c, d);
    return isTaken(marks, place) ? date(marks[place + AT]) : NEVER;
  }

  /**
   * Adds a mark. If its key has one already, the later date and the later end count: marks may come
   * twice, and in any order.
   *
   * @param at - seconds since the epoch in 32 bits, as `until`, which must not be 0
   * @param hint - 31 bits, if there is one
   * @returns whether that changed anything
   */
  add({ a, b, c, d }: KeyBits, at: number, until: number, hint = ANY): boolean {
    const marks = this.#marks;
    const place = findPlace(marks, this.#hash, a, b, c, d);
    const known = isTaken(marks, place);
    const [lastAt, lastUntil] = [date(marks[place + AT]), date(marks[place + UNTIL])];
    const lastHint = known ? marks[place + HINT] : undefined;
    const nextHint = !known || lastHint === hint ? hint : ANY;
    if (known && at <= lastAt && until <= lastUntil && nextHint === lastHint) {
      return false;
    }
    marks.set([a, b, c, d, Math.max(at, lastAt), Math.max(until, lastUntil), nextHint], place);
    if (nextHint !== lastHint) {
      this.#take(nextHint);
    }
    if (!known) {
      this.#size += 1;
      if (2 * this.#size * WIDTH > marks.length) {
        this.#rebuild(0);
      }
    }
    return true;
  }

  /**
   * Forgets the marks that have ended, once they are a quarter of all: the others are then copied.
   *
   * @param now - seconds since the epoch
   */
  forget(now: number): void {
    const over = this.#size - countLater(this.#marks, now);
    if (over > 0 && 4 * over >= this.#size) {
      this.#rebuild(now);
    }
  }

  #rebuild(now: number): void {
    const old = this.#marks;
    const size = countLater(old, now);
    const marks = new Int32Array(placesFor(size) * WIDTH);
    for (let from = 0; from < old.length; from += WIDTH) {
      if (date(old[from + UNTIL]) > now) {
        copyMark(old, from, marks, this.#hash);
      }
    }
    this.#marks = marks;
    this.#size = size;
    this.#hints = new Int32Array(marks.length / WIDTH / 4);
    this.#unhinted = 0;
    for (let place = 0; place < marks.length; place += WIDTH) {
      if (isTaken(marks, place)) {
        this.#take(marks[place + HINT] ?? ANY);
      }
    }
  }

  #take(hint: number): void {
    if (hint === ANY) {
      this.#unhinted += 1;
      return;
    }
    const word = wordOf(hint, this.#hints);
    this.#hints[word] = (this.#hints[word] ?? 0) | bitsOf(hint);
  }
}

/** A power of two, so that at most a third of the places is taken at first. */
function placesFor(size: number): number {
  let places = SMALLEST;
  while (places < 3 * size) {
    places *= 2;
  }
  return places;
}

function countLater(marks: Int32Array, now: number): number {
  let count = 0;
  for (let place = 0; place < marks.length; place += WIDTH) {
    count += date(marks[place + UNTIL]) > now ? 1 : 0;
  }
  return count;
}

function copyMark(old: Int32Array, from: number, marks: Int32Array, hash: MultilinearHash): void {
  // By index, one by one: destructuring a typed array is several times slower.
  const a = old[from] ?? 0;
  const b = old[from + 1] ?? 0;
  const c = old[from + 2] ?? 0;
  const d = old[from + 3] ?? 0;
  const place = findPlace(marks, hash, a, b, c, d);
  for (let index = 0; index < WIDTH; index += 1) {
    marks[place + index] = old[from + index] ?? 0;
  }
}

/** Where the mark of a key is, or would be. */
function findPlace(
  marks: Int32Array,
  hash: MultilinearHash,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  // The upper bits of the hash, as many as the number of places needs.
  const bits = hash.of(a, b, c, d) >>> (Math.clz32(marks.length / WIDTH) + 1);
  let place = bits * WIDTH;
  while (isTaken(marks, place) && !isOf(marks, place, a, b, c, d)) {
    place += WIDTH;
    if (place === marks.length) {
      place = 0;
    }
  }
  return place;
}

function isTaken(marks: Int32Array, place: number): boolean {
  return marks[place + UNTIL] !== 0;
}

function isOf(
  marks: Int32Array,
  place: number,
  a: number,
  b: number,
  c: number,
  d: number,
): boolean {
  return (
    marks[place] === a && marks[place + 1] === b && marks[place + 2] === c && marks[place + 3] === d
  );
}

/** The two bits of a hint, in a word of 32. */
function bitsOf(hint: number): number {
  return (1 << (hint & 31)) | (1 << ((hint >>> 5) & 31));
}

/** The index of the word that holds these bits. */
function wordOf(hint: number, hints: Int32Array): number {
  return (hint >>> 10) & (hints.length - 1);
}

/** Unsigned: dates after 2038 use the sign bit. */
function date(bits = 0): number {
  return bits >>> 0;
}
