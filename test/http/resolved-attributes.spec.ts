import { describe, expect, it, jest } from '@jest/globals';
import {
  ResolvedAttributes,
  type SetCookieAttributes,
} from '../../lib/http/resolved-attributes.js';
import { NOW } from '../support/set-cookie.js';

const ATTRIBUTES = {
  path: '/shop',
  domain: 'example.com',
  maxAge: 60,
  httpOnly: true,
  secure: true,
  sameSite: 'strict',
  partitioned: true,
  priority: 'low',
} as const;

const textOf = (expires: string): string =>
  `; Max-Age=60; Domain=example.com; Path=/shop; Expires=${expires}; HttpOnly; Secure; Partitioned; Priority=Low; SameSite=Strict`;

function isSamePlace(
  one: Partial<SetCookieAttributes>,
  other: Partial<SetCookieAttributes>,
): boolean {
  const attributes = new ResolvedAttributes({ ...ATTRIBUTES, ...one });
  return attributes.isSamePlaceAs(new ResolvedAttributes({ ...ATTRIBUTES, ...other }));
}

describe('resolved attributes', () => {
  it('say the same for the whole of a second', () => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);
    const text = textOf('Thu, 06 Sep 2012 17:05:55 GMT');

    expect([NOW, NOW + 0.001, NOW + 0.999].map((now) => resolved.textAt(now))).toEqual([
      text,
      text,
      text,
    ]);
  });

  it.each([
    ['the next second', NOW + 1, 'Thu, 06 Sep 2012 17:05:56 GMT'],
    ['a second before, when a clock was set back', NOW - 0.001, 'Thu, 06 Sep 2012 17:05:54 GMT'],
    ['the first second of all', 0, 'Thu, 01 Jan 1970 00:01:00 GMT'],
  ])('say what is true in %s', (_second, now, expires) => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);
    resolved.textAt(NOW);

    expect(resolved.textAt(now)).toBe(textOf(expires));
  });

  it('are written once a second, however many cookies are set', () => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);
    const written = jest.spyOn(Date.prototype, 'toUTCString');
    try {
      for (let cookie = 0; cookie < 3000; cookie += 1) {
        resolved.textAt(NOW + cookie / 1000);
      }

      expect(written).toHaveBeenCalledTimes(3);
    } finally {
      written.mockRestore();
    }
  });

  it.each([
    ['0 deletes', 0, '; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax'],
    ['null lasts until the browser is closed', null, '; Path=/; SameSite=Lax'],
    [
      'an hour',
      3600,
      '; Max-Age=3600; Path=/; Expires=Thu, 06 Sep 2012 18:04:55 GMT; SameSite=Lax',
    ],
  ])('can have another lifetime: %s', (_lifetime, maxAge, text) => {
    const resolved = new ResolvedAttributes({
      ...ATTRIBUTES,
      path: '/',
      domain: undefined,
      httpOnly: false,
      secure: false,
      sameSite: 'lax',
      partitioned: false,
      priority: undefined,
    });
    const before = resolved.textAt(NOW);

    expect(resolved.lasting(maxAge).textAt(NOW)).toBe(text);
    expect(resolved.textAt(NOW)).toBe(before);
  });

  it('are the same ones with the lifetime that they have', () => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);

    expect(resolved.lasting(60)).toBe(resolved);
  });

  it('can live at another place, with all else as it was', () => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);
    const moved = resolved.livingAt('other.example', '/');

    expect(moved).toEqual({ ...ATTRIBUTES, domain: 'other.example', path: '/' });
    expect(resolved).toEqual(ATTRIBUTES);
  });

  it.each<[string, string | undefined, string, boolean]>([
    ['both', 'example.com', '/shop', true],
    ['another domain', 'other.example', '/shop', false],
    ['no domain', undefined, '/shop', false],
    ['another path', 'example.com', '/', false],
  ])('are the same ones only at the place that they have: %s', (_place, domain, path, same) => {
    const resolved = new ResolvedAttributes(ATTRIBUTES);

    expect(Object.is(resolved.livingAt(domain, path), resolved)).toBe(same);
  });

  it.each([true, false])('keep it for later that they need TLS: %s', (needsTls) => {
    const resolved = new ResolvedAttributes(ATTRIBUTES, 60, ATTRIBUTES, needsTls);

    expect(resolved.needsTls).toBe(needsTls);
    expect(resolved.lasting(0).needsTls).toBe(needsTls);
    expect(resolved.livingAt(undefined, '/').needsTls).toBe(needsTls);
  });

  it('need no TLS where nobody said so', () => {
    expect(new ResolvedAttributes(ATTRIBUTES).needsTls).toBe(false);
  });
});

describe('two cookies of one name', () => {
  it.each<[string, Partial<SetCookieAttributes>, Partial<SetCookieAttributes>]>([
    ['all else differs', {}, { maxAge: 1, httpOnly: false, secure: false, sameSite: 'lax' }],
    ['a leading dot', { domain: 'a.example.com' }, { domain: '.a.example.com' }],
    ['upper case', { domain: 'example.com' }, { domain: 'EXAMPLE.com' }],
    ['no domain', { domain: undefined }, { domain: undefined }],
  ])('replace each other in a browser: %s', (_what, one, other) => {
    expect(isSamePlace(one, other)).toBe(true);
    expect(isSamePlace(other, one)).toBe(true);
  });

  it.each<[string, Partial<SetCookieAttributes>, Partial<SetCookieAttributes>]>([
    ['path', { path: '/' }, { path: '/shop' }],
    ['path, whose case counts', { path: '/shop' }, { path: '/Shop' }],
    ['domain', { domain: 'example.com' }, { domain: 'other.example' }],
    ['domain, without its dots', { domain: 'a.example.com' }, { domain: 'aexample.com' }],
    ['domain, which one has not', { domain: undefined }, { domain: 'example.com' }],
    ['partition', { partitioned: true }, { partitioned: false }],
    ['path and domain', { path: '/', domain: undefined }, { path: '/shop' }],
    ['path and partition', { path: '/', partitioned: false }, { path: '/shop' }],
  ])('stand beside each other in a browser: they differ in their %s', (_what, one, other) => {
    expect(isSamePlace(one, other)).toBe(false);
    expect(isSamePlace(other, one)).toBe(false);
  });
});
