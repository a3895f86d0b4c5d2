import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { ANSWERS, measureInTurns } from './processor-turns.js';
import {
  requestContests,
  type RequestContender,
  type RequestContest,
} from './request-contenders.js';
import { quartiles, type Quartiles } from './spread.js';
import { printTable } from './table.js';

/** What one contender adds to a request that does nothing with cookies. */
interface Measurement {
  readonly name: string;
  /** Nanoseconds of processor time, round by round beside the base. */
  readonly adds: Quartiles;
  /** The same as a share of what doing it by hand adds. */
  readonly toByHand: Quartiles;
  readonly atMost?: number | undefined;
}

interface Result {
  readonly title: string;
  readonly base: Quartiles;
  readonly measurements: readonly Measurement[];
}

const RESULTS = new URL('results/', import.meta.url);

/** What reading, and what setting, one cookie adds to a request. */
export async function benchRequest(rounds = 200): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const contests = await requestContests();
  const contenders = contests.flatMap(({ base, byHand, ours }) => [base, byHand, ...ours]);
  const samples = new Map(contenders.map((contender) => [contender, new Array<number>()]));
  const complete = await measureInTurns(contenders, samples, rounds);
  const results = contests.map((contest) => resultOf(contest, samples));
  results.forEach(printMeasurements);
  if (complete) {
    write(rounds, results);
  } else {
    console.log('\nStopped early: nothing was written.');
  }
}

function resultOf(
  { title, base, byHand, ours }: RequestContest,
  samples: ReadonlyMap<RequestContender, readonly number[]>,
): Result {
  const times = (contender: RequestContender): readonly number[] => samples.get(contender) ?? [];
  const added = (contender: RequestContender): readonly number[] =>
    times(contender).map((time, round) => time - (times(base)[round] ?? Number.NaN));
  const byHandAdds = added(byHand);
  return {
    title,
    base: quartiles(times(base)),
    measurements: [byHand, ...ours].map((contender) => ({
      name: contender.name,
      adds: quartiles(added(contender)),
      toByHand: quartiles(
        added(contender).map((time, round) => time / (byHandAdds[round] ?? Number.NaN)),
      ),
      atMost: contender.atMost,
    })),
  };
}

function printMeasurements({ title, base, measurements }: Result): void {
  printTable(
    title,
    ['', 'adds ns', 'quartiles', 'x by hand', 'quartiles', 'at most', ''],
    measurements.map(({ name, adds, toByHand, atMost }) => [
      name,
      adds.median.toFixed(0),
      `${adds.lower.toFixed(0)}..${adds.upper.toFixed(0)}`,
      toByHand.median.toFixed(2),
      `${toByHand.lower.toFixed(2)}..${toByHand.upper.toFixed(2)}`,
      ...(atMost === undefined
        ? ['', '']
        : [atMost.toFixed(2), toByHand.median <= atMost ? 'reached' : 'MISSED']),
    ]),
  );
  console.log(`to ${base.median.toFixed(0)} ns for a request without cookies`);
}

function write(rounds: number, results: readonly Result[]): void {
  const major = process.versions.node.split('.', 1)[0];
  const run = {
    node: process.version,
    processor: cpus()[0]?.model,
    unit: 'ns of processor time',
    rounds,
    requests: ANSWERS,
    results,
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`request-node${major}.json`, RESULTS), `${JSON.stringify(run, null, 2)}\n`);
}
