import { SecureCookieError } from '../../lib/errors.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { CLASS_NAMES, RAISES, REFUSALS, SIGNING_REFUSALS } from './allow-list.js';
import { createCase, DAY, decodeCase, type CreateCase, type DecodeCase } from './cases.js';
import { makeKeys } from './keys.js';
import { Random } from './random.js';
import { TornadoOracle, type CreateAnswer, type DecodeAnswer } from './tornado-oracle.js';

/** What a differential run found. */
export interface DifferentialResult {
  readonly cases: number;
  /** Both gave the same value, or the same signed value. */
  readonly agreedOnValue: number;
  /** Both refused. */
  readonly agreedOnRefusal: number;
  /** Disagreements on purpose, by the name of their class. */
  readonly allowed: ReadonlyMap<string, number>;
  /** Disagreements that belong to no class: there must be none. */
  readonly unexplained: readonly string[];
  readonly stopped: boolean;
}

export interface DifferentialOptions {
  readonly cases: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}

const BATCH = 2000;
const KEYS_PER_BATCH = 8;
const MAX_REPORTED = 20;

/** One case in this many is one of signing. */
const CREATE_SHARE = 5;

type Verdict =
  'value' | 'refusal' | { readonly allowed: string } | { readonly unexplained: string };

/** Asks ourselves and a real Tornado the same, and sorts what they disagree on. */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialResult> {
  const { cases, seed, stream } = options;
  const progress = new Progress({ title: 'against Tornado', total: cases, seed, stream });
  const oracle = new TornadoOracle();
  const random = new Random(seed);
  const tally = new Tally();
  try {
    while (!progress.done) {
      const batch = Math.min(BATCH, progress.remaining);
      await runBatch(oracle, random, batch, tally);
      await progress.advance(batch);
    }
  } finally {
    progress.finish();
    await oracle.close();
  }
  return { ...tally.result(), cases: progress.count, stopped: progress.stopped };
}

async function runBatch(
  oracle: TornadoOracle,
  random: Random,
  batch: number,
  tally: Tally,
): Promise<void> {
  const keys = makeKeys(random, KEYS_PER_BATCH);
  const [first, ...others] = keys;
  if (first === undefined) {
    return;
  }
  const creates = Math.floor(batch / CREATE_SHARE);
  const pick = () => random.pick([first, ...others]);
  const createCases = Array.from({ length: creates }, () => createCase(random, pick()));
  const decodeCases = Array.from({ length: batch - creates }, () => decodeCase(random, pick()));

  const created = oracle.create(createCases.map(createQuestion));
  const ours = createCases.map(sign);
  (await created).forEach((answer, index) => {
    const question = createCases[index];
    const signed = ours[index];
    if (question !== undefined && signed !== undefined) {
      tally.add(judgeCreate(question, answer, signed));
    }
  });

  const decoded = oracle.decode(decodeCases.map(decodeQuestion));
  const read = decodeCases.map(verify);
  (await decoded).forEach((answer, index) => {
    const question = decodeCases[index];
    const result = read[index];
    if (question !== undefined && result !== undefined) {
      tally.add(judgeDecode(question, answer, result));
    }
  });
}

const decodeQuestion = ({ keys, name, signed, maxAgeDays, clock, minVersion }: DecodeCase) =>
  ['decode', keys.oracleSecret, name, signed, maxAgeDays, clock, minVersion] as const;

const createQuestion = ({ keys, name, value, version, clock }: CreateCase) =>
  [
    'create',
    keys.oracleSecret,
    keys.keyVersion,
    name,
    typeof value === 'string' ? value : { base64: value.toString('base64') },
    version,
    clock,
  ] as const;

type Signed = { readonly signed: string } | { readonly code: string };

function sign({ keys, name, value, version, clock }: CreateCase): Signed {
  keys.time.now = clock;
  try {
    return { signed: keys.signer.sign(name, value, { version }) };
  } catch (error) {
    return {
      code: error instanceof SecureCookieError ? error.code : `unexpected: ${String(error)}`,
    };
  }
}

function judgeCreate(question: CreateCase, tornado: CreateAnswer, ours: Signed): Verdict {
  if (!('signed' in tornado)) {
    const refused = 'code' in ours && !ours.code.startsWith('unexpected');
    return refused ? 'refusal' : unexplained(question, tornado, ours);
  }
  const { signed } = tornado;
  const allowed = SIGNING_REFUSALS.find(({ applies }) => applies(question, signed));
  if (allowed !== undefined) {
    const asPromised = 'code' in ours && ours.code === allowed.code;
    return asPromised ? { allowed: allowed.name } : unexplained(question, tornado, ours);
  }
  const agrees = 'signed' in ours && ours.signed === signed;
  return agrees ? 'value' : unexplained(question, tornado, ours);
}

type Read =
  | { readonly value: string; readonly keyVersion: number; readonly version: 1 | 2 }
  | { readonly reason: string };

function verify(question: DecodeCase): Read {
  const { keys, name, signed, maxAgeDays, clock, minVersion, encoding } = question;
  keys.time.now = clock;
  try {
    const options = { maxAge: maxAgeDays * DAY, minVersion, encoding };
    const result = keys.signer.verify(name, signed, options);
    if (!result.valid) {
      return { reason: result.reason };
    }
    const { value, keyVersion, version } = result;
    return { value: Buffer.from(value).toString('base64'), keyVersion, version };
  } catch (error) {
    return { reason: `threw: ${String(error)}` };
  }
}

function judgeDecode(question: DecodeCase, tornado: DecodeAnswer, ours: Read): Verdict {
  if (tornado === null) {
    const refused = 'reason' in ours && !ours.reason.startsWith('threw');
    return refused ? 'refusal' : unexplained(question, tornado, ours);
  }
  if ('error' in tornado) {
    return judgeRaise(question, tornado, ours);
  }
  const allowed = REFUSALS.find(({ applies }) => applies(question, tornado));
  if (allowed !== undefined) {
    const asPromised = 'reason' in ours && ours.reason === allowed.reason(tornado);
    return asPromised ? { allowed: allowed.name } : unexplained(question, tornado, ours);
  }
  const agrees =
    'value' in ours &&
    tornado.value === ours.value &&
    tornado.keyVersion === (ours.version === 1 ? null : ours.keyVersion);
  return agrees ? 'value' : unexplained(question, tornado, ours);
}

function judgeRaise(
  question: DecodeCase,
  tornado: Extract<DecodeAnswer, { error: string }>,
  ours: Read,
): Verdict {
  const accepted = 'value' in ours;
  const allowed = RAISES.find(({ applies }) => applies(question, tornado, accepted));
  if (allowed === undefined || ('reason' in ours && ours.reason.startsWith('threw'))) {
    return unexplained(question, tornado, ours);
  }
  // Under a record, v1 must be to us what it is to Tornado with key 0 as its one secret.
  const withKey0 =
    tornado.error === 'AssertionError' ? judgeDecode(question, tornado.key0, ours) : 'refusal';
  return typeof withKey0 === 'object' && 'unexplained' in withKey0
    ? withKey0
    : { allowed: allowed.name };
}

function unexplained(question: DecodeCase | CreateCase, tornado: unknown, ours: unknown): Verdict {
  const { keys, ...rest } = question;
  const { oracleSecret, keyVersion } = keys;
  return {
    unexplained: JSON.stringify({ ...rest, keys: { oracleSecret, keyVersion }, tornado, ours }),
  };
}

class Tally {
  readonly #allowed = new Map(CLASS_NAMES.map((name) => [name, 0]));
  readonly #unexplained: string[] = [];
  #values = 0;
  #refusals = 0;

  add(verdict: Verdict): void {
    if (verdict === 'value') {
      this.#values += 1;
    } else if (verdict === 'refusal') {
      this.#refusals += 1;
    } else if ('allowed' in verdict) {
      this.#allowed.set(verdict.allowed, (this.#allowed.get(verdict.allowed) ?? 0) + 1);
    } else if (this.#unexplained.length < MAX_REPORTED) {
      this.#unexplained.push(verdict.unexplained);
    }
  }

  result() {
    return {
      agreedOnValue: this.#values,
      agreedOnRefusal: this.#refusals,
      allowed: this.#allowed,
      unexplained: this.#unexplained,
    };
  }
}
