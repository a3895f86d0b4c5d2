import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PYTHON = '/usr/bin/python3';
const ORACLE = fileURLToPath(new URL('tornado_oracle.py', import.meta.url));

/** Secrets in base64: one, or a record by key version. */
export type OracleSecret = string | Readonly<Record<string, string>>;

/** A call of Tornado's `decode_signed_value`. */
export type DecodeQuestion = readonly [
  question: 'decode',
  secret: OracleSecret,
  name: string,
  signed: string,
  maxAgeDays: number,
  clock: number,
  minVersion: 1 | 2,
];

/** A call of Tornado's `create_signed_value`. */
export type CreateQuestion = readonly [
  question: 'create',
  secret: OracleSecret,
  keyVersion: number | null,
  name: string,
  value: string | { readonly base64: string },
  version: 1 | 2,
  clock: number,
];

/** What Tornado read, as it stands in the signed value. */
interface Seen {
  /** The date; then, in v2, the key version and the four lengths. */
  readonly numbers: readonly [string, ...string[]];
  readonly base64: string;
}

/** Tornado gave the value. */
export interface Accepted extends Seen {
  readonly value: string;
  readonly keyVersion: number | null;
}

/** Tornado raised: in a request, HTTP 500. */
export type Raised =
  | { readonly error: 'AssertionError'; readonly key0: DecodeAnswer }
  | { readonly error: 'UnicodeEncodeError' }
  | ({ readonly error: 'ValueError' } & Seen);

export type DecodeAnswer = Accepted | Raised | null;

export type CreateAnswer = { readonly signed: string } | { readonly error: string };

/** A real Tornado that answers questions, in one long-lived process. */
export class TornadoOracle {
  readonly #child = spawn(PYTHON, [ORACLE], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A Ctrl-C in the terminal is for us alone: the batch that is under way shall have its answer.
    detached: true,
  });
  readonly #lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();

  /** The answers to many decode questions, in their order. */
  decode(questions: readonly DecodeQuestion[]): Promise<readonly DecodeAnswer[]> {
    return this.#ask<DecodeAnswer>(questions);
  }

  /** The answers to many create questions, in their order. */
  create(questions: readonly CreateQuestion[]): Promise<readonly CreateAnswer[]> {
    return this.#ask<CreateAnswer>(questions);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.stdin.end();
    await ended;
  }

  async #ask<Answer>(
    questions: readonly (DecodeQuestion | CreateQuestion)[],
  ): Promise<readonly Answer[]> {
    this.#child.stdin.write(`${JSON.stringify(questions)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) {
      throw new Error('The Tornado oracle ended: see its traceback above.');
    }
    const answers: readonly Answer[] = JSON.parse(value);
    return answers;
  }
}
