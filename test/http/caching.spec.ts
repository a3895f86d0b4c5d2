import { describe, expect, it } from '@jest/globals';
import {
  isOfferedToSharedCaches,
  isPrefetch,
  keepPrivate,
  varyByCookie,
} from '../../lib/http/caching.js';
import type { ResponseHead } from '../../lib/http/response-head.js';

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A head of these headers, in any spelling. */
class Head implements ResponseHead {
  readonly statusCode = 200;
  readonly #fields: Map<string, readonly string[]>;

  constructor(fields: Fields) {
    this.#fields = new Map(Object.entries(fields).map(([name, value]) => [name, [value].flat()]));
  }

  get fields(): object {
    return Object.fromEntries(
      [...this.#fields].map(([name, values]) => [name.toLowerCase(), values.join(', ')]),
    );
  }

  names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  header(name: string): readonly string[] {
    return this.#fields.get(this.#spelling(name)) ?? [];
  }

  setHeader(name: string, value: string | string[]): void {
    this.#fields.set(this.#spelling(name), [value].flat());
  }

  removeHeader(name: string): void {
    this.#fields.delete(this.#spelling(name));
  }

  #spelling(name: string): string {
    return this.names().find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
  }
}

describe('Cache-Control of a response that carries a cookie', () => {
  it.each<[said: string | string[], sent: string]>([
    // RFC 9111, section 5.2.2: these keep a response out of shared caches, and stay.
    ['private', 'private'],
    ['no-store', 'no-store'],
    ['Private', 'Private'],
    ['NO-STORE', 'NO-STORE'],
    ['max-age=60, private', 'max-age=60, private'],
    ['public, no-store', 'public, no-store'],
    ['\t private \t,max-age=1', '\t private \t,max-age=1'],
    [',,private,', ',,private,'],
    ['extension="a, b", private', 'extension="a, b", private'],
    [['max-age=60', 'private'], 'max-age=60, private'],
    // These do not.
    ['', 'private'],
    [',', 'private'],
    ['max-age=60', 'max-age=60, private'],
    ['no-cache', 'no-cache, private'],
    ['must-revalidate, max-age=600', 'must-revalidate, max-age=600, private'],
    ['max-age=600, stale-while-revalidate=60', 'max-age=600, stale-while-revalidate=60, private'],
    ['max-age=600,proxy-revalidate', 'max-age=600, proxy-revalidate, private'],
    ['no-transform', 'no-transform, private'],
    // These let it in, and go.
    ['public', 'private'],
    ['public, max-age=60', 'max-age=60, private'],
    ['max-age=60,PUBLIC', 'max-age=60, private'],
    ['s-maxage=60', 'private'],
    ['max-age=1, s-maxage = 60', 'max-age=1, private'],
    ['max-age=1, , no-cache', 'max-age=1, no-cache, private'],
    ['S-MaxAge="60", max-age=1', 'max-age=1, private'],
    ['max-age=31536000, immutable', 'max-age=31536000, private'],
    [['public', 'max-age=600'], 'max-age=600, private'],
    // Field lists are about those fields alone (sections 5.2.2.4 and 5.2.2.7).
    ['private="x"', 'private'],
    ['private=x', 'private'],
    ['private=', 'private'],
    ['private="set-cookie, x", max-age=1', 'max-age=1, private'],
    ['no-cache="set-cookie"', 'no-cache="set-cookie", private'],
    ['no-store="x"', 'no-store="x", private'],
    // A cache that knows must-understand ignores the no-store beside it (section 5.2.2.3).
    ['must-understand, no-store, max-age=9', 'must-understand, no-store, max-age=9, private'],
    ['Must-Understand=1, No-Store', 'Must-Understand=1, No-Store, private'],
    ['public, must-understand, no-store', 'must-understand, no-store, private'],
    ['must-understand, no-store, private', 'must-understand, no-store, private'],
    ['x-must-understand, no-store', 'x-must-understand, no-store'],
    // Words that are part of others, or of a quoted string, are none.
    ['x-private', 'x-private, private'],
    ['privately', 'privately, private'],
    ['not public', 'not public, private'],
    ['private; max-age=1', 'private; max-age=1, private'],
    ['private\u{a0}', 'private\u{a0}, private'],
    ['extension="private"', 'extension="private", private'],
    ['extension="a, private, b"', 'extension="a, private, b", private'],
    [String.raw`extension="a\", private, b"`, String.raw`extension="a\", private, b", private`],
    ['extension="public, s-maxage=1"', 'extension="public, s-maxage=1", private'],
    // Of what has no end, nobody can tell what it says.
    ['max-age=60, extension="a, private', 'private'],
    [String.raw`extension="a\"`, 'private'],
    ['public"', 'private'],
    ['max-age=60, extension="a", other="private', 'private'],
  ])('%j goes out as %j', (said, sent) => {
    const head = new Head({ 'cache-control': said });
    keepPrivate(head);

    expect(head.fields).toEqual({ 'cache-control': sent });
  });

  it('is private where the app says nothing', () => {
    const head = new Head({ Expires: 'Thu, 01 Jan 2099 00:00:00 GMT', Pragma: 'public' });
    keepPrivate(head);

    expect(head.fields).toEqual({
      expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
      pragma: 'public',
      'cache-control': 'private',
    });
  });

  it('takes linear time, whatever it says', () => {
    const quotes = `${'"\\", '.repeat(100_000)}x`;
    const started = performance.now();
    for (const value of [quotes, `a="${'\\'.repeat(200_000)}`, ','.repeat(200_000)]) {
      keepPrivate(new Head({ 'Cache-Control': value }));
    }

    expect(performance.now() - started).toBeLessThan(2000);
  });
});

/** Fields that some caches obey in place of Cache-Control. */
const targeted = [
  'CDN-Cache-Control',
  'cdn-cache-control',
  'Cloudflare-CDN-Cache-Control',
  'Vercel-CDN-Cache-Control',
  'NETLIFY-CDN-CACHE-CONTROL',
  'Akamai-Cache-Control',
  'Surrogate-Control',
  'X-Accel-Expires',
  'X-ACCEL-EXPIRES',
  'Edge-Control',
];

describe('a targeted field of a response that carries a cookie', () => {
  it.each(targeted)('goes: %s', (name) => {
    const head = new Head({ [name]: 'max-age=600', 'Cache-Control': 'private', 'X-A': '1' });

    expect(keepPrivate(head)).toBe(true);
    expect(head.fields).toEqual({ 'cache-control': 'private', 'x-a': '1' });
  });

  it.each(['Cache-Control-Report', 'Surrogate-Key', 'X-Cache', 'Cache-Tag', 'Access-Control'])(
    'is not %s, which stays',
    (name) => {
      const head = new Head({ [name]: 'max-age=600' });

      expect(keepPrivate(head)).toBe(false);
      expect(head.fields).toEqual({
        [name.toLowerCase()]: 'max-age=600',
        'cache-control': 'private',
      });
    },
  );
});

/** What offers a response to shared caches, and whether the app is to be told that it was taken back. */
const offers: { readonly fields: Fields; readonly offered: boolean; readonly told: boolean }[] = [
  { fields: { 'Cache-Control': 'public' }, offered: true, told: true },
  { fields: { 'Cache-Control': 'max-age=1, PUBLIC' }, offered: true, told: true },
  { fields: { 'Cache-Control': 's-maxage=60' }, offered: true, told: true },
  { fields: { 'Cache-Control': 'private="x", s-maxage="60"' }, offered: true, told: true },
  { fields: { 'Cache-Control': 'immutable' }, offered: true, told: false },
  { fields: { 'Cache-Control': 'public, private' }, offered: true, told: false },
  {
    fields: { 'Cache-Control': 'private', 'CDN-Cache-Control': 'max-age=1' },
    offered: true,
    told: true,
  },
  { fields: { 'X-Accel-Expires': '60' }, offered: true, told: true },
  { fields: {}, offered: false, told: false },
  { fields: { 'Cache-Control': 'private' }, offered: false, told: false },
  { fields: { 'Cache-Control': 'no-store' }, offered: false, told: false },
  { fields: { 'Cache-Control': 'max-age=60' }, offered: false, told: false },
  { fields: { 'Cache-Control': 'no-cache, extension="public"' }, offered: false, told: false },
  { fields: { Expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }, offered: false, told: false },
  // The package nocache says this on every response.
  {
    fields: { 'Cache-Control': 'no-store', 'Surrogate-Control': 'no-store' },
    offered: false,
    told: false,
  },
  {
    fields: { 'Cache-Control': 'no-cache', 'CDN-Cache-Control': 'Private, max-age=1' },
    offered: false,
    told: false,
  },
  { fields: { 'X-Accel-Expires': '0' }, offered: false, told: false },
];

describe.each(offers)('where an app says $fields', ({ fields, offered, told }) => {
  it(offered ? 'no cookie is renewed' : 'a cookie may be renewed', () => {
    expect(isOfferedToSharedCaches(new Head(fields))).toBe(offered);
  });

  it(`a cookie takes it back, of which the app hears ${told ? 'once' : 'nothing'}`, () => {
    const head = new Head(fields);

    expect(keepPrivate(head)).toBe(told);
    expect(keepPrivate(head)).toBe(false);
  });
});

describe('Vary of a response for which a cookie was read', () => {
  it.each<[said: Fields, sent: string]>([
    [{}, 'Cookie'],
    [{ vary: '' }, 'Cookie'],
    [{ Vary: 'Accept' }, 'Accept, Cookie'],
    [{ Vary: 'Accept-Encoding,Origin' }, 'Accept-Encoding, Origin, Cookie'],
    [{ Vary: 'Accept, , Origin' }, 'Accept, Origin, Cookie'],
    [{ vary: ['Accept', 'Origin'] }, 'Accept, Origin, Cookie'],
    [{ Vary: 'Cookie' }, 'Cookie'],
    [{ Vary: 'Accept ,COOKIE' }, 'Accept ,COOKIE'],
    [{ Vary: ['Accept', 'cookie'] }, 'Accept, cookie'],
    [{ Vary: '*' }, '*'],
    [{ Vary: 'Accept, *' }, 'Accept, *'],
    [{ Vary: 'Cookies, X-Cookie' }, 'Cookies, X-Cookie, Cookie'],
  ])('%j becomes %j', (said, sent) => {
    const head = new Head(said);
    varyByCookie(head);

    expect(head.fields).toEqual({ vary: sent });
  });
});

describe('a prefetch', () => {
  it.each([
    [true, { 'sec-purpose': 'prefetch' }],
    [true, { 'sec-purpose': 'prefetch;prerender' }],
    [true, { purpose: 'prefetch' }],
    [true, { purpose: 'Prefetch' }],
    [true, { purpose: 'preview' }],
    [true, { 'x-purpose': 'prefetch' }],
    [true, { 'x-purpose': 'preview' }],
    [true, { 'x-moz': 'prefetch' }],
    [true, { 'x-moz': 'microsummary, prefetch' }],
    [false, {}],
    [false, { 'sec-purpose': 'preview' }],
    [false, { purpose: 'navigation' }],
    [false, { 'x-purpose': 'navigation' }],
    [false, { 'x-moz': 'microsummary' }],
  ])('%s: %j', (expected, headers) => {
    expect(isPrefetch(headers)).toBe(expected);
  });
});
