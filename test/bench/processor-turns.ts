import { Progress } from '../support/progress.js';

/** Something to measure. */
export interface TurnTaker {
  readonly answer: () => void;
}

/** How often one contender answers in one turn. */
export const ANSWERS = 1000;

/** Rounds before those that count: code is being compiled. */
const WARM_UP = 10;

/**
 * One contender after the other, again and again, in alternating order: a machine whose speed drifts
 * slows all of them alike. Processor time is counted, which others do not take part in.
 *
 * @param samples - filled with nanoseconds for one answer, a figure for each round
 * @returns whether all rounds were run
 */
export async function measureInTurns<Contender extends TurnTaker>(
  contenders: readonly Contender[],
  samples: ReadonlyMap<Contender, number[]>,
  rounds: number,
): Promise<boolean> {
  const total = (rounds + WARM_UP) * contenders.length;
  const progress = new Progress({ title: 'turns', total });
  const backwards = contenders.toReversed();
  while (!progress.done) {
    const round = Math.floor(progress.count / contenders.length);
    const order = round % 2 === 0 ? contenders : backwards;
    const contender = order[progress.count % contenders.length];
    const time = contender === undefined ? 0 : timeOf(contender);
    if (contender !== undefined && round >= WARM_UP) {
      samples.get(contender)?.push(time);
    }
    await progress.advance(1);
  }
  progress.finish();
  return !progress.stopped;
}

/** Nanoseconds of processor time that one answer takes. */
function timeOf({ answer }: TurnTaker): number {
  const before = process.cpuUsage();
  for (let count = 0; count < ANSWERS; count += 1) {
    answer();
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / ANSWERS;
}
