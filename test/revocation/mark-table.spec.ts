import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MarkTable, NEVER, type KeyBits } from '../../lib/revocation/mark-table.js';

const NOW = 1_700_000_000;
const LATER = NOW + 3600;
/** The last second that 32 bits can say. */
const END = 0xffff_ffff;

const bits = (a: number, b = 0, c = 0, d = 0): KeyBits => ({ a, b, c, d });

const integer = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const someBits = fc.oneof(
  fc.record({ a: integer, b: integer, c: integer, d: integer }),
  // Keys that want the same place, or differ in one of their parts only.
  fc.record({
    a: fc.constantFrom(0, 1024, -1024, 1023),
    b: fc.constantFrom(0, -1),
    c: fc.constantFrom(0, 1),
    d: fc.constantFrom(0, 1),
  }),
);

const text = ({ a, b, c, d }: KeyBits): string => [a, b, c, d].join();

describe('a table of marks', () => {
  it('has no date for a key without a mark', () => {
    expect(new MarkTable().dateOf(bits(1, 2, 3, 4))).toBe(NEVER);
    expect(new MarkTable().dateOf(bits(0))).toBe(NEVER);
  });

  it.each([
    ['the epoch', 0],
    ['now', NOW],
    ['a time after 2038', 0x8000_0000],
    ['the last second', END - 1],
  ])('keeps the date of a mark at %s', (_when, at) => {
    const table = new MarkTable();

    expect(table.add(bits(-1, 2, -3, 4), at, END)).toBe(true);
    expect(table.dateOf(bits(-1, 2, -3, 4))).toBe(at);
    expect(table.size).toBe(1);
  });

  it.each([
    ['the same again', NOW, LATER, false, NOW],
    ['an earlier one', NOW - 1, LATER - 1, false, NOW],
    ['an earlier one that ends later', NOW - 1, LATER + 1, true, NOW],
    ['a later one', NOW + 1, LATER, true, NOW + 1],
    ['a later one that ends earlier', NOW + 1, LATER - 1, true, NOW + 1],
  ])('merges %s with the mark that it has', (_what, at, until, changes, date) => {
    const table = new MarkTable();
    table.add(bits(1), NOW, LATER);

    expect(table.add(bits(1), at, until)).toBe(changes);
    expect(table.dateOf(bits(1))).toBe(date);
    expect(table.size).toBe(1);
  });

  it('says the same as a map, whatever is added, in any order', () => {
    const mark = fc.tuple(someBits, fc.integer({ min: 0, max: END - 1 }));
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 3000, size: 'max' }), (marks) => {
        const table = new MarkTable();
        const map = new Map<string, number>();
        for (const [key, at] of marks) {
          table.add(key, at, END);
          map.set(text(key), Math.max(at, map.get(text(key)) ?? 0));
        }

        expect(table.size).toBe(map.size);
        expect(marks.map(([key]) => table.dateOf(key))).toEqual(
          marks.map(([key]) => map.get(text(key))),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('forgets what is over once that is a quarter, and nothing else', () => {
    const table = new MarkTable();
    for (let index = 0; index < 4000; index += 1) {
      table.add(bits(index), NOW, index < 1000 ? LATER : LATER + 1);
    }

    table.forget(LATER - 1);
    expect(table.size).toBe(4000);
    table.forget(LATER);
    expect(table.size).toBe(3000);
    expect(table.dateOf(bits(999))).toBe(NEVER);
    expect(table.dateOf(bits(1000))).toBe(NOW);
    expect(table.dateOf(bits(3999))).toBe(NOW);
  });

  it('keeps what is over while that is less than a quarter', () => {
    const table = new MarkTable();
    for (let index = 0; index < 5; index += 1) {
      table.add(bits(index), NOW, index === 0 ? LATER : LATER + 1);
    }
    table.forget(LATER);

    expect(table.size).toBe(5);
    expect(table.dateOf(bits(0))).toBe(NOW);
  });

  it('keeps a mark whose end another one of its key moved', () => {
    const table = new MarkTable();
    table.add(bits(1), NOW, LATER);
    table.add(bits(1), NOW - 1, LATER + 10);
    table.forget(LATER);

    expect(table.dateOf(bits(1))).toBe(NOW);
  });
});

const hint = (index: number): number => Math.imul(index + 1, 0x9e37_79b1) & 0x7fff_ffff;

describe('keys that somebody chose to lie together', () => {
  const COUNT = 20_000;

  it.each<[string, (number: number) => KeyBits]>([
    ['by their first word', (number) => bits(7, number)],
    ['by their last bytes', (number) => bits(number << 24, number << 16, number << 8)],
    ['by the sum of their words', (number) => bits(number, -number)],
    ['by the XOR of their words', (number) => bits(number, number, -number, -number)],
  ])('%s take no longer than others', (_how, keyOf) => {
    const table = new MarkTable();
    const keys = Array.from({ length: COUNT }, (_, number) => keyOf(number));
    const began = performance.now();
    for (const key of keys) {
      table.add(key, NOW, LATER);
    }
    table.forget(LATER - 1);

    expect(keys.every((key) => table.dateOf(key) === NOW)).toBe(true);
    // Some ten milliseconds; seconds, where each looks for its place among all others.
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('the hints of a table', () => {
  it('say no of every key, where there is no mark', () => {
    const table = new MarkTable();

    expect([0, 1, 0x7fff_ffff].map((one) => table.mayHave(one))).toEqual([false, false, false]);
  });

  it('never say no of a key that has a mark, however the table grows and forgets', () => {
    const table = new MarkTable();
    const hints = Array.from({ length: 20_000 }, (_, index) => hint(index));
    for (const [index, one] of hints.entries()) {
      table.add(bits(index), NOW, index % 2 === 0 ? LATER : LATER + 1, one);
    }
    expect(hints.filter((one) => !table.mayHave(one))).toEqual([]);

    table.forget(LATER);
    expect(table.size).toBe(10_000);
    expect(hints.filter((one, index) => index % 2 === 1 && !table.mayHave(one))).toEqual([]);
  });

  it('say no of most keys that have none', () => {
    const table = new MarkTable();
    for (let index = 0; index < 100_000; index += 1) {
      table.add(bits(index), NOW, LATER, hint(index));
    }
    const others = Array.from({ length: 100_000 }, (_, index) => hint(index + 100_000));

    expect(others.filter((one) => table.mayHave(one)).length).toBeLessThan(2000);
  });

  it.each<[string, (table: MarkTable) => unknown]>([
    ['without a hint', (table) => table.add(bits(1), NOW, LATER)],
    [
      'with two that differ',
      (table) => {
        table.add(bits(1), NOW, LATER, 1);
        table.add(bits(1), NOW, LATER, 2);
      },
    ],
    [
      'whose hint came first and then none',
      (table) => {
        table.add(bits(1), NOW, LATER, 1);
        table.add(bits(1), NOW + 1, LATER);
      },
    ],
  ])('say perhaps of every key, as long as there is a mark %s', (_what, add) => {
    const table = new MarkTable();
    add(table);
    const anyHints = [0, 2, 12_345, 0x7fff_ffff];
    expect(anyHints.map((one) => table.mayHave(one))).not.toContain(false);
    expect(table.size).toBe(1);

    table.forget(LATER);
    expect(anyHints.map((one) => table.mayHave(one))).not.toContain(true);
  });
});
