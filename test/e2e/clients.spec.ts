import { describe, expect, it } from '@jest/globals';
import { newSeed } from '../fuzz/random.js';
import { IDENTITIES, runClients } from '../load/clients.js';
import { platforms } from '../support/platforms.js';

// The short form of `npm run load -- clients`.

const REQUESTS = 20_000;
const seed = newSeed();

describe.each(platforms)('one server and many clients, on $platform', (platform) => {
  it(`no response carries another's cookie, no valid cookie is refused (seed ${seed})`, async () => {
    const result = await runClients({ platform, requests: REQUESTS, seed, stream: 'none' });
    const { answered, thrown, aborted, known, unknown, faults } = result;

    expect(faults).toEqual([]);
    expect(answered + thrown + aborted).toBe(REQUESTS);
    expect(thrown).toBeGreaterThan(REQUESTS / 20);
    expect(aborted).toBeGreaterThan(REQUESTS / 40);
    // Both ways are taken: cookies that are recognised, and those whose key was retired meanwhile.
    expect(known).toBeGreaterThan(REQUESTS / 4);
    expect(unknown).toBeGreaterThan(IDENTITIES);
  }, 600_000);
});
