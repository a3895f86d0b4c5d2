import { Progress } from '../../support/progress.js';
import type { HttpContender } from './contests.js';
import { load, type Turn } from './load.js';
import type { Server } from './servers.js';

/** A server that runs, and what it did in each round. */
export interface Entrant extends HttpContender {
  readonly server: Server;
  readonly turns: Turn[];
}

/**
 * Loads one server after the other, again and again, in alternating order: a machine whose speed
 * drifts slows all of them alike. The first round, in which code is still being compiled, does not
 * count. Ctrl-C ends it with what it has.
 *
 * @returns whether all rounds were run
 */
export async function measureInTurns(
  entrants: readonly Entrant[],
  rounds: number,
  seconds: number,
): Promise<boolean> {
  const progress = new Progress({ title: 'turns', total: (rounds + 1) * entrants.length });
  const backwards = entrants.toReversed();
  while (!progress.done) {
    const round = Math.floor(progress.count / entrants.length);
    const order = round % 2 === 0 ? entrants : backwards;
    const entrant = order[progress.count % entrants.length];
    const turn = entrant === undefined ? undefined : await load(entrant.server, seconds);
    await progress.advance(1);
    if (round > 0 && !progress.stopped && turn !== undefined) {
      entrant?.turns.push(turn);
    }
  }
  progress.finish();
  return !progress.stopped;
}
