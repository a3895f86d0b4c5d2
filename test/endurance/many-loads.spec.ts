import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Refresher } from '../../lib/refresher.js';
import { RevocationList } from '../../lib/revocation/revocation-list.js';
import { RevocationLoader } from '../../lib/revocation/revocation-loader.js';
import type { SecureCookieRevocationSource } from '../../lib/revocation/revocation-source.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { collectGarbage } from '../support/garbage.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';

const LOADS = 50_000;

async function heapInUse(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('50,000 loads leave nothing behind', async () => {
  let now = 0;
  let loads = 0;
  const refresher: Refresher<number> = new Refresher<number>({
    load: async (signal) => {
      signal.addEventListener('abort', () => undefined);
      loads += 1;
      return loads;
    },
    apply: () => undefined,
    refreshEvery: 60,
    maxStale: 150,
    timeout: 10,
    timeoutError: () => new Error('late'),
    onFailure: () => undefined,
    onStale: undefined,
    clock: () => now,
  });
  const load = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      // The next load is overdue, and begins with this read.
      now += 61;
      refresher.isStale();
      await turn();
    }
  };
  await refresher.start();
  await load(5000);
  const before = await heapInUse();
  await load(LOADS);
  const growth = (await heapInUse()) - before;
  refresher.stop();

  expect(loads).toBe(1 + 5000 + LOADS);
  // A listener, a signal or a timer for each would take over 5 MB.
  expect(growth).toBeLessThan(1024 * 1024);
}, 120_000);

it('50,000 loads of revocations leave nothing behind, each of which may take two seconds', async () => {
  let now = 1_300_000_000;
  let loads = 0;
  const source: SecureCookieRevocationSource = {
    // As many clients do: it leaves its listener there.
    load: async (_cursor, signal) => {
      signal.addEventListener('abort', () => undefined);
      loads += 1;
      return { cursor: '1', marks: [] };
    },
    record: async () => undefined,
  };
  const settings = { source, refreshEvery: 60, maxStale: 150 };
  const signer = new SecureCookieSigner({ secret: SECRET, clock: () => now });
  const log = new RecordedLog();
  const loader = new RevocationLoader(settings, signer, new RevocationList(), log);
  const load = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      now += 61;
      loader.isStale(now);
      await turn();
    }
  };
  await loader.start();
  await load(5000);
  const before = await heapInUse();
  await load(LOADS);
  const growth = (await heapInUse()) - before;
  loader.stop();

  expect(loads).toBe(2 + 5000 + LOADS);
  expect(log.lines).toEqual([]);
  expect(growth).toBeLessThan(1024 * 1024);
}, 120_000);
