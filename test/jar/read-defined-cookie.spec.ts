import { setImmediate as turn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  SecureCookieReader,
  SecureCookieSigner,
  tornadoV1,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import type { SecureCookieNameBindingFormat } from '../../lib/accepts/accepted-format.js';
import { framed } from '../support/defined-cookies.js';
import { resignV1 } from '../support/resign.js';
import { SECRET, TORNADO_TEST_SECRET } from '../support/secrets.js';

const NOW = 1_300_000_000;
const DAY = 86_400;
const until = new Date('2100-01-01');

const signerAt = (now: number, clockTolerance?: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, clockTolerance, clock: () => now });

/** A format that finds the same in every cookie. */
const finding = (found: unknown): SecureCookieNameBindingFormat => ({
  until,
  secrets: [],
  bindsName: true,
  read: () => found as never,
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const v1 = (age: number, value = 'value'): string =>
  `user=${resignV1({ name: 'user', base64: btoa(value), timestamp: `${NOW - age}` }, TORNADO_TEST_SECRET)}`;

const v2 = (age: number, value: string | Uint8Array = 'value'): string =>
  `user=${signerAt(NOW - age).sign('user', value)}`;

describe('the date that an accepted format finds is judged as that of a cookie of ours', () => {
  const issuedAt = (date: unknown, signer = signerAt(NOW)) => {
    const User = defineSecureCookie('user', {
      maxAge: 3600,
      accepts: [finding({ payload: text('alice'), issuedAt: date })],
    });
    return new SecureCookieReader(signer, 'user=x').verify(User);
  };

  it.each([
    ['none', undefined, undefined],
    ['now', NOW, NOW],
    ['with a fraction, which is cut off', NOW - 0.25, NOW - 1],
    ['at the end of maxAge', NOW - 3600, NOW - 3600],
    ['at the end of the tolerance', NOW + 300, NOW + 300],
  ])('%s: is read', (_what, date, expected) => {
    expect(issuedAt(date)).toEqual({
      valid: true,
      value: 'alice',
      issuedAt: expected,
      current: false,
      bound: false,
    });
  });

  it.each([
    ['a second too old', NOW - 3601],
    ['a second beyond the tolerance', NOW + 301],
    ['of the year 33658', 1e12],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['before 1970', -1],
    ['null', null],
    ['a text', `${NOW}`],
    ['a Date', new Date(NOW * 1000)],
    ['a BigInt', BigInt(NOW)],
    ['an object that converts to one', { valueOf: () => NOW }],
  ])('%s: is not', (_what, date) => {
    expect(issuedAt(date)).toEqual({ valid: false, reason: 'malformed' });
  });

  it.each([
    [0, NOW, true],
    [0, NOW + 1, false],
    [1000, NOW + 1000, true],
    [1000, NOW + 1001, false],
  ])("by the signer's clockTolerance of %d seconds: %d: %s", (tolerance, date, valid) => {
    expect(issuedAt(date, signerAt(NOW, tolerance)).valid).toBe(valid);
  });

  it("by the signer's clockTolerance also where Tornado's format 1 carries it", () => {
    const User = defineSecureCookie('user', {
      accepts: [tornadoV1({ secret: TORNADO_TEST_SECRET, until })],
    });
    const read = (age: number, tolerance: number) =>
      new SecureCookieReader(signerAt(NOW, tolerance), v1(age)).verify(User).valid;

    expect([read(-1, 0), read(-1, 1), read(-301, 300), read(-301, 301)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

/** Reads a cookie in a format that finds this. */
const readFinding = (found: unknown) => {
  const User = defineSecureCookie('user', { codec: 'bytes', accepts: [finding(found)] });
  return new SecureCookieReader(signerAt(NOW), 'user=x').verify(User);
};

describe('what an accepted format finds is a payload, or a no', () => {
  it.each([
    ['null', null],
    ['a text', 'alice'],
    ['true', true],
    ['the payload without its object', text('alice')],
    ['an empty object', {}],
    ['a text for its payload', { payload: 'alice', issuedAt: undefined }],
    ['a list for its payload', { payload: [1, 2], issuedAt: undefined }],
    ['a buffer without a view', { payload: new ArrayBuffer(4), issuedAt: undefined }],
    ['words of 16 bits', { payload: new Uint16Array(2), issuedAt: undefined }],
    ['a promise of it', Promise.resolve({ payload: text('alice'), issuedAt: undefined })],
    [
      'a promise with all that a payload has',
      Object.assign(Promise.resolve(), { payload: text('alice'), issuedAt: undefined }),
    ],
    [
      'a payload that throws',
      {
        get payload(): never {
          throw new Error('no payload');
        },
      },
    ],
  ])('%s', (_what, found) => {
    expect(readFinding(found)).toEqual({ valid: false, reason: 'malformed' });
  });

  it('a promise that fails ends no process', async () => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown): unknown => unhandled.push(reason);
    process.on('unhandledRejection', record);

    expect(readFinding(Promise.reject(new Error('hostile input'))).valid).toBe(false);
    await turn();
    await turn();
    process.off('unhandledRejection', record);

    expect(unhandled).toEqual([]);
  });

  it('of another realm, as jsdom has it', () => {
    const payload: unknown = runInNewContext('Uint8Array.of(1, 2)');

    expect(readFinding({ payload, issuedAt: undefined })).toMatchObject({
      value: Uint8Array.of(1, 2),
    });
  });

  it('is copied: memory that a format uses again changes nothing', () => {
    const memory = text('first');
    const User = defineSecureCookie('user', {
      accepts: [finding({ payload: memory, issuedAt: NOW }), finding(undefined)],
    });
    const reader = new SecureCookieReader(signerAt(NOW), 'user=x');
    const first = reader.get(User);
    memory.set(text('other'));

    expect([first, reader.get(User)]).toEqual(['first', 'other']);
  });
});

describe('absoluteMaxAge binds what accepts reads', () => {
  const accepts = [tornadoV1({ secret: TORNADO_TEST_SECRET, until })];
  const User = defineSecureCookie('user', { absoluteMaxAge: DAY, accepts });

  it.each([
    ['at its end', DAY, true],
    ['a second later', DAY + 1, false],
    ['after twenty days', 20 * DAY, false],
  ])('%s', (_when, age, valid) => {
    expect(new SecureCookieReader(signerAt(NOW), v1(age)).verify(User).valid).toBe(valid);
  });

  it('and goes on to the next format', () => {
    const Two = defineSecureCookie('user', {
      absoluteMaxAge: DAY,
      accepts: [
        finding({ payload: text('too old'), issuedAt: NOW - DAY - 1 }),
        finding({ payload: text('in time'), issuedAt: NOW - DAY }),
      ],
    });

    expect(new SecureCookieReader(signerAt(NOW), 'user=x').get(Two)).toBe('in time');
  });
});

describe('a first issue later than the date of the signature counts as that', () => {
  const Bytes = defineSecureCookie('user', { codec: 'bytes', absoluteMaxAge: 7 * DAY });
  const chosen = framed('abc', 0xff_ffff_ffff);

  it.each([
    ['at the end of its absolute age', 7 * DAY, 'valid'],
    ['a second later', 7 * DAY + 1, 'absolute-age'],
  ])('%s', (_when, age, expected) => {
    const result = new SecureCookieReader(signerAt(NOW), v2(age, chosen)).verify(Bytes);

    expect(result.valid ? 'valid' : result.reason).toBe(expected);
  });
});

describe('of several values that verify the newest counts, in whatever format', () => {
  const accepts = [tornadoV1({ secret: TORNADO_TEST_SECRET, until })];
  const User = defineSecureCookie('user', { accepts });
  const Undated = defineSecureCookie('user', {
    schema: z.string(),
    codec: 'text',
    accepts: [finding({ payload: text('undated'), issuedAt: undefined })],
  });

  it.each([
    ['of ours, the older first', [v2(9, 'old'), v2(1, 'new')], 'new'],
    ['of ours, the newer first', [v2(1, 'new'), v2(9, 'old')], 'new'],
    ['an accepted one that is newer', [v2(9, 'old'), v1(1, 'new')], 'new'],
    ['an accepted one that is older', [v1(9, 'old'), v2(1, 'new')], 'new'],
    ['accepted ones', [v1(9, 'old'), v1(1, 'new')], 'new'],
    ['of one date, ours or not, the first', [v1(1, 'new'), v2(1, 'other')], 'new'],
  ])('%s', (_what, cookies, expected) => {
    expect(new SecureCookieReader(signerAt(NOW), cookies.join('; ')).get(User)).toBe(expected);
  });

  it.each([[['user=x', v2(9, 'dated')]], [[v2(9, 'dated'), 'user=x']]])(
    'and one without a date is older than all that have one: %j',
    (cookies) => {
      expect(new SecureCookieReader(signerAt(NOW), cookies.join('; ')).get(Undated)).toBe('dated');
    },
  );
});
