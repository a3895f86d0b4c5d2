import { describe, expect, it } from '@jest/globals';
import { judgeMutatedProofs } from '../device-bound/support/mutated-proofs.js';
import { newSeed } from '../fuzz/random.js';

const seed = newSeed();

describe('proofs of devices', () => {
  it(`are refused where they were changed: 100,000 of them (seed ${seed})`, () => {
    const { answers, accepted, verified } = judgeMutatedProofs(100_000, seed);

    expect(accepted).toEqual([]);
    expect(Object.keys(answers)).toEqual(['401']);
    expect(verified).toBeGreaterThan(20_000);
  }, 120_000);
});
