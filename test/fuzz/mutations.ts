import { Progress, type ProgressStream } from '../support/progress.js';
import { Attempts, shiftName, type AttemptsResult } from './attempts.js';
import { Random } from './random.js';
import { SAMPLES, type Sample } from './samples.js';

const ALPHABETS = [
  '0123456789abcdef',
  '0123456789',
  '|:=+/-_ "%;,\t\n\r\u0000',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  'éß\u0130\u0133\u0164\u00a0\u2028\ud800\udc00\uffff',
] as const;

const BATCH = 10_000;

type Mutation = (random: Random, signed: string, other: string) => string;

/** A part of a text, as positions of its start and its end. */
function part(random: Random, { length }: string): [number, number] {
  const start = random.below(length + 1);
  return [start, Math.min(length, start + random.between(1, 16))];
}

function mapField(
  random: Random,
  signed: string,
  change: (field: string, index: number) => string,
): string {
  const fields = signed.split('|');
  const index = random.below(fields.length);
  return fields.map((field, at) => (at === index ? change(field, at) : field)).join('|');
}

const replace: Mutation = (random, signed) => {
  const at = random.below(signed.length);
  return signed.slice(0, at) + random.text(1, random.pick(ALPHABETS)) + signed.slice(at + 1);
};

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  replace,
  replace,
  replace,
  function insert(random, signed) {
    const at = random.below(signed.length + 1);
    const text = random.text(random.between(1, 3), random.pick(ALPHABETS));
    return signed.slice(0, at) + text + signed.slice(at);
  },
  function remove(random, signed) {
    const [start, end] = part(random, signed);
    return signed.slice(0, start) + signed.slice(end);
  },
  function truncate(random, signed) {
    return signed.slice(0, random.below(signed.length));
  },
  function duplicate(random, signed) {
    const [start, end] = part(random, signed);
    return signed.slice(0, end) + signed.slice(start);
  },
  function move(random, signed) {
    const [start, end] = part(random, signed);
    const rest = signed.slice(0, start) + signed.slice(end);
    const to = random.below(rest.length + 1);
    return rest.slice(0, to) + signed.slice(start, end) + rest.slice(to);
  },
  function flipBit(random, signed) {
    const at = random.below(signed.length);
    const flipped = signed.charCodeAt(at) ^ (1 << random.below(8));
    return signed.slice(0, at) + String.fromCharCode(flipped) + signed.slice(at + 1);
  },
  function flipCase(random, signed) {
    const [start, end] = part(random, signed);
    const upper = signed.slice(start, end).toUpperCase();
    return signed.slice(0, start) + upper + signed.slice(end);
  },
  function splice(random, signed, other) {
    return signed.slice(0, random.below(signed.length)) + other.slice(random.below(other.length));
  },
  function takeField(random, signed, other) {
    const others = other.split('|');
    return mapField(random, signed, (field, index) => others[index] ?? field);
  },
  function changeNumber(random, signed) {
    return mapField(random, signed, (field) =>
      field.replace(/\d+/, (number) =>
        String(BigInt(number.slice(0, 20)) + BigInt(random.between(-3, 3))),
      ),
    );
  },
  function changeLength(random, signed) {
    return mapField(random, signed, (field) =>
      field.includes(':') ? `${random.below(40)}${field.slice(field.indexOf(':'))}` : field,
    );
  },
  function moveBorder(random, signed) {
    const border = signed.indexOf('|', random.below(signed.length));
    const to = Math.max(0, border + random.pick([-8, -4, -2, -1, 1, 2, 4, 8]));
    const rest = signed.slice(0, border) + signed.slice(border + 1);
    return border === -1 ? signed : `${rest.slice(0, to)}|${rest.slice(to)}`;
  },
  function quote(_random, signed) {
    return `"${signed}"`;
  },
  function percentEncode(_random, signed) {
    return encodeURIComponent(signed.toWellFormed());
  },
];

/** A value that differs from the sample's, by one to three mutations. */
function mutate(random: Random, { signed }: Sample, other: Sample): string {
  let mutant = signed;
  const mutations = random.between(1, 3);
  for (let done = 0; done < mutations || mutant === signed; done += 1) {
    mutant = mutant === '' ? signed : random.pick(MUTATIONS)(random, mutant, other.signed);
  }
  return mutant;
}

export interface MutationsResult extends AttemptsResult {
  readonly stopped: boolean;
}

/** Tries random mutations of all samples; v1 values, once in ten, with characters moved to or from the name. */
export async function runMutations(options: {
  readonly cases: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}): Promise<MutationsResult> {
  const { cases, seed, stream } = options;
  const progress = new Progress({ title: 'random mutations', total: cases, seed, stream });
  const random = new Random(seed);
  const attempts = new Attempts();
  while (!progress.done) {
    const batch = Math.min(BATCH, progress.remaining);
    for (let count = 0; count < batch; count += 1) {
      tryMutation(random, attempts);
    }
    await progress.advance(batch);
  }
  progress.finish();
  return { ...attempts.result(), stopped: progress.stopped };
}

function tryMutation(random: Random, attempts: Attempts): void {
  const sample = pickSample(random);
  if (sample.version === 1 && random.oneIn(10)) {
    const characters = random.pick([-8, -4, -1, 1, 2, 4, 8, 12]);
    const [name, signed] = shiftName(sample.name, sample.signed, characters);
    attempts.try(sample, signed, name);
    return;
  }
  attempts.try(sample, mutate(random, sample, pickSample(random)));
}

const [FIRST_SAMPLE, ...OTHER_SAMPLES] = SAMPLES;

function pickSample(random: Random): Sample {
  if (FIRST_SAMPLE === undefined) {
    throw new Error('There are no samples.');
  }
  return random.pick([FIRST_SAMPLE, ...OTHER_SAMPLES]);
}
