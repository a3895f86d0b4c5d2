import { describe, expect, it } from '@jest/globals';
import { findCookieValues } from '../../lib/http/cookie-header.js';

const LIMIT = 16;

/** How much more 256 KiB may cost than 16 KiB, which is a sixteenth, and how much more a mere scan does. */
const MAX_GROWTH = 20;
const EXACT_GROWTH = 16;

type Search = (header: string) => unknown;

const search: Search = (header) => findCookieValues(header, 'user', LIMIT);

/** Looks at every character once. What no longer fits into the processor's nearest cache takes longer. */
const scan: Search = (header) => header.indexOf('\u{1}');

/** How much faster the cost grows than it may. Of a few attempts, because another process may disturb one. */
function lowestExcess(large: string, small: string): number {
  let lowest = Infinity;
  for (let attempt = 0; attempt < 10 && lowest > 1; attempt += 1) {
    const byMemory = Math.max(1, growth(scan, large, small) / EXACT_GROWTH);
    lowest = Math.min(lowest, growth(search, large, small) / (MAX_GROWTH * byMemory));
  }
  return lowest;
}

function growth(run: Search, large: string, small: string): number {
  return medianCost(run, large) / medianCost(run, small);
}

/** Microseconds of processor time for one run, so that a busy machine does not count. */
function medianCost(run: Search, header: string): number {
  // Whole microseconds are counted: a sample has to have many, or the count is half of the result.
  let runs = 1;
  while (cost(run, header, runs) < 300) {
    runs *= 2;
  }
  const costs = Array.from({ length: 31 }, () => cost(run, header, runs) / runs);
  return costs.toSorted((left, right) => left - right)[15] ?? Number.NaN;
}

function cost(run: Search, header: string, runs: number): number {
  const start = process.cpuUsage();
  for (let count = 0; count < runs; count += 1) {
    run(header);
  }
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

describe('the cost of a Cookie header', () => {
  it.each<[string, string, string]>([
    ['semicolons', ';', ''],
    ['pairs without "="', 'user;', ''],
    ['pairs without "=" before one pair', 'user;', 'user=a'],
    ['"="', '=', ''],
    ['"=" in one value', '=', 'user'],
    ['quotes', '"', 'user='],
    ['quoted pairs', 'x="a";', ''],
    ['spaces', ' ', ''],
    ['spaces before a name', ' ', ';user=a'],
    ['tabs', '\t', 'user='],
    ['spaces around each "="', 'x     =     y     ;', ''],
    ['pairs of the same name', 'user=a;', ''],
    ['pairs of other names', 'x=a;', ''],
    ['pairs of names that begin alike', 'userx=a;', ''],
    ['percent signs', '%', 'user='],
    ['escapes', '%41', 'user='],
    ['escapes with a broken one at the end', '%41', '%;user='],
    ['NUL', '\0', 'user='],
    ['U+00A0', '\u00a0', 'user='],
  ])('grows with its length alone: %s', (_shape, repeated, edge) => {
    const header = (length: number): string => {
      const run = repeated.repeat(length / repeated.length);
      // What begins a pair stands in front of the run, what ends one behind it.
      return edge.endsWith('=') || edge === 'user' ? edge + run : run + edge;
    };
    const small = header(16 * 1024);
    const large = header(256 * 1024);

    expect(lowestExcess(large, small)).toBeLessThanOrEqual(1);
  });
});
