import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { cachingHeaders, CachingModule, dueSession } from './support/caching-app.js';
import { describeWithEachCache } from './support/describe-with-cache.js';
import { startCache, type RunningCache } from './support/start-cache.js';

// Varnish compiles its configuration when it starts.
jest.setTimeout(60_000);

/** What came from a cache or through it. */
interface Received {
  readonly status: number;
  readonly setCookies: readonly string[];
  readonly body: string;
}

const table = cachingHeaders.map((headers, index) => ({
  index,
  // Dates would give the tests new titles each time.
  title: JSON.stringify(headers).replaceAll(/\w+, \d+ \w+ \d+ [\d:]+ GMT/g, '(date)'),
}));

describe.each(platforms)('two clients of an app on $platform', (platform) => {
  describeWithEachCache((cache) => {
    let app: RunningApp;
    let running: RunningCache;

    beforeAll(async () => {
      app = await startApp(platform, CachingModule);
      running = await startCache(cache, Number(new URL(app.url).port));
    });
    afterAll(async () => {
      await running.stop();
      await app.close();
    });

    async function get(path: string, cookie?: string): Promise<Received> {
      const headers = cookie === undefined ? {} : { cookie };
      const response = await fetch(running.url + path, { headers });
      return {
        status: response.status,
        setCookies: response.headers.getSetCookie(),
        body: await response.text(),
      };
    }

    describe.each(table)('that says $title', ({ index }) => {
      it('where a cookie is set, the second one gets another', async () => {
        const first = await get(`/set/${index}`);
        const second = await get(`/set/${index}`);

        expect(first.setCookies).toEqual([expect.stringMatching(/^session=2\|/)]);
        expect(second.setCookies).toEqual([expect.stringMatching(/^session=2\|/)]);
        expect(second.setCookies).not.toEqual(first.setCookies);
        expect(second.body).not.toBe(first.body);
      });

      it('where a cookie is cleared, the second one is answered by the app', async () => {
        const first = await get(`/clear/${index}`);
        const second = await get(`/clear/${index}`);

        expect(first.setCookies).toEqual([expect.stringMatching(/^session=; Max-Age=0/)]);
        expect(second.body).not.toBe(first.body);
      });

      it('where a cookie is renewed, no other gets it: a stranger, or a user of the same page', async () => {
        const first = await get(`/renew/${index}`, dueSession('alice'));
        const stranger = await get(`/renew/${index}`);
        const other = await get(`/renew/${index}`, dueSession('bob'));

        expect(first.status).toBe(200);
        expect(stranger).toMatchObject({ status: 401, setCookies: [] });
        expect(other.status).toBe(200);
        expect(other.body).not.toBe(first.body);
        for (const setCookie of first.setCookies) {
          expect(other.setCookies).not.toContain(setCookie);
        }
      });

      it('where a cookie is read, everybody gets the own page', async () => {
        const bodies = [];
        for (const cookie of [dueSession('alice'), undefined, dueSession('bob')]) {
          bodies.push((await get(`/read/${index}`, cookie)).body);
        }

        expect(bodies).toEqual(['Hello alice', 'Hello stranger', 'Hello bob']);
      });
    });

    it('answers from memory what is for everybody', async () => {
      const first = await get('/for-everybody');
      const second = await get('/for-everybody');

      expect(first.body).toMatch(/^answer/);
      expect(second.body).toBe(first.body);
    });

    it(`${cache.keepsSetCookie ? 'hands' : 'does not hand'} on a cookie that is set by hand`, async () => {
      let handedOn = 0;
      for (const { index } of table) {
        const first = await get(`/by-hand/${index}`);
        const second = await get(`/by-hand/${index}`);
        handedOn += second.setCookies.join() === first.setCookies.join() ? 1 : 0;
      }

      expect(handedOn > 0).toBe(cache.keepsSetCookie);
    });

    it(`${cache.keepsPagesOfCookies ? 'hands' : 'does not hand'} on a page that reads cookies by hand`, async () => {
      const alice = await get('/read-by-hand', 'session=alice');
      const bob = await get('/read-by-hand', 'session=bob');

      expect(alice.body).toBe('Hello session=alice');
      expect(bob.body === alice.body).toBe(cache.keepsPagesOfCookies);
    });
  });
});
