import { existsSync } from 'node:fs';
import { describe, it } from '@jest/globals';
import { sharedCaches, type SharedCache } from './shared-caches.js';

/** Once for each cache that is installed; for another, the one skipped line says what is missing. */
export function describeWithEachCache(body: (cache: SharedCache) => void): void {
  for (const cache of sharedCaches) {
    const title = `behind ${cache.cache}`;
    if (existsSync(cache.program)) {
      describe(title, () => body(cache));
    } else {
      describe.skip(title, () => {
        it(`is skipped: ${cache.program} is missing (apt-get install ${cache.debian})`, () =>
          undefined);
      });
    }
  }
}
