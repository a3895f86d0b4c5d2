import { describe, expect, it } from '@jest/globals';
import { readSetCookies } from '../../lib/testing/index.js';

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

describe('the Set-Cookie headers of a response', () => {
  it.each([
    ['a list, as supertest gives them', [SESSION]],
    ['one header', SESSION],
    ["fetch's headers", new Headers([['set-cookie', SESSION]])],
  ])('are taken apart from %s', (_source, headers) => {
    expect(readSetCookies(headers)).toEqual([READ]);
  });

  it('are none where there is none', () => {
    expect(readSetCookies(undefined)).toEqual([]);
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
});
