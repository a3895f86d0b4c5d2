import { describe, expect, it } from '@jest/globals';
import { findCookieValues } from '../../lib/http/cookie-header.js';

const LIMIT = 16;

/** How much more 256 KiB may cost than 16 KiB, which is a sixteenth. */
const MAX_GROWTH = 20;

/** Of a few attempts, because another process may disturb any one of them. */
function lowestRatio(large: string, small: string): number {
  let lowest = Infinity;
  for (let attempt = 0; attempt < 10 && lowest > MAX_GROWTH; attempt += 1) {
    lowest = Math.min(lowest, medianCost(large, 3) / medianCost(small, 48));
  }
  return lowest;
}

/** Microseconds of processor time, so that a busy machine does not count, of this many searches each. */
function medianCost(header: string, searches: number): number {
  const costs: number[] = [];
  for (let repeat = 0; repeat < 31; repeat += 1) {
    const start = process.cpuUsage();
    for (let search = 0; search < searches; search += 1) {
      findCookieValues(header, 'user', LIMIT);
    }
    const { user, system } = process.cpuUsage(start);
    costs.push((user + system) / searches);
  }
  return costs.toSorted((left, right) => left - right)[15] ?? Number.NaN;
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

    expect(lowestRatio(large, small)).toBeLessThanOrEqual(MAX_GROWTH);
  });
});
