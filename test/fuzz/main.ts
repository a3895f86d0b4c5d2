import { parseArgs } from 'node:util';
import { runDifferential } from './differential.js';
import { runEdits } from './edits.js';
import { MAX_HEAP_GROWTH, runHeap } from './heap.js';
import { runMutations } from './mutations.js';
import { newSeed } from './random.js';
import type { AttemptsResult } from './attempts.js';

const USAGE = `npm run fuzz -- [what] [--cases N] [--seed N]

what         cases       default: all of them, one after the other
differential 1,000,000   the same questions to us and to a real Tornado
edits        all         every edit of 20 signed values
mutations    10,000,000  random mutations of them
heap         5,000,000   verifications, after which no more memory is in use than before

The seed is printed; given again, it repeats the run. Ctrl-C ends a run with what it has.`;

interface Run {
  readonly failed: boolean;
  readonly stopped: boolean;
}

const RUNS = {
  differential: async (seed: number, cases = 1_000_000): Promise<Run> => {
    const result = await runDifferential({ cases, seed });
    const { agreedOnValue, agreedOnRefusal, allowed, unexplained, stopped } = result;
    console.log(
      `${result.cases} cases: ${agreedOnValue} values and ${agreedOnRefusal} refusals agree`,
    );
    for (const [name, count] of allowed) {
      console.log(`${String(count).padStart(9)}  ${name}`);
    }
    reportEach('unexplained disagreement', unexplained);
    return { failed: unexplained.length > 0, stopped };
  },
  edits: async (): Promise<Run> => {
    const result = await runEdits({});
    return { failed: reportAttempts(result), stopped: result.stopped };
  },
  mutations: async (seed: number, cases = 10_000_000): Promise<Run> => {
    const result = await runMutations({ cases, seed });
    return { failed: reportAttempts(result), stopped: result.stopped };
  },
  heap: async (_seed: number, cases = 5_000_000): Promise<Run> => {
    const { verifications, valid, growth, stopped } = await runHeap({ cases });
    console.log(`${verifications} verifications, ${valid} valid: heap growth ${growth} bytes`);
    return { failed: growth > MAX_HEAP_GROWTH, stopped };
  },
};

function reportAttempts({ attempts, forged, thrown, shiftedNames }: AttemptsResult): boolean {
  console.log(
    `${attempts} attempts: ${forged.length} forged, ${thrown.length} thrown; ${shiftedNames} v1 values accepted under a shifted name`,
  );
  reportEach('forged', forged);
  reportEach('thrown', thrown);
  return forged.length + thrown.length > 0;
}

function reportEach(what: string, entries: readonly string[]): void {
  for (const entry of entries) {
    console.error(`${what}: ${entry}`);
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,10}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new Error(`Not a whole number: ${text}\n\n${USAGE}`);
}

const isRun = (name: string): name is keyof typeof RUNS => Object.hasOwn(RUNS, name);

function chosenRuns(names: readonly string[]): readonly (keyof typeof RUNS)[] {
  const chosen = names.length === 0 ? Object.keys(RUNS) : names;
  const unknown = chosen.find((name) => !isRun(name));
  if (unknown !== undefined) {
    throw new Error(`There is no fuzzer ${unknown}.\n\n${USAGE}`);
  }
  return chosen.filter(isRun);
}

/** As shells report it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { cases: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber(values.seed) ?? newSeed();
  const cases = wholeNumber(values.cases);
  let failed = false;
  for (const name of chosenRuns(positionals)) {
    console.log(`\n${name}, seed ${seed}`);
    const run = await RUNS[name](seed, cases);
    failed ||= run.failed;
    if (run.stopped) {
      return failed ? 1 : INTERRUPTED;
    }
  }
  console.log(failed ? '\nfailed' : '\npassed');
  return failed ? 1 : 0;
}

process.exitCode = await main();
