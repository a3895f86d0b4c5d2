import { parseArgs } from 'node:util';
import { newSeed } from '../fuzz/random.js';
import { runReadBack } from './read-back.js';

const USAGE = `npm run set-cookies -- [--cookies N] [--seed N]

Sets generated cookies and reads each header back: with the package cookie, with tough-cookie and with
readSetCookies, alone and joined with others. What is read must be what was set, and the header must be
the one that the package cookie writes, byte for byte.

--cookies N  how many, 1,000,000 where left out
--seed N     the seed that an earlier run printed: the same cookies

Ctrl-C ends the run with what it has.`;

/** As shells report it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,10}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new Error(`Not a whole number: ${text}\n\n${USAGE}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { cookies: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber(values.seed) ?? newSeed();
  console.log(`set-cookies, seed ${seed}`);
  const result = await runReadBack({ cookies: wholeNumber(values.cookies) ?? 1_000_000, seed });
  console.log(`${result.cookies} cookies read back, ${result.joined} of them joined with others`);
  for (const fault of result.faults) {
    console.error(fault);
  }
  console.log(result.faults.length === 0 ? 'passed' : 'failed');
  if (result.faults.length > 0) {
    return 1;
  }
  return result.stopped ? INTERRUPTED : 0;
}

process.exitCode = await main();
