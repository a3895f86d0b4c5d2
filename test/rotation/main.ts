import { parseArgs } from 'node:util';
import { newSeed } from '../fuzz/random.js';
import { runRotation } from './rotation.js';

const USAGE = `npm run rotation -- [--seconds N] [--seed N]

Three Nest processes share a ring through a file and a key provider, their clocks up to a second
apart. The ring turns through its three stages again and again, while a client shows 250 cookies a
second: none may be refused inside its window, none accepted once its key is gone everywhere.

--seconds N  how long, 60 where left out
--seed N     the seed that an earlier run printed: the same choices, at times of their own

Ctrl-C ends the run with what it has.`;

/** As shells report it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,9}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new Error(`Not a whole number above 0: ${text}\n\n${USAGE}`);
}

const counts = (verdicts: Readonly<Record<string, number>>): string =>
  Object.entries(verdicts)
    .map(([what, count]) => `${count} ${what}`)
    .toSorted()
    .join(', ');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber(values.seed) ?? newSeed();
  const seconds = wholeNumber(values.seconds) ?? 60;
  console.log(`rotation, seed ${seed}`);
  const result = await runRotation({ seconds, seed });
  const { duration, visits, turns, slowest, clockOffsets, faults, stopped } = result;
  console.log(
    `${visits} visits in ${duration.toFixed(1)} s, ${Math.round(visits / duration)} a second`,
  );
  console.log(
    `${turns} turns of the keys; a ring was everywhere after ${Math.round(slowest)} ms at most`,
  );
  console.log(`clocks ahead by ${clockOffsets.join(', ')} s`);
  console.log(`by the app's maxAge, cookies that had to be: ${counts(result.strict)}`);
  console.log(`without one, by their keys alone: ${counts(result.lenient)}`);
  for (const fault of faults) {
    console.error(fault);
  }
  console.log(faults.length === 0 ? 'passed' : 'failed');
  if (faults.length > 0) {
    return 1;
  }
  return stopped ? INTERRUPTED : 0;
}

process.exitCode = await main();
