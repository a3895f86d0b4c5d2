import { setImmediate } from 'node:timers/promises';
import { measure } from 'mitata';
import { Progress } from '../support/progress.js';
import { spread, type Spread } from './spread.js';

/** Something to measure, and the name it has in tables. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
  /** Runs before each of its turns; what it returns, after. */
  readonly prepare?: () => () => void;
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

/** How long one contender runs in one round, in nanoseconds of processor time. */
const ROUND_TIME = 60e6;

/**
 * Measures all contenders in turn, again and again, so that a machine whose speed drifts slows all of
 * them alike. Stops early when told, with what it has.
 */
export async function measureInRounds(
  { title, contenders }: Contest,
  rounds: number,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const progress = new Progress(title, rounds * contenders.length);
  const samples = contenders.map((): number[] => []);
  for (let turn = 0; turn < rounds * contenders.length && !signal.aborted; turn += 1) {
    const index = turn % contenders.length;
    const contender = contenders[index];
    if (contender !== undefined) {
      samples[index]?.push(await medianTime(contender));
    }
    progress.update(turn + 1);
    // Signals are delivered between the turns.
    await setImmediate();
  }
  progress.end();
  return contenders.map(({ name }, index) => ({ name, ...spread(samples[index] ?? []) }));
}

async function medianTime({ run, prepare }: Contender): Promise<number> {
  const undo = prepare?.();
  const { p50 } = await measure(run, { min_cpu_time: ROUND_TIME });
  undo?.();
  return p50;
}
