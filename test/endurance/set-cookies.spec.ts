import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { runReadBack } from '../set-cookies/read-back.js';

// The short form of `npm run set-cookies`, which explains itself with --help.

const seed = newSeed();

describe('Set-Cookie headers', () => {
  it(`say what was set, whoever reads them: 100,000 generated cookies (seed ${seed})`, async () => {
    const result = await runReadBack({ cookies: 100_000, seed, stream: 'none' });

    expect(result).toMatchObject({ cookies: 100_000, faults: [] });
    expect(result.joined).toBeGreaterThan(75_000);
  }, 120_000);
});
