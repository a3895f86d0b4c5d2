import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { newSeed } from '../fuzz/random.js';
import { platforms, type Platform } from '../support/platforms.js';
import { runClients } from './clients.js';
import { MAX_HEAP_GROWTH, runHostileHeaders } from './hostile-headers.js';

const USAGE = `npm run load -- [what] [--requests N] [--seed N]

what     requests  default: both, one after the other, each on Express and on Fastify
clients  200,000   a thousand identities: nobody gets another's cookie, no valid one is refused
headers  200,000   hostile Cookie headers: always answered with 200, and nothing is left in memory

The seed is printed; given again, it repeats the choices. Ctrl-C ends a run with what it has.`;

interface Run {
  readonly faults: readonly string[];
  readonly stopped: boolean;
}

const RUNS = {
  clients: async (platform: Platform, seed: number, requests: number): Promise<Run> => {
    const result = await runClients({ platform, seed, requests });
    const { answered, thrown, aborted, known, unknown, faults, stopped } = result;
    console.log(
      `${result.requests} requests: ${answered} answered, ${thrown} thrown, ${aborted} aborted; ${known} clients recognised, ${unknown} not; ${faults.length} faults`,
    );
    return { faults, stopped };
  },
  headers: async (platform: Platform, seed: number, requests: number): Promise<Run> => {
    const result = await runHostileHeaders({ platform, seed, requests });
    const { statuses, unhandled, growth, stopped } = result;
    const others = [...statuses].filter(([status]) => status !== 200);
    console.log(
      `${statuses.get(200) ?? 0} answered with 200, ${unhandled.length} unhandled rejections, heap growth ${growth} bytes`,
    );
    const faults = [
      ...others.map(([status, count]) => `${count} answered with ${status}`),
      ...unhandled.map((reason) => `unhandled: ${String(reason)}`),
      ...(growth > MAX_HEAP_GROWTH ? [`the heap has grown by ${growth} bytes`] : []),
    ];
    return { faults, stopped };
  },
};

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,9}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new Error(`Not a whole number above 0: ${text}\n\n${USAGE}`);
}

const isRun = (name: string): name is keyof typeof RUNS => Object.hasOwn(RUNS, name);

function chosenRuns(names: readonly string[]): readonly (keyof typeof RUNS)[] {
  const chosen = names.length === 0 ? Object.keys(RUNS) : names;
  const unknown = chosen.find((name) => !isRun(name));
  if (unknown !== undefined) {
    throw new Error(`There is no load ${unknown}.\n\n${USAGE}`);
  }
  return chosen.filter(isRun);
}

/** As shells report it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { requests: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber(values.seed) ?? newSeed();
  const requests = wholeNumber(values.requests) ?? 200_000;
  let failed = false;
  for (const name of chosenRuns(positionals)) {
    for (const platform of platforms) {
      console.log(`\n${name} on ${platform.platform}, seed ${seed}`);
      const { faults, stopped } = await RUNS[name](platform, seed, requests);
      for (const fault of faults.slice(0, 20)) {
        console.error(fault);
      }
      failed ||= faults.length > 0;
      if (stopped) {
        return failed ? 1 : INTERRUPTED;
      }
    }
  }
  console.log(failed ? '\nfailed' : '\npassed');
  return failed ? 1 : 0;
}

process.exitCode = await main();
