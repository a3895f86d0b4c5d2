import { describe, it } from '@jest/globals';
import { hasRedis } from './redis-server.js';

/** Runs where there is a Redis server; elsewhere the one skipped line says what is missing. */
export function describeWithRedis(title: string, body: () => void): void {
  if (hasRedis()) {
    describe(title, body);
    return;
  }
  describe.skip(title, () => {
    it('is skipped: there is no redis-server here (apt-get install redis-server)', () => undefined);
  });
}
