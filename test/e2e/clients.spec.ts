import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Module, Query } from '@nestjs/common';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { platforms, startApp } from '../support/platforms.js';
import { isLongForm, randomNumbers, seed } from '../support/random-numbers.js';

const REQUESTS = isLongForm ? 200_000 : 20_000;
const IDENTITIES = 1000;
const IN_FLIGHT = 64;
/** How many requests come between two turns of the key ring, and how many keys it holds. */
const REQUESTS_PER_KEY = 500;
const KEYS = 4;

/** A ring whose newest key is `newest`, and which still reads its predecessors. */
function ring(newest: number) {
  const versions = Array.from({ length: KEYS }, (_, age) => newest - age);
  return {
    secret: Object.fromEntries(
      versions.map((version) => [version, `the secret of the key version ${version}`.padEnd(32)]),
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

describe.each(platforms)('one server and many clients, on $platform', (platform) => {
  it(`no response carries another's cookie, no valid cookie is refused (SEED=${seed})`, async () => {
    const next = randomNumbers(seed);
    const below = (limit: number): number => next() % limit;
    const { app, url, close } = await startApp(platform, IdentityModule);
    const signer = app.get(SecureCookieSigner);
    const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
    const cookies = new Map<number, string>();
    const count = { answered: 0, thrown: 0, aborted: 0, known: 0, unknown: 0 };
    const faults: string[] = [];
    let newest = KEYS;
    let started = 0;

    async function visit(): Promise<void> {
      const identity = below(IDENTITIES);
      const throws = below(10) === 0;
      const sent = cookies.get(identity) ?? '';
      const newestBefore = newest;
      const answer = await send(
        agent,
        `${url}/?identity=${identity}&before=${below(3)}&after=${below(3)}&throws=${throws}`,
        `identity=${sent}`,
        below(10) === 0 ? below(4) : undefined,
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
      while (started < REQUESTS) {
        started += 1;
        if (started % REQUESTS_PER_KEY === 0) {
          newest += 1;
          signer.replaceKeys(ring(newest));
        }
        await visit();
      }
    }

    await Promise.all(Array.from({ length: IN_FLIGHT }, client));
    agent.destroy();
    await close();

    expect(faults).toEqual([]);
    expect(count.answered + count.thrown + count.aborted).toBe(REQUESTS);
    expect(count.thrown).toBeGreaterThan(REQUESTS / 20);
    expect(count.aborted).toBeGreaterThan(REQUESTS / 40);
    // Both ways are taken: cookies that are recognised, and those whose key was retired meanwhile.
    expect(count.known).toBeGreaterThan(REQUESTS / 4);
    expect(count.unknown).toBeGreaterThan(IDENTITIES);
  }, 600_000);
});
