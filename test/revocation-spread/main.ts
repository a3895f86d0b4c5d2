import { parseArgs } from 'node:util';
import { newSeed } from '../fuzz/random.js';
import { startWithMarks } from './marks.js';
import { runSpread } from './spread.js';

const USAGE = `npm run revocation -- [marks] [--seconds N] [--seed N]

Three Nest processes share revocations through a Redis server that is started for the run. A client
shows 250 cookies a second and revokes 20 times a second, by user, by device and all: no revoked
cookie may be accepted later than "refreshEvery" and one load, and no other may be refused.

--seconds N  how long, 60 where left out
--seed N     the seed that an earlier run printed: the same choices, at times of their own

marks        something else: how long one process takes to start where a million marks are kept, and
             how much memory

Ctrl-C ends the run with what it has.`;

/** As shells report it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,9}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new Error(`Not a whole number above 0: ${text}\n\n${USAGE}`);
}

async function showMarks(): Promise<number> {
  const result = await startWithMarks({ marks: 1_000_000 });
  const { marks, pages, time, longestStretch, held, peak, verdicts } = result;
  console.log(
    `${marks.toLocaleString('en-US')} marks in ${pages} pages: started after ${time.toFixed(1)} s, in stretches of ${Math.round(longestStretch)} ms of processor time at most`,
  );
  console.log(
    `the list holds ${held.toFixed(0)} MB; the process took up to ${peak.toFixed(0)} MB more while it started`,
  );
  const passed = verdicts.join() === 'revoked,revoked,valid';
  console.log(passed ? 'passed' : `failed: ${verdicts.join()}`);
  return passed ? 0 : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const [what, ...others] = positionals;
  if (others.length > 0 || (what !== undefined && what !== 'marks')) {
    throw new Error(`There is no ${positionals.join(' ')}.\n\n${USAGE}`);
  }
  if (what === 'marks') {
    return showMarks();
  }
  const seed = wholeNumber(values.seed) ?? newSeed();
  const seconds = wholeNumber(values.seconds) ?? 60;
  console.log(`revocation, seed ${seed}`);
  const result = await runSpread({ seconds, seed });
  const { duration, visits, revocations, logins, renewals, faults } = result;
  const rate = (count: number): number => Math.round(count / duration);
  console.log(
    `${visits} visits, ${revocations} revocations, ${logins} log-ins and ${renewals} renewals in ${duration.toFixed(1)} s: ${rate(visits)} visits and ${rate(revocations)} revocations a second`,
  );
  const { valid, revoked, either } = result.expected;
  console.log(
    `cookies that had to be valid: ${valid}, revoked: ${revoked}, either, as a revocation was on its way: ${either}`,
  );
  console.log(
    `a revoked cookie was accepted until ${result.latest} ms later at most; refreshEvery is ${result.refreshEvery} ms, and a load took ${Math.round(result.slowestLoad)} ms at most`,
  );
  for (const fault of faults) {
    console.error(fault);
  }
  console.log(faults.length === 0 ? 'passed' : 'failed');
  if (faults.length > 0) {
    return 1;
  }
  return result.stopped ? INTERRUPTED : 0;
}

process.exitCode = await main();
