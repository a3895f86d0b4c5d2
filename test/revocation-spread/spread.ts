import { setTimeout as delay } from 'node:timers/promises';
import { EVERY_KEY } from '../../lib/revocation/revocation-mark.js';
import { Random } from '../fuzz/random.js';
import { forkServer, type ForkedServer } from '../support/forked-server.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { RedisServer } from '../support/redis-server.js';
import {
  expected,
  isMissed,
  isRight,
  lateness,
  type Expected,
  type IssuedSession,
  type Revocation,
  type Visit,
} from './judge.js';
import type { ServerSettings } from './server.js';
import { keysOf, type LoadAnswer, type RevocationAnswer, type VisitAnswer } from './session.js';

/** Seconds. */
const REFRESH_EVERY = 0.5;

/** A second. */
const VISITS = 250;
const REVOCATIONS = 20;
const LOGINS = 40;

const MAX_IN_FLIGHT = 200;

/** Milliseconds. */
const TICK = 5;

const USERS = 200;
const DEVICES = 3;

/** One in this many revocations ends all sessions. */
const EVERYONE = 100;

/** Cookies that are shown again. */
const MAX_KEPT = 4000;
/** Those that were revoked a moment ago, or are about to be. */
const MAX_HOT = 40;
const MAX_REPORTED = 20;

const SESSION_COOKIE = /^session=([^;]*)/;

export interface SpreadOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}

/** What a run found. */
export interface SpreadResult {
  /** Seconds. */
  readonly duration: number;
  readonly visits: number;
  readonly revocations: number;
  readonly logins: number;
  /** Cookies that a visit got renewed, and that were shown as well. */
  readonly renewals: number;
  /** Visits by what their cookies had to be. */
  readonly expected: Readonly<Record<Expected, number>>;
  /** Milliseconds, as are the others. */
  readonly refreshEvery: number;
  /** The longest load, from when it was due. */
  readonly slowestLoad: number;
  /** How long after a revocation its cookie was still accepted, at most. */
  readonly latest: number;
  /** There must be none. */
  readonly faults: readonly string[];
  readonly stopped: boolean;
}

/** A cookie of a session, the first one or a renewed one. */
interface Cookie {
  readonly session: IssuedSession;
  readonly signed: string;
}

/** Revokes under load, on three processes that share a Redis server, and judges each answer. */
export async function runSpread(options: SpreadOptions): Promise<SpreadResult> {
  const redis = await RedisServer.start();
  const servers: ForkedServer[] = [];
  try {
    const started = (['express', 'fastify', 'express'] as const).map(async (platform) => {
      const settings: ServerSettings = {
        platform,
        redisPort: redis.port,
        refreshEvery: REFRESH_EVERY,
      };
      servers.push(await forkServer(new URL('server.ts', import.meta.url), settings));
    });
    await Promise.all(started);
    return await new Spread(options, servers).run();
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.stop();
  }
}

class Spread {
  readonly #random: Random;
  readonly #servers: readonly ForkedServer[];
  readonly #progress: Progress;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #cookies: Cookie[] = [];
  readonly #hot: Cookie[] = [];
  /** By key. */
  readonly #revocations = new Map<string, Revocation[]>();
  readonly #visits: Visit[] = [];
  readonly #faults: string[] = [];
  #answered = 0;
  #revoked = 0;
  #logins = 0;
  #renewals = 0;

  constructor({ seconds, seed, stream }: SpreadOptions, servers: readonly ForkedServer[]) {
    this.#random = new Random(seed);
    this.#servers = servers;
    this.#progress = new Progress({ title: 'revocation', total: seconds * VISITS, seed, stream });
  }

  async run(): Promise<SpreadResult> {
    // Visits need something to show.
    await Promise.all(Array.from({ length: LOGINS }, () => this.#logIn()));
    const started = performance.now();
    await this.#sendAll(started);
    const duration = (performance.now() - started) / 1000;
    this.#progress.finish();
    const slowestLoad = await this.#slowestLoad();
    const counts = this.#judgeAll(REFRESH_EVERY * 1000 + slowestLoad);
    const latest = this.#visits.map((visit) => lateness(visit, this.#of(visit.session)));
    return {
      duration,
      visits: this.#answered,
      revocations: this.#revoked,
      logins: this.#logins,
      renewals: this.#renewals,
      expected: counts,
      refreshEvery: REFRESH_EVERY * 1000,
      slowestLoad,
      latest: Math.max(0, ...latest),
      faults: this.#faults,
      stopped: this.#progress.stopped,
    };
  }

  /** So many a second, however long the answers take. */
  async #sendAll(started: number): Promise<void> {
    const progress = this.#progress;
    let visits = 0;
    let revocations = 0;
    let logins = 0;
    while (!progress.done) {
      const seconds = (performance.now() - started) / 1000;
      const due = Math.min(seconds * VISITS, progress.count + progress.remaining);
      for (; visits < due && this.#inFlight.size < MAX_IN_FLIGHT; visits += 1) {
        this.#send(this.#visit().finally(() => (this.#answered += 1)));
      }
      for (; revocations < seconds * REVOCATIONS; revocations += 1) {
        this.#send(this.#revoke());
      }
      for (; logins < seconds * LOGINS; logins += 1) {
        this.#send(this.#logIn());
      }
      await delay(TICK);
      await progress.advance(this.#answered - progress.count);
    }
    await Promise.all(this.#inFlight);
  }

  #send(request: Promise<void>): void {
    const sent = request
      .catch((error: unknown) => this.#report(`no answer: ${String(error)}`))
      .finally(() => this.#inFlight.delete(sent));
    this.#inFlight.add(sent);
  }

  async #visit(): Promise<void> {
    const isHot = this.#random.oneIn(3) && this.#hot.length > 0;
    const cookie = this.#chooseFrom(isHot ? this.#hot : this.#cookies);
    if (cookie === undefined) {
      return;
    }
    const { session } = cookie;
    const server = this.#random.below(this.#servers.length);
    const sentAt = Date.now();
    const { response, text } = await this.#ask(server, 'GET', 'visit', cookie);
    const answeredAt = Date.now();
    const body: VisitAnswer = JSON.parse(text);
    this.#visits.push({ session, server, sentAt, answeredAt, verdict: body.verdict });
    if (body.verdict === 'valid' && body.user !== session.user) {
      this.#report(`the session of ${session.user} was read as that of ${body.user}`);
    }
    const signed = signedIn(response);
    if (signed !== undefined) {
      this.#renewals += 1;
      this.#keep({ session, signed });
    }
  }

  async #logIn(): Promise<void> {
    const user = `${this.#random.below(USERS)}`;
    const device = `${user}-${this.#random.below(DEVICES)}`;
    const server = this.#random.below(this.#servers.length);
    const query = new URLSearchParams({ user, device });
    const { response } = await this.#ask(server, 'POST', `login?${query.toString()}`);
    this.#logins += 1;
    this.#keepNew(user, device, response);
  }

  /** Of a session that there is, which goes on in one of three times: it shows its cookie, as users do. */
  async #revoke(): Promise<void> {
    const cookie = this.#chooseFrom(this.#cookies);
    if (cookie === undefined) {
      return;
    }
    const { user, device } = cookie.session;
    const [ofUser, ofDevice] = keysOf(user, device);
    const one = this.#random.oneIn(3) ? ofUser : ofDevice;
    const key = this.#random.oneIn(EVERYONE) ? EVERY_KEY : one;
    const staysIn = this.#random.oneIn(3);
    const server = this.#random.below(this.#servers.length);
    const revocation = { server, sentAt: Date.now(), answeredAt: Infinity, at: Infinity };
    this.#revocations.set(key, [...(this.#revocations.get(key) ?? []), revocation]);
    this.#hot.push(cookie);
    this.#hot.splice(0, this.#hot.length - MAX_HOT);
    const query = new URLSearchParams({ key, ...(staysIn ? { user, device } : {}) });
    const path = `revoke?${query.toString()}`;
    const { response, text } = await this.#ask(server, 'POST', path, cookie);
    revocation.answeredAt = Date.now();
    const body: RevocationAnswer = JSON.parse(text);
    revocation.at = body.at;
    this.#revoked += 1;
    if (staysIn) {
      this.#keepNew(user, device, response);
    }
  }

  async #ask(
    server: number,
    method: string,
    path: string,
    cookie?: Cookie,
  ): Promise<{ readonly response: Response; readonly text: string }> {
    const response = await fetch(`${this.#servers[server]?.url}/${path}`, {
      method,
      headers: cookie === undefined ? {} : { cookie: `session=${cookie.signed}` },
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`HTTP ${response.status} of ${path}: ${text}`);
    }
    return { response, text };
  }

  /** One of the last seconds, or any. */
  #chooseFrom(from: readonly Cookie[]): Cookie | undefined {
    const among = this.#random.oneIn(2) ? VISITS : MAX_KEPT;
    return from.at(-1 - this.#random.below(Math.min(among, Math.max(1, from.length))));
  }

  #keepNew(user: string, device: string, response: Response): void {
    const signed = signedIn(response);
    const date = Number(signed?.split('|')[2]?.split(':')[1]);
    if (signed === undefined || !Number.isInteger(date)) {
      this.#report(`no session was set: ${response.headers.getSetCookie().join()}`);
      return;
    }
    this.#keep({ session: { user, device, answeredAt: Date.now(), date }, signed });
  }

  #keep(cookie: Cookie): void {
    this.#cookies.push(cookie);
    if (this.#cookies.length > 2 * MAX_KEPT) {
      this.#cookies.splice(0, MAX_KEPT);
    }
  }

  #of({ user, device }: IssuedSession): readonly Revocation[] {
    return [...keysOf(user, device), EVERY_KEY].flatMap((key) => this.#revocations.get(key) ?? []);
  }

  async #slowestLoad(): Promise<number> {
    const answers = await Promise.all(
      this.#servers.map((_, server) => this.#ask(server, 'GET', 'loads')),
    );
    return Math.max(
      ...answers.map(({ text }) => {
        const { slowest }: LoadAnswer = JSON.parse(text);
        return slowest;
      }),
    );
  }

  /** At the end, when it is known how long a load took. */
  #judgeAll(bound: number): Record<Expected, number> {
    const counts = { valid: 0, revoked: 0, either: 0 };
    const missed = new Set<IssuedSession>();
    for (const visit of this.#visits) {
      const revocations = this.#of(visit.session);
      const what = expected(visit, revocations, bound);
      counts[what] += 1;
      if (!isRight(visit.verdict, what)) {
        this.#report(`expected ${what}: ${JSON.stringify({ visit, revocations })}`);
      }
      if (revocations.some((revocation) => isMissed(visit.session, revocation))) {
        missed.add(visit.session);
      }
    }
    for (const session of missed) {
      this.#report(
        `not reached by a revocation: ${JSON.stringify({ session, by: this.#of(session) })}`,
      );
    }
    return counts;
  }

  #report(fault: string): void {
    if (this.#faults.length < MAX_REPORTED) {
      this.#faults.push(fault);
    }
  }
}

function signedIn(response: Response): string | undefined {
  return response.headers.getSetCookie().map((header) => SESSION_COOKIE.exec(header)?.[1])[0];
}
