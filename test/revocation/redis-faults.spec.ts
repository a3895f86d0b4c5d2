import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { redisRevocations } from '../../lib/revocation/redis-revocations.js';
import { markKey } from '../../lib/revocation/revocation-mark.js';
import type { SecureCookieRevocationSettings } from '../../lib/revocation/revocation-settings.js';
import { SecureCookieRevocations } from '../../lib/revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { RecordedLog } from '../support/recorded-log.js';
import { RedisServer } from '../support/redis-server.js';
import { SECRET } from '../support/secrets.js';

jest.setTimeout(60_000);

const KEY = 'revocations';

const Session = defineSecureCookie('session', {
  maxAge: 3600,
  revocableBy: (user) => [`user:${user}`],
});

const INSTANCE = fileURLToPath(new URL('../support/frozen-instance.ts', import.meta.url));

const signer = new SecureCookieSigner({ secret: SECRET });
const cookieOf = (user: string): string => `session=${signer.sign('session', user)}`;

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) {
    await cleanUp();
  }
});

/** A client as it comes: it queues what it is given while it is offline, without end. */
function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', {
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  client.on('error', () => undefined);
  cleanUps.push(() => client.disconnect());
  return client;
}

interface Instance {
  readonly revocations: SecureCookieRevocations;
  /** The commands that it sent. */
  readonly sent: string[];
  /** What it makes of a cookie: `valid`, or the reason why not. */
  readonly say: (cookie: string) => string;
}

function instanceOn(
  client: () => Redis,
  settings: Partial<SecureCookieRevocationSettings> = {},
  by = signer,
): Instance {
  const sent: string[] = [];
  const source = redisRevocations({
    send: (command, ...words) => {
      sent.push(command);
      return client().call(command, ...words);
    },
    key: KEY,
  });
  const given = { source, refreshEvery: 0.1, maxStale: 30, ...settings };
  const revocations = new SecureCookieRevocations(by, given, new RecordedLog());
  cleanUps.push(() => revocations.stop());
  const say = (cookie: string): string => {
    const result = new SecureCookieReader(by, cookie, { revocations }).verify(Session);
    return result.valid ? 'valid' : result.reason;
  };
  return { revocations, sent, say };
}

async function startedOn(...given: Parameters<typeof instanceOn>): Promise<Instance> {
  const instance = instanceOn(...given);
  await instance.revocations.start();
  return instance;
}

/** Asks again until it is so; fails after ten seconds. */
async function eventually(look: () => unknown, expected: unknown): Promise<void> {
  const end = Date.now() + 10_000;
  while (look() !== expected && Date.now() < end) {
    await delay(10);
  }
  expect(look()).toBe(expected);
}

describeWithRedis('a Redis server that fails', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
    cleanUps.push(() => server.stop());
  });

  it('at the start: nothing starts', async () => {
    await server.crash();
    const { revocations } = instanceOn(() => client);
    const client = clientOf(server.port);
    const began = Date.now();

    await expect(revocations.start()).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'revocations-load',
    });
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it('later: the last list stays until maxStale, and no restart is needed', async () => {
    const client = clientOf(server.port);
    const { revocations, say } = await startedOn(() => client, { maxStale: 1.5 });
    const [alice, bob] = [cookieOf('alice'), cookieOf('bob')];
    await revocations.revoke(Session, 'user:alice');
    await server.crash();

    expect([say(alice), say(bob)]).toEqual(['revoked', 'valid']);
    await eventually(() => say(bob), 'revocations-stale');
    expect(say(alice)).toBe('revoked');

    await server.begin();
    await eventually(() => say(bob), 'valid');
    expect(say(alice)).toBe('revoked');
  });

  it('killed and restarted empty: who held a mark keeps it, and who starts later has none', async () => {
    const client = clientOf(server.port);
    const one = await startedOn(() => client);
    const other = await startedOn(() => client);
    const [alice, bob] = [cookieOf('alice'), cookieOf('bob')];
    await one.revocations.revoke(Session, 'user:alice');
    await eventually(() => other.say(alice), 'revoked');
    await server.crash();
    await server.begin();
    await client.ping();

    await other.revocations.revoke(Session, 'user:bob');
    await eventually(() => one.say(bob), 'revoked');
    expect([one.say(alice), other.say(alice)]).toEqual(['revoked', 'revoked']);
    const later = await startedOn(() => client);
    expect([later.say(alice), later.say(bob)]).toEqual(['valid', 'revoked']);
  });

  it('keeps what it was told, where it writes it to its disk', async () => {
    const durable = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
    cleanUps.push(() => durable.stop());
    const client = clientOf(durable.port);
    const alice = cookieOf('alice');
    const { revocations } = await startedOn(() => client);
    await revocations.revoke(Session, 'user:alice');
    await durable.crash();
    await durable.begin();
    await client.ping();

    expect((await startedOn(() => client)).say(alice)).toBe('revoked');
  });

  it.each<[string, (redis: RedisServer) => unknown, (redis: RedisServer) => unknown]>([
    ['that is down', (redis) => redis.crash(), (redis) => redis.begin()],
    ['that hangs', (redis) => redis.freeze(), (redis) => redis.thaw()],
  ])(
    '%s, with a client that queues: calls end after two seconds, and nothing piles up',
    async (_what, fail, mend) => {
      const client = clientOf(server.port);
      const { revocations, sent, say } = await startedOn(() => client);
      const alice = cookieOf('alice');
      await fail(server);
      sent.length = 0;
      const began = Date.now();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 100 }, () => revocations.revoke(Session, 'user:alice')),
      );

      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
      expect(Date.now() - began).toBeGreaterThan(1900);
      expect(Date.now() - began).toBeLessThan(5000);
      await delay(2500);
      const atOnce = Date.now();
      await expect(revocations.revoke(Session, 'user:alice')).rejects.toMatchObject({
        code: 'revocation-failed',
        cause: { message: expect.stringContaining('without an answer') },
      });
      expect(Date.now() - atOnce).toBeLessThan(1000);
      expect(sent.filter((command) => command === 'XADD')).toHaveLength(100);
      expect(sent.filter((command) => command === 'XRANGE').length).toBeLessThanOrEqual(2);
      expect(say(alice)).toBe('valid');

      await mend(server);
      await client.ping();
      await revocations.revoke(Session, 'user:bob');
      // What the client had queued was recorded at last.
      await eventually(() => say(alice), 'revoked');
    },
  );

  it('of which the stream is trimmed below the cursor: what is held stays, what is new comes', async () => {
    const client = clientOf(server.port);
    const one = await startedOn(() => client);
    const other = await startedOn(() => client);
    const [alice, bob] = [cookieOf('alice'), cookieOf('bob')];
    await one.revocations.revoke(Session, 'user:alice');
    await eventually(() => other.say(alice), 'revoked');
    await client.xtrim(KEY, 'MAXLEN', 0);
    await one.revocations.revoke(Session, 'user:bob');

    await eventually(() => other.say(bob), 'revoked');
    expect(other.say(alice)).toBe('revoked');
  });

  it('and is followed by a replica that gives an id again', async () => {
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(server.port));
    cleanUps.push(() => replica.stop());
    const [first, second] = [clientOf(server.port), clientOf(replica.port)];
    let client = first;
    const instance = await startedOn(() => client);
    const cookies = ['alice', 'bob', 'carol', 'dave'].map(cookieOf);
    await instance.revocations.revoke(Session, 'user:alice');
    const isThere = async (): Promise<boolean> => (await second.xlen(KEY)) === 1;
    for (let tries = 0; tries < 500 && !(await isThere()); tries += 1) {
      await delay(20);
    }
    // The replica is cut off, and takes over: what comes now does not reach it.
    await second.replicaof('NO', 'ONE');
    await instance.revocations.revoke(Session, 'user:bob');
    const [entry] = await first.xrevrange(KEY, '+', '-', 'COUNT', 1);
    const id = entry?.[0] ?? '';
    await eventually(() => instance.sent.slice(-2).join(), 'XRANGE,XRANGE');
    await delay(300);
    const add = (at: string, user: string): Promise<unknown> => {
      const now = Math.floor(Date.now() / 1000);
      const key = markKey('session', `user:${user}`);
      return second.xadd(KEY, at, 'key', key, 'at', now, 'until', now + 3600);
    };
    // An id that lies before that of bob's mark, which is lost, and the very same one.
    await add(`${Number.parseInt(id, 10) - 1}-999`, 'carol');
    await add(id, 'dave');
    client = second;
    await server.crash();

    await eventually(() => cookies.map(instance.say).join(), 'revoked,revoked,revoked,revoked');
  });

  it('not, but holds marks of a bad shape: they are skipped', async () => {
    const client = clientOf(server.port);
    const instance = await startedOn(() => client);
    const alice = cookieOf('alice');
    await client.xadd(KEY, '*', 'key', 'user:alice', 'at', 'now', 'until', 'tomorrow');
    await client.xadd(KEY, '*', 'anything', '\0');
    await instance.revocations.revoke(Session, 'user:alice');
    const other = await startedOn(() => client);

    expect([instance.say(alice), other.say(alice)]).toEqual(['revoked', 'revoked']);
    expect(other.say(cookieOf('bob'))).toBe('valid');
  });

  it('not, but one instance has a clock that is two seconds behind', async () => {
    const client = clientOf(server.port);
    const behindBy = new SecureCookieSigner({
      secret: SECRET,
      clock: () => Date.now() / 1000 - 2,
    });
    const right = await startedOn(() => client);
    const behind = await startedOn(() => client, {}, behindBy);
    const [alice, bob] = [cookieOf('alice'), cookieOf('bob')];
    expect([behind.say(alice), behind.say(bob)]).toEqual(['valid', 'valid']);

    // By the one that is behind, of a cookie that it has seen; and by the other one.
    await behind.revocations.revoke(Session, 'user:alice');
    await right.revocations.revoke(Session, 'user:bob');
    await eventually(() => right.say(alice), 'revoked');
    await eventually(() => behind.say(bob), 'revoked');
  });

  it('not, but a process was frozen for longer than maxStale: it refuses until it has asked', async () => {
    const child: ChildProcess = fork(INSTANCE, [String(server.port)], {
      execArgv: ['--import', 'tsx'],
    });
    cleanUps.push(() => {
      child.kill('SIGKILL');
    });
    const [started]: unknown[] = await once(child, 'message');
    const ask = async (): Promise<unknown> => {
      child.send('?');
      const [answer]: unknown[] = await once(child, 'message');
      return answer;
    };
    const askUntilFresh = async (): Promise<unknown> => {
      let last = await ask();
      for (let tries = 0; tries < 200 && last === 'revocations-stale'; tries += 1) {
        await delay(20);
        last = await ask();
      }
      return last;
    };
    // A busy machine alone holds it up for as long, now and then.
    expect([started, await askUntilFresh()]).toEqual(['started', 'valid']);

    child.kill('SIGSTOP');
    const client = clientOf(server.port);
    const here = await startedOn(() => client);
    await here.revocations.revoke(Session, 'user:alice');
    await delay(2000);
    const thawed = ask();
    child.kill('SIGCONT');

    expect(['revocations-stale', 'revoked']).toContain(await thawed);
    expect(await askUntilFresh()).toBe('revoked');
  });
});
