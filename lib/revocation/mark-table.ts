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

/** Stands for the hint of a mark without one, or with two that differ: it may be that of any key. */
const ANY = -1;

/** Marks that it has room for at first. */
const SMALLEST = 1024;

/** The date of a key without a mark: before every date. */
export const NEVER = -1;

/**
 * Marks by their keys: an open hash table in one array, because a map of objects takes longer, and a
 * million of them keep the garbage collector busy. The keys are hashes already. At most half of the
 * places are taken; where none is, `until` is 0.
 *
 * To hash a key takes longer than to look for it, and what remembers the hashes of many keys lies in
 * slow memory. So keys are asked for by their hints first: by two bits of many, which say "perhaps"
 * of two keys without a mark in a hundred, at most.
 */
export class MarkTable {
  #marks = new Int32Array(SMALLEST * WIDTH);
  #hints = new Int32Array(SMALLEST / 4);
  /** Marks that may be those of any key. */
  #unhinted = 0;
  #size = 0;

  /** How many marks it holds, those that are over included. */
  get size(): number {
    return this.#size;
  }

  /** Whether there may be a mark of a key that has this hint. */
  mayHave(hint: number): boolean {
    const both = bitsOf(hint);
    const bits = this.#hints[wordOf(hint, this.#hints)] ?? 0;
    return (bits & both) === both || this.#unhinted > 0;
  }

  /** The date of a key's mark, in seconds since the epoch, or {@link NEVER}. */
  dateOf({ a, b, c, d }: KeyBits): number {
    const marks = this.#marks;
    const place = findPlace(marks, a, b, c, d);
    return isTaken(marks, place) ? date(marks[place + AT]) : NEVER;
  }

  /**
   * Adds a mark. Of two of one key, the later date and the later end count: marks may come twice,
   * and in any order.
   *
   * @param at - seconds since the epoch, of 32 bits, as is `until`, which is not 0
   * @param hint - of 31 bits, if there is one
   * @returns whether that changed anything
   */
  add({ a, b, c, d }: KeyBits, at: number, until: number, hint = ANY): boolean {
    const marks = this.#marks;
    const place = findPlace(marks, a, b, c, d);
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
   * Forgets the marks that are over, once they are a quarter of all: the others are copied then.
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
        copyMark(old, from, marks);
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

/** A power of two, of which a third at most is taken at first. */
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

function copyMark(old: Int32Array, from: number, marks: Int32Array): void {
  // By index, one by one: destructuring a typed array is several times slower.
  const a = old[from] ?? 0;
  const b = old[from + 1] ?? 0;
  const c = old[from + 2] ?? 0;
  const d = old[from + 3] ?? 0;
  const place = findPlace(marks, a, b, c, d);
  for (let index = 0; index < WIDTH; index += 1) {
    marks[place + index] = old[from + index] ?? 0;
  }
}

/** Where the mark of a key is, or would be. */
function findPlace(marks: Int32Array, a: number, b: number, c: number, d: number): number {
  let place = (a & (marks.length / WIDTH - 1)) * WIDTH;
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

/** Two bits of 32. */
function bitsOf(hint: number): number {
  return (1 << (hint & 31)) | (1 << ((hint >>> 5) & 31));
}

/** Where these two are kept. */
function wordOf(hint: number, hints: Int32Array): number {
  return (hint >>> 10) & (hints.length - 1);
}

/** Dates after 2038 need the sign's bit. */
function date(bits = 0): number {
  return bits >>> 0;
}
