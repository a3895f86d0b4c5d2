/**
 * `npm run bench:http`: requests per second, and the server's processor time for a request, with and
 * without secure cookies, beside Nest's own signed cookies and beside Tornado. Each server is a process
 * of its own, and so is the load.
 *
 *     --rounds <n>    how often each server has its turn, 14 where left out
 *     --seconds <n>   how long a turn is, 1 where left out
 *     --only <text>   the contests whose titles hold it; writes nothing
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { barChart } from './bar-chart.js';
import { HTTP_CONTESTS, type HttpContest } from './http/contests.js';
import type { Turn } from './http/load.js';
import { measureInTurns, type Entrant } from './http/turns.js';
import { quartiles, spread, type Quartiles, type Spread } from './spread.js';
import { printTable } from './table.js';

interface Measurement {
  readonly name: string;
  /** Requests per second. */
  readonly rate: Spread;
  /** Microseconds for a request; none of Tornado, which is not asked. */
  readonly processorTime: Quartiles | undefined;
}

interface Comparison {
  readonly to: string;
  /** Our rate as a share of the other's, round by round: what slows both cancels out. */
  readonly ratio: Spread;
  /** Microseconds that a request takes more with us than with the other, round by round. */
  readonly takesMore: Quartiles | undefined;
  readonly atLeast: number | undefined;
}

interface Result {
  readonly title: string;
  readonly measurements: readonly Measurement[];
  readonly comparisons: readonly Comparison[];
}

const RESULTS = new URL('results/', import.meta.url);

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '14' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});

await bench(HTTP_CONTESTS.filter(({ title }) => title.includes(options.only)));

async function bench(contests: readonly HttpContest[]): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const entrants: Entrant[] = [];
  try {
    for (const contender of contests.flatMap(({ ours, others }) => [ours, ...others])) {
      entrants.push({ ...contender, server: await contender.start(), turns: [] });
    }
    const { rounds, seconds } = options;
    const complete = await measureInTurns(entrants, Number(rounds), Number(seconds));
    const results = contests.map((contest) => resultOf(contest, entrants));
    if (entrants.every(({ turns }) => turns.length > 0)) {
      results.forEach(printMeasurements);
      printTargets(results);
    }
    if (complete && options.only === '') {
      write(results);
    } else {
      console.log('\nNot everything was measured: nothing was written.');
    }
  } finally {
    await Promise.all(entrants.map(({ server }) => server.stop()));
  }
}

function resultOf({ title, ours, others }: HttpContest, entrants: readonly Entrant[]): Result {
  const turnsOf = ({ start }: HttpContest['ours']): readonly Turn[] =>
    entrants.find((entrant) => entrant.start === start)?.turns ?? [];
  const ourTurns = turnsOf(ours);
  return {
    title,
    measurements: [ours, ...others].map((contender) => ({
      name: contender.name,
      rate: spread(turnsOf(contender).map(({ rate }) => rate)),
      processorTime: known(turnsOf(contender).map(({ processorTime }) => processorTime)),
    })),
    comparisons: others.map((other) => ({
      to: other.name,
      ratio: spread(turnsOf(other).map(({ rate }, round) => (ourTurns[round]?.rate ?? NaN) / rate)),
      takesMore: known(
        turnsOf(other).map(({ processorTime }, round) =>
          difference(ourTurns[round]?.processorTime, processorTime),
        ),
      ),
      atLeast: other.atLeast,
    })),
  };
}

function difference(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one - other;
}

function known(times: readonly (number | undefined)[]): Quartiles | undefined {
  const told = times.filter((time) => time !== undefined);
  return told.length === 0 ? undefined : quartiles(told);
}

function printMeasurements({ title, measurements }: Result): void {
  printTable(
    title,
    ['', 'requests/s', 'min..max', 'processor µs', 'quartiles'],
    measurements.map(({ name, rate: { median, min, max }, processorTime }) => [
      name,
      median.toFixed(0),
      `${min.toFixed(0)}..${max.toFixed(0)}`,
      ...microseconds(processorTime),
    ]),
  );
}

function printTargets(results: readonly Result[]): void {
  printTable(
    'comparisons, round by round',
    ['', 'rate', 'min..max', 'at least', '', 'processor µs more', 'quartiles'],
    results.flatMap(({ title, comparisons }) =>
      comparisons.map(({ to, ratio: { median, min, max }, takesMore, atLeast }) => [
        `${title}: to ${to}`,
        median.toFixed(2),
        `${min.toFixed(2)}..${max.toFixed(2)}`,
        ...(atLeast === undefined
          ? ['', '']
          : [atLeast.toFixed(2), median >= atLeast ? 'reached' : 'MISSED']),
        ...microseconds(takesMore),
      ]),
    ),
  );
}

function microseconds(time: Quartiles | undefined): readonly [string, string] {
  return time === undefined
    ? ['-', '']
    : [time.median.toFixed(1), `${time.lower.toFixed(1)}..${time.upper.toFixed(1)}`];
}

function write(results: readonly Result[]): void {
  const { rounds, seconds } = options;
  const run = {
    node: process.version,
    processor: cpus()[0]?.model,
    unit: 'requests per second',
    rounds: Number(rounds),
    seconds: Number(seconds),
    results,
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL('http.json', RESULTS), `${JSON.stringify(run, null, 2)}\n`);
  const groups = results.map(({ title, measurements }) => ({
    title,
    bars: measurements.map(({ name, rate }, index) => ({
      name,
      value: rate.median,
      ours: index === 0,
    })),
  }));
  const [major] = process.version.split('.', 1);
  const caption = `Requests per second, Node ${major}: the longer, the better`;
  writeFileSync(
    new URL('http.svg', RESULTS),
    barChart(caption, groups, (rate) => rate.toFixed(0)),
  );
}
