import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { Refresher } from '../../lib/refresher.js';
import { startProcess } from '../support/child-process.js';
import { collectGarbage } from '../support/garbage.js';

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

it('a process that was stopped for longer than maxStale refuses, loads at once, and goes on', async () => {
  const program = fileURLToPath(new URL('../support/frozen-refresher.ts', import.meta.url));
  const child = await startProcess(
    [process.execPath, '--import', 'tsx', program],
    { NODE_NO_WARNINGS: '1' },
    /ready (\d+)/,
  );
  const pid = Number(child.ready[1]);
  process.kill(pid, 'SIGSTOP');
  await sleep(5500);
  process.kill(pid, 'SIGCONT');
  for (let wait = 0; wait < 200 && !child.output().includes('fresh with'); wait += 1) {
    await sleep(50);
  }
  await child.stop();

  expect(child.output()).toContain('first read: stale\nfresh with load 2\n');
}, 60_000);
