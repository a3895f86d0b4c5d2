import { setTimeout as sleep } from 'node:timers/promises';
import { Refresher } from '../../lib/refresher.js';

// A process that is to be stopped for longer than two seconds: what it finds at its first read after
// that, and after how many loads all is fresh again.

let loads = 0;
const refresher = new Refresher({
  load: async () => {
    loads += 1;
    await sleep(100);
  },
  apply: () => undefined,
  // No load but the first before it is stopped, and none by this pause after it.
  refreshEvery: 60,
  maxStale: 2,
  timeout: 10,
  timeoutError: () => new Error('late'),
  onFailure: console.error,
  onStale: undefined,
  clock: undefined,
});
await refresher.start();

const FROZEN_MILLISECONDS = 2000;
let last = Date.now();
let wasFrozen = false;

function look(): void {
  const now = Date.now();
  if (!wasFrozen && now - last > FROZEN_MILLISECONDS) {
    wasFrozen = true;
    console.log(`first read: ${refresher.isStale() ? 'stale' : 'fresh'}`);
  } else if (wasFrozen && !refresher.isStale()) {
    console.log(`fresh with load ${loads}`);
    return;
  }
  last = now;
  setImmediate(look);
}

console.log(`ready ${process.pid}`);
look();
