import { measure } from 'mitata';
import { Progress } from '../support/progress.js';
import { spread, type Spread } from './spread.js';

/** Something to measure, and the name it has in tables. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

/** Contenders that are measured together, and their title. */
export interface Contest {
  readonly title: string;
  readonly contenders: readonly Contender[];
}

/** Nanoseconds a call: the rounds' medians. */
export interface Measurement extends Spread {
  readonly name: string;
}

/** What was measured, and whether all rounds were run. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  readonly stopped: boolean;
}

/** How long one contender runs in one round, in nanoseconds of processor time. */
const ROUND_TIME = 30e6;

/** Calls in one sample: few, so that most samples end before the system gives the processor away. */
const BATCH = 256;

/**
 * Measures all contenders in turn, again and again, so that a machine whose speed drifts slows all of
 * them alike. Ctrl-C ends it with what it has.
 */
export async function measureInRounds(
  { title, contenders }: Contest,
  rounds: number,
): Promise<Measured> {
  const progress = new Progress({ title, total: rounds * contenders.length });
  const samples = contenders.map((): number[] => []);
  while (!progress.done) {
    const index = progress.count % contenders.length;
    const contender = contenders[index];
    if (contender !== undefined) {
      samples[index]?.push(await medianTime(contender));
    }
    await progress.advance(1);
  }
  progress.finish();
  return {
    measurements: contenders.map(({ name }, index) => ({ name, ...spread(samples[index] ?? []) })),
    stopped: progress.stopped,
  };
}

async function medianTime({ run }: Contender): Promise<number> {
  const { p50 } = await measure(run, { min_cpu_time: ROUND_TIME, batch_samples: BATCH });
  return p50;
}
