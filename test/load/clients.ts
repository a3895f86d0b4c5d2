import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Controller, ForbiddenException, Get, Module, Query } from '@nestjs/common';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { startApp, type Platform } from '../support/platforms.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { Random } from '../fuzz/random.js';

export const IDENTITIES = 1000;
const IN_FLIGHT = 64;
/** How many requests come between two turns of the key ring, and how many keys it holds. */
const REQUESTS_PER_KEY = 500;
const KEYS = 4;

/** A ring whose newest key is `newest`, and which still reads its predecessors. */
function ring(newest: number) {
  const versions = Array.from({ length: KEYS }, (_, age) => newest - age);
  return {
    secret: Object.fromEntries(
      versions.map((version) => [
        version,
        `the secret of the key version ${version}`.padEnd(32, '.'),
      ]),
    ),
    keyVersion: newest,
  };
}

@Controller()
class IdentityController {
  @Get()
  async visit(
    @SecureCookies() cookies: SecureCookieJar,
    @Query('identity') identity: string,
    @Query('before') before: string,
    @Query('after') after: string,
    @Query('throws') throws: string,
  ): Promise<{ seen: string }> {
    await wait(Number(before));
    const seen = cookies.get('identity') ?? 'nobody';
    cookies.set('identity', identity);
    await wait(Number(after));
    if (throws === 'true') {
      throw new ForbiddenException({ seen });
    }
    return { seen };
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(ring(KEYS))],
  controllers: [IdentityController],
})
class IdentityModule {}

interface Answer {
  readonly status: number | undefined;
  readonly seen: string;
  readonly setCookies: readonly string[];
}

/** The answer, or `undefined` where the request was aborted before. */
function send(agent: Agent, url: string, cookie: string, abortAfter: number | undefined) {
  return new Promise<Answer | undefined>((resolve, reject) => {
    const request = get(url, { agent, headers: { cookie } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode,
          seen: JSON.parse(body).seen,
          setCookies: response.headers['set-cookie'] ?? [],
        });
      });
      response.on('error', () => resolve(undefined));
    });
    request.on('error', (error) => (abortAfter === undefined ? reject(error) : resolve(undefined)));
    if (abortAfter !== undefined) {
      setTimeout(() => request.destroy(), abortAfter);
    }
  });
}

const keyVersionOf = (signed: string): number => Number(/^2\|[0-9]+:([0-9]+)\|/.exec(signed)?.[1]);

export interface ClientsResult {
  /** Requests that were sent. */
  readonly requests: number;
  readonly answered: number;
  readonly thrown: number;
  readonly aborted: number;
  /** Answers to clients that were recognised. */
  readonly known: number;
  /** Answers to clients without a cookie, or with one whose key was retired meanwhile. */
  readonly unknown: number;
  /** What must not be: a cookie of another, a valid one refused, a retired one accepted. */
  readonly faults: readonly string[];
  readonly stopped: boolean;
}

/**
 * A thousand identities at one app, some of whose handlers throw, some of whose clients leave, while
 * its keys turn.
 */
export async function runClients(options: {
  readonly platform: Platform;
  readonly requests: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}): Promise<ClientsResult> {
  const { platform, requests, seed, stream } = options;
  const title = `clients on ${platform.platform}`;
  const progress = new Progress({ title, total: requests, seed, stream });
  const random = new Random(seed);
  const { app, url, close } = await startApp(platform, IdentityModule);
  const signer = app.get(SecureCookieSigner);
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const cookies = new Map<number, string>();
  const count = { answered: 0, thrown: 0, aborted: 0, known: 0, unknown: 0 };
  const faults: string[] = [];
  let newest = KEYS;
  let started = 0;

  async function visit(): Promise<void> {
    const identity = random.below(IDENTITIES);
    const throws = random.oneIn(10);
    const sent = cookies.get(identity) ?? '';
    const newestBefore = newest;
    const answer = await send(
      agent,
      `${url}/?identity=${identity}&before=${random.below(3)}&after=${random.below(3)}&throws=${throws}`,
      `identity=${sent}`,
      random.oneIn(10) ? random.below(4) : undefined,
    );
    if (answer === undefined) {
      count.aborted += 1;
      return;
    }
    count[throws ? 'thrown' : 'answered'] += 1;
    count[answer.seen === 'nobody' ? 'unknown' : 'known'] += 1;
    const [header = ''] = answer.setCookies;
    const received = /^identity=([^;]*)/.exec(header)?.[1] ?? '';
    cookies.set(identity, received);

    const isReadable = (signed: string): boolean => keyVersionOf(signed) > newest - KEYS;
    const wasReadable = keyVersionOf(sent) > newestBefore - KEYS;
    const name = signer.unsign('identity', received);
    const checks: readonly (readonly [boolean, string])[] = [
      [answer.status === (throws ? 403 : 200), `was answered ${answer.status}`],
      [answer.setCookies.length === 1, `got ${answer.setCookies.length} cookies`],
      [[String(identity), 'nobody'].includes(answer.seen), `was taken for ${answer.seen}`],
      [answer.seen !== 'nobody' || !isReadable(sent), 'was refused with a valid cookie'],
      [answer.seen === 'nobody' || wasReadable, 'was accepted with a retired key'],
      [keyVersionOf(received) >= newestBefore, 'got a cookie of an old key'],
      [name === String(identity) || !isReadable(received), `got the cookie of ${name}`],
    ];
    faults.push(...checks.flatMap(([good, what]) => (good ? [] : [`${identity} ${what}`])));
  }

  async function client(): Promise<void> {
    while (started < requests && !progress.stopped) {
      started += 1;
      if (started % REQUESTS_PER_KEY === 0) {
        newest += 1;
        signer.replaceKeys(ring(newest));
      }
      await visit();
      await progress.advance(1);
    }
  }

  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  progress.finish();
  agent.destroy();
  await close();
  return { requests: progress.count, ...count, faults, stopped: progress.stopped };
}
