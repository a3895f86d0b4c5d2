import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { redisRevocations } from '../../lib/revocation/redis-revocations.js';
import type { SecureCookieRevocationMark } from '../../lib/revocation/revocation-mark.js';
import type { SecureCookieRevocationSource } from '../../lib/revocation/revocation-source.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { REDIS_CLIENTS, type RedisClient } from '../support/redis-clients.js';
import { RedisServer } from '../support/redis-server.js';
import { thrownBy } from '../support/thrown-by.js';

const KEY = 'shop:revocations';
const NOW = Math.floor(Date.now() / 1000);
const HOUR = 3600;

/** A mark of a key that the number tells apart. */
const mark = (number: number, at = NOW, until = NOW + HOUR): SecureCookieRevocationMark => ({
  key: number.toString(16).padStart(32, '0'),
  at,
  until,
});

const inTime = (): AbortSignal => AbortSignal.timeout(60_000);

/** All pages behind a cursor, as an instance reads them. */
async function loadAll(source: SecureCookieRevocationSource, cursor?: string) {
  const pages: (readonly SecureCookieRevocationMark[])[] = [];
  let last = cursor;
  for (;;) {
    const page = await source.load(last, inTime());
    pages.push(page.marks);
    if (page.cursor === last) {
      return { cursor: last, marks: pages.flat(), pages };
    }
    last = page.cursor;
  }
}

const send = async (): Promise<unknown> => [];

describe('the options of redisRevocations', () => {
  it.each<[string, unknown]>([
    ['no options', undefined],
    ['no send', { key: KEY }],
    ['a client for send', { send: {}, key: KEY }],
    ['no key', { send }],
    ['an empty key', { send, key: '' }],
    ['a key of bytes', { send, key: Buffer.from(KEY) }],
    ['a misspelt one', { send, key: KEY, maxLen: 10 }],
  ])('throw where there is %s', (_what, options) => {
    expect(thrownBy(() => redisRevocations(options as never))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
    });
  });
});

describe('a read that is never answered', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is sent again after a minute, and not before', async () => {
    jest.useFakeTimers();
    let sent = 0;
    const hanging = (): Promise<unknown> => {
      sent += 1;
      return new Promise(() => undefined);
    };
    const source = redisRevocations({ send: hanging, key: KEY });
    const load = async (): Promise<number> => {
      void source.load(undefined, inTime());
      await jest.advanceTimersByTimeAsync(0);
      return sent;
    };

    expect([await load(), await load()]).toEqual([1, 1]);
    await jest.advanceTimersByTimeAsync(59_999);
    expect(await load()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect([await load(), await load()]).toEqual([2, 2]);
  });

  it('but fails is sent again at once', async () => {
    let sent = 0;
    const failing = async (): Promise<unknown> => {
      sent += 1;
      throw new Error('down');
    };
    const source = redisRevocations({ send: failing, key: KEY });

    await expect(source.load(undefined, inTime())).rejects.toThrow('down');
    await expect(source.load(undefined, inTime())).rejects.toThrow('down');
    expect(sent).toBe(2);
  });
});

describe('a reply to XADD that is not the id of an entry', () => {
  it.each<[string, unknown]>([
    ['nothing, of a wrapper that swallows errors', undefined],
    ['null, as Redis gives where nothing was added', null],
    ['"QUEUED", in a transaction', 'QUEUED'],
    ['"OK"', 'OK'],
    [
      'an error that was not thrown',
      new Error('READONLY You can not write against a read only replica.'),
    ],
    ['an object without a prototype', Object.create(null)],
  ])('is no recorded revocation: %s', async (_what, reply) => {
    const source = redisRevocations({ send: async () => reply, key: KEY });

    await expect(source.record(mark(1), inTime())).rejects.toThrow(Error);
  });

  it('may come as bytes', async () => {
    const reply = Buffer.from('1526919030474-55');
    const source = redisRevocations({ send: async () => reply, key: KEY });

    await expect(source.record(mark(1), inTime())).resolves.toBeUndefined();
  });
});

describe('a reply that is not a list of entries', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'QUEUED'],
    ['a list of texts', ['entry']],
    ['an entry without an id', [[undefined, ['key', 'value']]]],
    ['an entry of another id', [['first', ['key', 'value']]]],
  ])('fails the load: %s', async (_what, reply) => {
    const source = redisRevocations({ send: async () => reply, key: KEY });

    await expect(source.load(undefined, inTime())).rejects.toThrow(/^The reply to XRANGE/);
  });
});

describeWithRedis('revocations on a Redis stream', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(() => server.stop());

  describe.each(REDIS_CLIENTS)('through %s', (_name, connect) => {
    let client: RedisClient;
    let source: SecureCookieRevocationSource;

    beforeAll(async () => {
      client = await connect(server.port);
    });

    beforeEach(async () => {
      await client.send('DEL', KEY);
      source = redisRevocations({ send: client.send, key: KEY });
    });

    afterAll(() => client.close());

    it('come back as they were recorded, to those who join later, and once', async () => {
      const empty = await loadAll(source);
      expect(empty.marks).toEqual([]);

      const hinted = { ...mark(3), hint: 0x7fff_ffff };
      await source.record(mark(1), inTime());
      await source.record(mark(2, NOW + 1), inTime());
      const first = await loadAll(source, empty.cursor);
      await source.record(hinted, inTime());

      expect(first.marks).toEqual([mark(1), mark(2, NOW + 1)]);
      expect((await loadAll(source, first.cursor)).marks).toEqual([hinted]);
      expect((await loadAll(source)).marks).toEqual([mark(1), mark(2, NOW + 1), hinted]);
    });

    it('come in pages', async () => {
      for (let number = 0; number < 12_000; number += 500) {
        const marks = Array.from({ length: 500 }, (_, index) => mark(number + index));
        await Promise.all(marks.map((one) => source.record(one, inTime())));
      }
      const { marks, pages } = await loadAll(source);

      expect(new Set(marks.map(({ key }) => key)).size).toBe(12_000);
      expect(pages.map(({ length }) => length)).toEqual([5000, 4999, 2001, 0]);
    }, 60_000);

    it.each<[string, readonly string[]]>([
      ['no field of a mark', ['some', 'thing']],
      ['a key only', ['key', mark(1).key]],
      ['a key that is none', ['key', 'user:42', 'at', `${NOW}`, 'until', `${NOW + HOUR}`]],
      ['a date that is none', ['key', mark(1).key, 'at', 'now', 'until', `${NOW + HOUR}`]],
      ['a date in exponents', ['key', mark(1).key, 'at', '1e9', 'until', `${NOW + HOUR}`]],
      ['an empty date', ['key', mark(1).key, 'at', '', 'until', `${NOW + HOUR}`]],
      ['bytes that are no text', ['key', '\0\u{fffd}', 'at', '\n', 'until', ' ']],
    ])('that somebody else wrote hold nothing up: %s', async (_what, fields) => {
      await client.send('XADD', KEY, '*', ...fields);
      await source.record(mark(2), inTime());
      const { marks, cursor } = await loadAll(source);

      expect(marks).toHaveLength(2);
      expect(marks[1]).toEqual(mark(2));
      expect((await loadAll(source, cursor)).marks).toEqual([]);
    });

    it('are all read again where the last one that was read is gone', async () => {
      await source.record(mark(1), inTime());
      await source.record(mark(2), inTime());
      const { cursor } = await loadAll(source);
      await source.record(mark(3), inTime());
      await source.record(mark(4), inTime());
      await client.send('XTRIM', KEY, 'MAXLEN', '1');
      const trimmed = await loadAll(source, cursor);
      expect(trimmed.marks).toEqual([mark(4)]);

      await client.send('DEL', KEY);
      const emptied = await loadAll(source, trimmed.cursor);
      expect(emptied.marks).toEqual([]);

      await source.record(mark(5), inTime());
      expect((await loadAll(source, emptied.cursor)).marks).toEqual([mark(5)]);
    });

    it('are all read again where an id is that of another entry', async () => {
      const add = (id: string, { key, at, until }: SecureCookieRevocationMark) =>
        client.send('XADD', KEY, id, 'key', key, 'at', `${at}`, 'until', `${until}`);
      await add('1000-0', mark(1));
      await add('2000-0', mark(2));
      const { cursor } = await loadAll(source);
      // Of another server, which had the first one only.
      await client.send('DEL', KEY);
      await add('1000-0', mark(1));
      await add('1500-0', mark(3));
      await add('2000-0', mark(4));

      expect((await loadAll(source, cursor)).marks).toEqual([mark(1), mark(3), mark(4)]);
    });

    it('are not trimmed by a clock that is years ahead', async () => {
      const now = Math.floor(Date.now() / 1000);
      const marks = Array.from({ length: 300 }, (_, number) => mark(number, now, now + HOUR));
      await Promise.all(marks.map((recorded) => source.record(recorded, inTime())));
      await loadAll(source);
      const ahead = now + 1000 * 24 * HOUR;
      await source.record(mark(300, ahead, ahead + HOUR), inTime());

      expect(await client.send('XLEN', KEY)).toBe(301);
    });

    it('are not trimmed by an id that somebody dated years ahead', async () => {
      const now = Math.floor(Date.now() / 1000);
      const marks = Array.from({ length: 300 }, (_, number) => mark(number, now, now + HOUR));
      await Promise.all(marks.map((recorded) => source.record(recorded, inTime())));
      await client.send('XADD', KEY, `${now + 1000 * 24 * HOUR}000-1`, 'any', 'field');
      await loadAll(source);
      await source.record(mark(300, now, now + HOUR), inTime());

      expect(await client.send('XLEN', KEY)).toBe(302);
    });

    it('are trimmed once they are over, and not before', async () => {
      const old = Array.from({ length: 300 }, (_, number) => mark(number, 1000, 1000 + HOUR));
      for (const { key, at, until } of old) {
        await client.send(
          'XADD',
          KEY,
          `${at}000-*`,
          'key',
          key,
          'at',
          `${at}`,
          'until',
          `${until}`,
        );
      }
      // Nothing is trimmed by those who do not know what there is.
      await source.record(mark(1000, 1000 + HOUR, 1001 + HOUR), inTime());
      expect(await client.send('XLEN', KEY)).toBe(301);

      await loadAll(source);
      await source.record(mark(1001, 1000 + HOUR - 1, 1000 + HOUR), inTime());
      expect(await client.send('XLEN', KEY)).toBe(302);
      await source.record(mark(1002, 1000 + HOUR + 1, 1000 + HOUR + 2), inTime());
      const { marks } = await loadAll(source);

      // Redis trims whole nodes of a hundred entries.
      expect(marks.length).toBeLessThanOrEqual(200);
      expect(marks).toContainEqual(mark(1001, 1000 + HOUR - 1, 1000 + HOUR));
    });
  });
});
