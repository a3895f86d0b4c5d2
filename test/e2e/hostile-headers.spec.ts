import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { MAX_HEAP_GROWTH, runHostileHeaders } from '../load/hostile-headers.js';
import { platforms } from '../support/platforms.js';

// The short form of `npm run load -- headers`.

const REQUESTS = 10_000;
const seed = newSeed();

describe.each(platforms)('any Cookie header at all, on $platform', (platform) => {
  it(`is answered with 200, and leaves nothing behind (seed ${seed})`, async () => {
    const { statuses, unhandled, growth } = await runHostileHeaders({
      platform,
      requests: REQUESTS,
      seed,
      stream: 'none',
    });

    expect([...statuses]).toEqual([[200, REQUESTS]]);
    expect(unhandled).toEqual([]);
    expect(growth).toBeLessThan(MAX_HEAP_GROWTH);
  }, 600_000);
});
