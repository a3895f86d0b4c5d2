import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { barChart, type BarGroup } from './bar-chart.js';
import { encryptionContests, IRON_SESSION, JOSE } from './encryption-contenders.js';
import { eventsContest, UNHEARD, WITHOUT_EVENT } from './events-contenders.js';
import { measureInRounds, type Measurement } from './rounds.js';
import { FLOOR, OURS, PEER, signingContests } from './signing-contenders.js';
import { sizeContests, SIZES } from './size-contenders.js';
import { printTable } from './table.js';
import { MANY_KEYS, ONE_KEY, verifyContest, WRONG_FIRST, WRONG_LAST } from './verify-contenders.js';

type Results = Readonly<Record<string, readonly Measurement[]>>;

/** What the medians of one run may be, as ratios. Two that should be alike differ by noise alone. */
const TARGETS = [
  { contest: 'sign', of: OURS, to: PEER, atMost: 0.6 },
  { contest: 'sign', of: OURS, to: FLOOR.name, atMost: 2 },
  { contest: 'verify', of: OURS, to: PEER, atMost: 0.6 },
  { contest: 'verify', of: OURS, to: FLOOR.name, atMost: 2.5 },
  { contest: 'whateverComes', of: WRONG_FIRST, to: WRONG_LAST, atMost: 1.05 },
  { contest: 'whateverComes', of: WRONG_LAST, to: WRONG_FIRST, atMost: 1.05 },
  { contest: 'whateverComes', of: MANY_KEYS, to: ONE_KEY, atMost: 1.05 },
  { contest: 'events', of: UNHEARD, to: WITHOUT_EVENT, atMost: 1.05 },
  { contest: 'encrypt', of: OURS, to: JOSE, atMost: 0.35 },
  { contest: 'encrypt', of: OURS, to: IRON_SESSION, atMost: 0.06 },
  { contest: 'decrypt', of: OURS, to: JOSE, atMost: 0.35 },
  { contest: 'decrypt', of: OURS, to: IRON_SESSION, atMost: 0.06 },
] as const;

const RESULTS = new URL('results/', import.meta.url);

/** What signing, verifying and encrypting cost, beside the peers. */
export async function benchSigning(rounds = 25): Promise<void> {
  const contests = {
    ...(await signingContests()),
    whateverComes: verifyContest(),
    events: eventsContest(),
    ...sizeContests(),
    ...(await encryptionContests()),
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
  const bases = [FLOOR.name, PEER, JOSE, IRON_SESSION].filter((name) => median(measured, name) > 0);
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
    TARGETS.map(({ contest, of, to, atMost }) => {
      const measured = results[contest] ?? [];
      const ratio = median(measured, of) / median(measured, to);
      return [
        `${contest}: ${of} to ${to}`,
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
    bars: (results[title] ?? []).map(({ name, median: value }) => ({
      name,
      value,
      ours: name === OURS,
    })),
  }));
  const caption = `Microseconds a call, Node ${major}: the shorter, the better`;
  writeFileSync(file('svg'), barChart(caption, groups, microseconds));
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
