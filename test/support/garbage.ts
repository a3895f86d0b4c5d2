import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Collects what can be collected, also what is let go in the next turns of the event loop. */
export async function collectGarbage(isEnough: () => boolean = () => false): Promise<void> {
  for (let round = 0; round < 10 && !isEnough(); round += 1) {
    await turn();
    collect();
  }
}

/** How many of them are still in memory, once what can be collected was. */
export async function countAlive(references: readonly WeakRef<object>[]): Promise<number> {
  const alive = (): number =>
    references.filter((reference) => reference.deref() !== undefined).length;
  await collectGarbage(() => alive() === 0);
  return alive();
}
