import { describe, expect, it } from '@jest/globals';
import { readSetCookies } from '../../lib/testing/index.js';
import { newSeed } from '../fuzz/random.js';
import { runReadBack } from '../set-cookies/read-back.js';
import { thrownBy } from '../support/thrown-by.js';

const SESSION =
  'session=2|1:0|x; Max-Age=60; Path=/; Expires=Thu, 06 Sep 2012 17:04:55 GMT; HttpOnly; Secure; SameSite=Lax';

const READ = {
  name: 'session',
  value: '2|1:0|x',
  attributes: {
    maxAge: 60,
    path: '/',
    expires: new Date('2012-09-06T17:04:55Z'),
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
  },
};

const seed = newSeed();

describe('the Set-Cookie headers of a response', () => {
  it.each([
    ['a list, as supertest gives them', [SESSION]],
    ['one header', SESSION],
    ["fetch's headers", new Headers([['set-cookie', SESSION]])],
  ])('are parsed from %s', (_source, headers) => {
    expect(readSetCookies(headers)).toEqual([READ]);
  });

  it.each([
    ['supertest', undefined],
    ['headers.get()', null],
    ["fetch's headers", new Headers()],
    ['an empty list', []],
    ['an empty list that was joined', [].join(', ')],
  ])('are an empty list if there are none: %s', (_source, headers) => {
    expect(readSetCookies(headers)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a number', 1],
    ['a function', () => SESSION],
    ["supertest's headers", { 'set-cookie': [SESSION] }],
    ['a list that holds something else', [SESSION, undefined]],
    ['a list of lists', [[SESSION]]],
    ['getSetCookie as a property', { getSetCookie: [SESSION] }],
    ['getSetCookie that gives one text', { getSetCookie: () => SESSION }],
    ['a response', new Response()],
  ])('cannot be read from %s', (_source, headers) => {
    const error = thrownBy(() => readSetCookies(headers as never));

    expect(error).toMatchObject({ name: 'SecureCookieError', code: 'option' });
    expect(error.message).toBe(
      "readSetCookies takes the headers of a fetch response, a string, or a list of strings: response.headers, or response.headers['set-cookie'] of supertest.",
    );
  });

  it.each<[string, (list: string[]) => string | null]>([
    [
      'as fetch joins them',
      (list) => new Headers(list.map((one) => ['set-cookie', one])).get('set-cookie'),
    ],
    ['as a list becomes text', String],
    ['with tabs', (list) => list.join(',\t')],
  ])('are taken apart where they are joined, commas in Expires and all: %s', (_how, join) => {
    const headers = [SESSION, 'a=', SESSION, 'b=1=,2; Path=/shop', SESSION];

    expect(readSetCookies(join(headers))).toEqual(readSetCookies(headers));
  });

  it('may hold commas where they come as a list', () => {
    expect(readSetCookies(['a=1; Path=/b, c=d'])).toEqual([
      { name: 'a', value: '1', attributes: { path: '/b, c=d' } },
    ]);
  });

  it('keep a value as it was sent', () => {
    expect(readSetCookies('a=%20b')).toMatchObject([{ name: 'a', value: '%20b' }]);
  });

  it('keep their order, and each its own attributes', () => {
    const headers = [
      SESSION,
      'a=1; Domain=example.com; Path=/shop; Partitioned; Priority=High; SameSite=None; Secure',
      'b=2',
      'c=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ];

    expect(readSetCookies(headers)).toEqual([
      READ,
      {
        name: 'a',
        value: '1',
        attributes: {
          domain: 'example.com',
          path: '/shop',
          partitioned: true,
          priority: 'high',
          sameSite: 'none',
          secure: true,
        },
      },
      { name: 'b', value: '2', attributes: {} },
      { name: 'c', value: '', attributes: { maxAge: 0, path: '/', expires: new Date(0) } },
    ]);
  });

  it(`say what was set, whoever reads them: 2,000 generated cookies (seed ${seed})`, async () => {
    const result = await runReadBack({ cookies: 2000, seed, stream: 'none' });

    expect(result).toMatchObject({ cookies: 2000, faults: [] });
    expect(result.joined).toBeGreaterThan(1500);
  });
});
