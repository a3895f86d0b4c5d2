import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { judgeMutatedProofs } from './support/mutated-proofs.js';

const seed = newSeed();

describe('proofs that were changed', () => {
  it(`are refused, 500 of them: 401, and nothing thrown (seed ${seed})`, () => {
    const { answers, accepted, verified } = judgeMutatedProofs(500, seed);

    expect(accepted).toEqual([]);
    expect(Object.keys(answers)).toEqual(['401']);
    expect(verified).toBeGreaterThan(100);
  });
});
