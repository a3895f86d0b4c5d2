import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeWithTornado } from '../tornado/tornado.js';
import { CLASS_NAMES } from './allow-list.js';
import { runDifferential } from './differential.js';
import { editCount, runEdits } from './edits.js';
import { MAX_HEAP_GROWTH, runHeap } from './heap.js';
import { runMutations } from './mutations.js';
import { newSeed } from './random.js';
import { SAMPLES } from './samples.js';

// The short forms of `npm run fuzz`, which explains itself with --help.

const seed = newSeed();

/** The first cell of each row of SECURITY.md's tables. */
const documented = readFileSync('SECURITY.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((row) => row.split('|')[1]?.trim());
const TIMEOUT = 120_000;

describeWithTornado('the same questions to us and to a real Tornado', () => {
  it(
    `have the same answers, but for the differences on purpose (seed ${seed})`,
    async () => {
      const result = await runDifferential({ cases: 100_000, seed, stream: 'none' });
      const allowed = [...result.allowed];

      expect(result.unexplained).toEqual([]);
      expect(result.cases).toBe(100_000);
      // Else the run would be about nothing.
      expect(result.agreedOnValue).toBeGreaterThan(20_000);
      expect(result.agreedOnRefusal).toBeGreaterThan(20_000);
      expect(allowed.filter(([, count]) => count > 0).map(([name]) => name)).toEqual(CLASS_NAMES);
    },
    TIMEOUT,
  );
});

describe('the differences on purpose', () => {
  it.each(CLASS_NAMES)('are in SECURITY.md: %s', (name) => {
    expect(documented).toContain(name);
  });
});

/** How often a v1 value has a meaning under another name: groups of four base64 digits moved. */
function ambiguousSplits(name: string, signed: string): number {
  const base64 = signed.slice(0, signed.indexOf('|'));
  const intoName = /^[A-Za-z0-9+]*/.exec(base64)?.[0].length ?? 0;
  const outOfName = /[A-Za-z0-9+]*$/.exec(name)?.[0].length ?? 0;
  return Math.floor(intoName / 4) + Math.floor(Math.min(outOfName, name.length - 1) / 4);
}

describe('values that nobody signed', () => {
  it(
    'are refused, for every edit of 20 signed values; v1 tells no name from the value behind it',
    async () => {
      const result = await runEdits({ stream: 'none' });
      const version1 = SAMPLES.filter(({ version }) => version === 1);

      expect(result).toMatchObject({ forged: [], thrown: [], samples: 20 });
      expect(result.attempts).toBeGreaterThan(
        SAMPLES.reduce((sum, { signed }) => sum + editCount(signed), 0),
      );
      expect(result.shiftedNames).toBe(
        version1.reduce((sum, { name, signed }) => sum + ambiguousSplits(name, signed), 0),
      );
    },
    TIMEOUT,
  );

  it(
    `are refused, for 500,000 random mutations (seed ${seed})`,
    async () => {
      const result = await runMutations({ cases: 500_000, seed, stream: 'none' });

      expect(result).toMatchObject({ forged: [], thrown: [], attempts: 500_000 });
      expect(result.shiftedNames).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

describe('memory', () => {
  it(
    'is not kept by 100,000 verifications of good, bad and oversize values',
    async () => {
      const result = await runHeap({ cases: 100_000, stream: 'none' });

      expect(result).toMatchObject({ verifications: 100_000, valid: 33_334 });
      expect(result.growth).toBeLessThan(MAX_HEAP_GROWTH);
    },
    TIMEOUT,
  );
});
