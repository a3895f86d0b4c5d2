/**
 * `npm run bench`: what signing and verifying cost, beside the peers, in one run.
 *
 *     --rounds <n>   how often each contender has its turn, 15 where left out
 *     --node <n>     runs under that version of Node, from the npm registry
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { barChart, type BarGroup } from './bar-chart.js';
import { runUnderNode } from './node-versions.js';
import { measureInRounds, type Measurement } from './rounds.js';
import { FLOOR, OURS, PEER, signingContests } from './signing-contenders.js';
import { sizeContests, SIZES } from './size-contenders.js';
import { printTable } from './table.js';
import { verifyContest } from './verify-contenders.js';

type Results = Readonly<Record<string, readonly Measurement[]>>;

/** What the medians of one run may be, as ratios. */
const TARGETS = [
  { contest: 'sign', to: PEER, atMost: 0.6 },
  { contest: 'sign', to: FLOOR.name, atMost: 2 },
  { contest: 'verify', to: PEER, atMost: 0.6 },
  { contest: 'verify', to: FLOOR.name, atMost: 2.5 },
] as const;

const RESULTS = new URL('results/', import.meta.url);

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, node: { type: 'string' } },
});

if (options.node === undefined) {
  await bench(Number(options.rounds));
} else {
  process.exitCode = await runUnderNode(options.node, import.meta.filename, [
    `--rounds=${options.rounds}`,
  ]);
}

async function bench(rounds: number): Promise<void> {
  const contests = {
    ...(await signingContests()),
    verifyWhateverComes: verifyContest(),
    ...sizeContests(),
  };
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const results: Record<string, readonly Measurement[]> = {};
  for (const [key, contest] of Object.entries(contests)) {
    const { measurements, stopped } = await measureInRounds(contest, rounds);
    printMeasurements(contest.title, measurements);
    if (stopped) {
      console.log('\nStopped early: nothing was written.');
      return;
    }
    results[key] = measurements;
  }
  printGrowth(results);
  printTargets(results);
  write(rounds, results);
}

function printMeasurements(title: string, measured: readonly Measurement[]): void {
  const bases = [FLOOR.name, PEER].filter((name) => median(measured, name) > 0);
  printTable(
    title,
    ['', 'ns', 'min..max', ...bases.map((name) => `x ${name}`)],
    measured.map(({ name, median: time, min, max }) => [
      name,
      nanoseconds(time),
      `${nanoseconds(min)}..${nanoseconds(max)}`,
      ...bases.map((base) => (time / median(measured, base)).toFixed(2)),
    ]),
  );
}

/** How far the sizes lie from the straight line through the smallest and the largest. */
function printGrowth({ signSizes = [], verifySizes = [] }: Results): void {
  for (const sizes of [signSizes, verifySizes]) {
    const [smallest, largest] = [sizes[0]?.median ?? 0, sizes.at(-1)?.median ?? 0];
    const span = (SIZES.at(-1) ?? 0) - SIZES[0];
    const ratios = sizes.map(({ median: time }, index) => {
      const share = ((SIZES[index] ?? 0) - SIZES[0]) / span;
      return time / (smallest + share * (largest - smallest));
    });
    const slope = (1000 * (largest - smallest)) / span;
    console.log(
      `${sizes === signSizes ? 'sign' : 'verify'} grows by ${slope.toFixed(0)} ns for 1,000 bytes; against a straight line ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    );
  }
}

function printTargets(results: Results): void {
  printTable(
    'targets',
    ['', 'ratio', 'at most', ''],
    TARGETS.map(({ contest, to, atMost }) => {
      const measured = results[contest] ?? [];
      const ratio = median(measured, OURS) / median(measured, to);
      return [
        `${contest} to ${to}`,
        ratio.toFixed(2),
        atMost.toFixed(2),
        ratio <= atMost ? 'reached' : 'MISSED',
      ];
    }),
  );
}

function write(rounds: number, results: Results): void {
  const major = process.versions.node.split('.', 1)[0];
  const file = (extension: string): URL => new URL(`signing-node${major}.${extension}`, RESULTS);
  const run = { node: process.version, processor: cpus()[0]?.model, unit: 'ns', rounds, results };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(file('json'), `${JSON.stringify(run, null, 2)}\n`);
  const groups = ['sign', 'verify'].map((title): BarGroup => ({
    title,
    bars: (results[title] ?? []).map(({ name, median: value }) => ({ name, value })),
  }));
  const caption = `Microseconds a call, Node ${major}: the shorter, the better`;
  writeFileSync(file('svg'), barChart(caption, groups, OURS, microseconds));
}

function median(measured: readonly Measurement[], name: string): number {
  return measured.find((measurement) => measurement.name === name)?.median ?? Number.NaN;
}

function microseconds(time: number): string {
  return (time / 1000).toFixed(2);
}

function nanoseconds(time: number): string {
  return time < 10 ? time.toFixed(1) : time.toFixed(0);
}
