import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { startProcess } from '../support/child-process.js';

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
