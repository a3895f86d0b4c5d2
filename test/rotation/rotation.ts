import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { MAX_AGE, type Answer, type CookieKind } from './cookies.js';
import {
  expectedLeniently,
  expectedStrictly,
  isRight,
  type IssuedCookie,
  type Visit,
} from './judge.js';
import { startServer, type RingServer } from './servers.js';
import { TurningKeys } from './turning-keys.js';

/** Seconds. */
const REFRESH_EVERY = 0.2;
const LOAD_TIME = 0.05;
const MAX_CLOCK_OFFSET = 1;

/** Milliseconds: twice what a process may take to have a ring. */
const STAGE = 2 * (REFRESH_EVERY + LOAD_TIME) * 1000;

/** Visits a second. */
const RATE = 250;
const MAX_IN_FLIGHT = 200;

/** Milliseconds. */
const TICK = 5;

/** Cookies that are shown again: more than a turn of the keys sets, so that each key's are among them. */
const MAX_KEPT = 4000;
const MAX_REPORTED = 20;

export interface RotationOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}

/** What a run found. */
export interface RotationResult {
  /** Seconds. */
  readonly duration: number;
  readonly visits: number;
  /** How often the keys turned through all three stages. */
  readonly turns: number;
  /** The longest that a ring took to be in every process, in milliseconds. */
  readonly slowest: number;
  /** Seconds. */
  readonly clockOffsets: readonly number[];
  /** Judged cookies, by what they had to be: by the policy of the app, and without an age. */
  readonly strict: Readonly<Record<string, number>>;
  readonly lenient: Readonly<Record<string, number>>;
  /** There must be none. */
  readonly faults: readonly string[];
  readonly stopped: boolean;
}

/** Turns the keys of three processes under load, and judges each answer. */
export async function runRotation(options: RotationOptions): Promise<RotationResult> {
  const directory = await mkdtemp(join(tmpdir(), 'rotation-'));
  const random = new Random(options.seed);
  const keys = new TurningKeys(join(directory, 'keys.json'));
  await keys.begin();
  const offsets = [0, random.below(1001) / 1000, 1].map((share) => share * MAX_CLOCK_OFFSET);
  const servers = await Promise.all(
    offsets.map((clockOffset, index) =>
      startServer({
        platform: index === 1 ? 'fastify' : 'express',
        keyFile: join(directory, 'keys.json'),
        refreshEvery: REFRESH_EVERY,
        loadTime: LOAD_TIME,
        clockOffset,
      }),
    ),
  );
  try {
    return await new Rotation(options, random, keys, servers).run();
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true });
  }
}

class Rotation {
  readonly #random: Random;
  readonly #keys: TurningKeys;
  readonly #servers: readonly RingServer[];
  readonly #progress: Progress;
  readonly #cookies: IssuedCookie[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #strict = new Map<string, number>();
  readonly #lenient = new Map<string, number>();
  readonly #faults: string[] = [];
  #answered = 0;
  #turns = 0;
  #slowest = 0;
  #over = false;

  constructor(
    { seconds, seed, stream }: RotationOptions,
    random: Random,
    keys: TurningKeys,
    servers: readonly RingServer[],
  ) {
    this.#random = random;
    this.#keys = keys;
    this.#servers = servers;
    this.#progress = new Progress({ title: 'rotation', total: seconds * RATE, seed, stream });
  }

  async run(): Promise<RotationResult> {
    const started = performance.now();
    const turning = this.#turnKeys();
    await this.#visitAll(started);
    const duration = (performance.now() - started) / 1000;
    this.#over = true;
    await turning;
    this.#progress.finish();
    return {
      duration,
      visits: this.#answered,
      turns: this.#turns,
      slowest: this.#slowest,
      clockOffsets: this.#servers.map(({ clockOffset }) => clockOffset),
      strict: Object.fromEntries(this.#strict),
      lenient: Object.fromEntries(this.#lenient),
      faults: this.#faults,
      stopped: this.#progress.stopped,
    };
  }

  /** So many a second, however long the answers take. */
  async #visitAll(started: number): Promise<void> {
    const progress = this.#progress;
    let sent = 0;
    while (!this.#isDone()) {
      const due = ((performance.now() - started) / 1000) * RATE;
      const limit = progress.done ? due : Math.min(due, progress.count + progress.remaining);
      for (; sent < limit && this.#inFlight.size < MAX_IN_FLIGHT; sent += 1) {
        this.#send();
      }
      await delay(TICK);
      await progress.advance(this.#answered - progress.count);
    }
    await Promise.all(this.#inFlight);
  }

  /** Not before a cookie was shown whose key is gone, however slow the machine is. */
  #isDone(): boolean {
    const { stopped, done } = this.#progress;
    return stopped || (done && this.#lenient.has('unknown-key'));
  }

  #send(): void {
    const visit = this.#visit()
      .catch((error: unknown) => this.#report(`no answer: ${String(error)}`))
      .finally(() => {
        this.#answered += 1;
        this.#inFlight.delete(visit);
      });
    this.#inFlight.add(visit);
  }

  async #visit(): Promise<void> {
    const server = this.#servers[this.#random.below(this.#servers.length)];
    if (server === undefined) {
      return;
    }
    const cookie = this.#chooseCookie();
    const kind = cookie?.kind ?? this.#random.pick(['signed', 'encrypted']);
    const value = `visit ${this.#random.below(1_000_000)}`;
    const sentAt = Date.now();
    const response = await fetch(`${server.url}/${kind}?value=${encodeURIComponent(value)}`, {
      headers: cookie === undefined ? {} : { cookie: `${kind}=${cookie.signed}` },
    });
    const body = await response.text();
    const answeredAt = Date.now();
    if (!response.ok) {
      this.#report(`HTTP ${response.status}: ${body}`);
      return;
    }
    const answer: Answer = JSON.parse(body);
    server.revision = Math.max(server.revision, answer.revision);
    this.#keep(kind, value, response);
    if (cookie !== undefined) {
      const { clockOffset } = server;
      this.#judge({ cookie, sentAt, answeredAt, clockOffset, answer });
    }
  }

  /** One of the last second, or any that is kept; of either kind. */
  #chooseCookie(): IssuedCookie | undefined {
    const among = this.#random.oneIn(2) ? RATE : MAX_KEPT;
    const back = 1 + this.#random.below(Math.min(among, Math.max(1, this.#cookies.length)));
    return this.#cookies.at(-back);
  }

  #keep(kind: CookieKind, value: string, response: Response): void {
    const [header = ''] = response.headers.getSetCookie();
    const signed = header.slice(kind.length + 1).split(';', 1)[0] ?? '';
    const [, keyVersion, timestamp] = signed.split('|').map((field) => field.split(':')[1]);
    const key = this.#keys.get(Number(keyVersion));
    if (key === undefined) {
      this.#report(`set with no key of the ring: ${header}`);
      return;
    }
    this.#cookies.push({ kind, signed, value, key, issuedAt: Number(timestamp) });
    if (this.#cookies.length > 2 * MAX_KEPT) {
      this.#cookies.splice(0, MAX_KEPT);
    }
  }

  #judge(visit: Visit): void {
    const { cookie, answer } = visit;
    const strictly = expectedStrictly(visit);
    const leniently = expectedLeniently(visit);
    count(this.#strict, strictly);
    count(this.#lenient, leniently);
    if (!isRight(answer.strict, strictly, cookie)) {
      this.#report(`expected ${strictly}: ${JSON.stringify(visit)}`);
    }
    if (!isRight(answer.lenient, leniently, cookie)) {
      this.#report(`expected ${leniently} without an age: ${JSON.stringify(visit)}`);
    }
  }

  #report(fault: string): void {
    if (this.#faults.length < MAX_REPORTED) {
      this.#faults.push(fault);
    }
  }

  async #turnKeys(): Promise<void> {
    await this.#everywhere();
    while (!this.#over) {
      await this.#keys.turn(
        () => this.#everywhere(),
        () => this.#wait((MAX_AGE + MAX_CLOCK_OFFSET) * 1000),
      );
      this.#turns += this.#over ? 0 : 1;
    }
  }

  /** A stage: every process has the ring, as its answers say. */
  async #everywhere(): Promise<void> {
    const started = performance.now();
    const isEverywhere = (): boolean =>
      this.#servers.every(({ revision }) => revision >= this.#keys.revision);
    while (!this.#over && !isEverywhere()) {
      await delay(TICK);
    }
    const taken = performance.now() - started;
    this.#slowest = this.#over ? this.#slowest : Math.max(this.#slowest, taken);
    await this.#wait(STAGE - taken);
  }

  async #wait(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!this.#over && performance.now() < until) {
      await delay(TICK);
    }
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
