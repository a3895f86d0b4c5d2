import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import {
  defineSecureCookie,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieSigner,
  type SecureCookieDefinition,
  type SecureCookieRevocationMark,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { collectGarbage } from '../support/garbage.js';
import { Progress } from '../support/progress.js';
import { quartiles } from './spread.js';
import { printTable } from './table.js';
import { SECRET } from './typical-cookie.js';

/** A way to read a session, and the one that it is compared with. */
interface Contest {
  readonly name: string;
  readonly base: () => unknown;
  readonly read: () => unknown;
  /** Nanoseconds that it may add. */
  readonly atMost?: number | undefined;
}

/** Nanoseconds for a read, of both in turn. */
interface Sample {
  readonly base: number;
  readonly read: number;
}

/** Reads in one sample: so few that most samples end before the system gives the processor away. */
const READS = 64;

/** Samples in one turn. */
const SAMPLES = 20;

/** Rounds before those that count: code is being compiled. */
const WARM_UP = 10;

const MARKS = 100_000;

/** Nanoseconds, with two keys. */
const LOOK_UP = 500;

/** Nanoseconds: what cannot be told from noise. */
const NOTHING = 50;

const User = z.object({ id: z.string(), device: z.string() });

/** Megabytes. */
const LIST = 25;

/** Users that come in turn. */
const FEW = 1000;
const MANY = 20_000;

const signer = new SecureCookieSigner({ secret: SECRET });
const started: SecureCookieRevocations[] = [];

/** What looking for revocations adds to reading a session, and how much memory the list takes. */
export async function benchRevocation(rounds = 200): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const empty = await revocationsOf([]);
  const marks = Array.from({ length: MARKS }, (_, number) => markOf(number));
  await collectGarbage();
  const before = memory();
  const full = await revocationsOf(marks);
  await collectGarbage();
  const taken = (memory() - before) / 1e6;
  const contests = contestsOf(empty, full);
  const samples = new Map(contests.map((contest) => [contest, new Array<Sample>()]));
  const complete = await measureInTurns(contests, samples, rounds);
  print(samples);
  console.log(
    `\n${MARKS.toLocaleString('en-US')} marks take ${taken.toFixed(1)} MB, ${LIST} at most: ${verdict(taken <= LIST)}`,
  );
  if (!complete) {
    console.log('Stopped early.');
  }
  started.forEach((revocations) => revocations.stop());
}

function contestsOf(
  empty: SecureCookieRevocations,
  full: SecureCookieRevocations,
): readonly Contest[] {
  const options = { maxAge: 86_400, schema: User } as const;
  const Plain = defineSecureCookie('session', options);
  const Session = defineSecureCookie('session', {
    ...options,
    revocableBy: ({ id, device }) => [`user:${id}`, `device:${device}`],
  });
  const headers = Array.from({ length: MANY }, (_, user) => cookieOf(user));
  const reading = (
    definition: SecureCookieDefinition<never, unknown>,
    users: number,
    revocations: SecureCookieRevocations | undefined,
  ): (() => unknown) => {
    let next = 0;
    return () => {
      next = next + 1 < users ? next + 1 : 0;
      return new SecureCookieReader(signer, headers[next], { revocations }).get(definition);
    };
  };
  const contest = (
    name: string,
    revocations: SecureCookieRevocations,
    users: number,
    atMost?: number,
  ): Contest => ({
    name,
    base: reading(Plain, users, undefined),
    read: reading(Session, users, revocations),
    atMost,
  });
  return [
    {
      name: 'without revocableBy, in an app with 100,000 marks',
      base: reading(Plain, 1, undefined),
      read: reading(Plain, 1, full),
      atMost: NOTHING,
    },
    contest('no marks, one user', empty, 1, LOOK_UP),
    contest('no marks, 1,000 users in turn', empty, FEW, LOOK_UP),
    contest('100,000 marks, one user', full, 1, LOOK_UP),
    contest('100,000 marks, 1,000 users in turn', full, FEW, LOOK_UP),
    contest('100,000 marks, 20,000 users in turn', full, MANY, LOOK_UP),
  ];
}

function cookieOf(user: number): string {
  return `session=${signer.sign('session', JSON.stringify({ id: `${user}`, device: `laptop-${user}` }))}`;
}

function markOf(number: number): SecureCookieRevocationMark {
  const at = Math.floor(Date.now() / 1000);
  const hash = createHash('sha256').update(`session=user:gone-${number}`).digest();
  const key = hash.toString('hex', 0, 16);
  // As evenly spread as hints are.
  const hint = hash.readUInt32BE(16) >>> 1;
  return { key, at, until: at + 86_400, hint };
}

async function revocationsOf(
  marks: readonly SecureCookieRevocationMark[],
): Promise<SecureCookieRevocations> {
  const source = {
    load: async (cursor?: string) => ({ cursor: 'end', marks: cursor === undefined ? marks : [] }),
    record: async () => undefined,
  };
  const settings = { source, refreshEvery: 3600, maxStale: 7200 };
  const revocations = new SecureCookieRevocations(signer, settings);
  await revocations.start();
  started.push(revocations);
  return revocations;
}

/** Bytes. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Both in turn within each sample: others on the machine slow them alike. */
async function measureInTurns(
  contests: readonly Contest[],
  samples: ReadonlyMap<Contest, Sample[]>,
  rounds: number,
): Promise<boolean> {
  const total = (rounds + WARM_UP) * contests.length;
  const progress = new Progress({ title: 'turns', total });
  while (!progress.done) {
    const contest = contests[progress.count % contests.length];
    const counts = progress.count >= WARM_UP * contests.length;
    const taken = contest === undefined ? [] : samplesOf(contest);
    if (contest !== undefined && counts) {
      samples.get(contest)?.push(...taken);
    }
    await progress.advance(1);
  }
  progress.finish();
  return !progress.stopped;
}

function samplesOf({ base, read }: Contest): readonly Sample[] {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    if (sample % 2 === 0) {
      return { base: timeOf(base), read: timeOf(read) };
    }
    const last = timeOf(read);
    return { base: timeOf(base), read: last };
  });
}

/** Nanoseconds that one read takes. */
function timeOf(read: () => unknown): number {
  const began = performance.now();
  for (let count = 0; count < READS; count += 1) {
    read();
  }
  return ((performance.now() - began) * 1e6) / READS;
}

function print(samples: ReadonlyMap<Contest, readonly Sample[]>): void {
  printTable(
    'reading a session with two keys, in nanoseconds',
    ['', 'without', 'adds', 'quartiles', 'undisturbed', 'at most', ''],
    [...samples].map(([{ name, atMost }, taken]) => {
      const { lower, median, upper } = quartiles(taken.map(({ base, read }) => read - base));
      const undisturbed = best(taken.map(({ read }) => read)) - best(taken.map(({ base }) => base));
      return [
        name,
        quartiles(taken.map(({ base }) => base)).median.toFixed(0),
        median.toFixed(0),
        `${lower.toFixed(0)}..${upper.toFixed(0)}`,
        undisturbed.toFixed(0),
        atMost === undefined ? '' : String(atMost),
        atMost === undefined ? '' : verdict(undisturbed <= atMost),
      ];
    }),
  );
}

/** The fastest in twenty: what others on the machine take part in is slower, and never faster. */
function best(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 20)] ?? Number.NaN;
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'MISSED';
}
