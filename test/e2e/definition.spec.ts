import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Module, Param, Post } from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
  type SecureCookieAttributes,
  type SecureCookieValue,
} from 'nestjs-secure-cookie';
import { CookieJar } from 'tough-cookie';
import { z } from 'zod';
import { readSetCookies } from '../../lib/testing/index.js';
import { payloadOf } from '../support/defined-cookies.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';

const NOW = 1_700_000_000;
const DAY = 86_400;

const attributes: readonly (readonly [name: string, attributes: SecureCookieAttributes])[] = [
  ['a-plain', {}],
  ['a-path', { path: '/shop/cart' }],
  ['a-domain', { domain: 'example.com' }],
  ['a-secure', { secure: true }],
  ['a-strict', { sameSite: 'strict' }],
  ['a-none', { sameSite: 'none' }],
  ['a-partitioned', { partitioned: true, sameSite: 'none', path: '/shop' }],
  ['a-scripted', { httpOnly: false }],
  ['a-session', { maxAge: null }],
  ['__Host-only', { path: '/' }],
  ['__Secure-all', { domain: 'example.com', path: '/shop' }],
];

const definitions = attributes.map(([name, own]) => defineSecureCookie(name, own));

const find = (name: string) => {
  const definition = definitions.find((one) => one.name === name);
  if (definition === undefined) {
    throw new Error(`There is no definition of ${name}.`);
  }
  return definition;
};

const Brief = defineSecureCookie('brief', { maxAge: 60 });
const Long = defineSecureCookie('long', { maxAge: 90 * DAY });
const Bounded = defineSecureCookie('bounded', { maxAge: 90 * DAY, absoluteMaxAge: 30 });

const Count = defineSecureCookie('count', {
  schema: z.object({ count: z.string().regex(/^\d+$/).transform(Number) }),
  encrypt: true,
});

const countCookie = (stored: string, age: number): string =>
  `count=${new SecureCookieSigner({ secret: SECRET, clock: () => NOW - age }).sign(
    'count',
    stored,
    {
      encrypt: true,
    },
  )}`;

@Controller()
class DefinitionController {
  @Post('cookies/:name')
  set(@Param('name') name: string, @SecureCookies() cookies: SecureCookieJar): void {
    cookies.set(find(name), 'value');
  }

  @Delete('cookies/:name')
  clear(@Param('name') name: string, @SecureCookies() cookies: SecureCookieJar): void {
    cookies.clear(find(name));
  }

  @Get('lives')
  lives(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set(Brief, 'value');
    cookies.set(Long, 'value');
    cookies.set(Bounded, 'value');
  }

  @Post('count/:count')
  setCount(@Param('count') count: string, @SecureCookies() cookies: SecureCookieJar): void {
    cookies.set(Count, { count });
  }

  @Get('count')
  count(@SecureCookie(Count) count: SecureCookieValue<typeof Count> | undefined): object {
    return { next: count === undefined ? null : count.count + 1 };
  }

  @Get('count/verify')
  verify(@SecureCookies() cookies: SecureCookieJar): object {
    return cookies.verify(Count);
  }

  @Get('large/:length')
  large(@Param('length') length: string, @SecureCookies() cookies: SecureCookieJar): string {
    try {
      cookies.set(Count, { count: '1'.repeat(Number(length)) });
      return 'set';
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'));
    }
  }
}

@Module({
  imports: [
    SecureCookieModule.forRoot({
      secret: SECRET,
      clock: () => NOW,
      // What the definitions say wins.
      cookie: { path: '/elsewhere', sameSite: 'strict', maxAge: 7 },
    }),
  ],
  controllers: [DefinitionController],
})
class AppModule {}

describe.each(platforms)('a defined cookie on $platform', (platform) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp(platform, AppModule);
  });
  afterAll(() => app.close());

  const setCookies = async (path: string, method = 'GET'): Promise<string[]> =>
    (await fetch(`${app.url}/${path}`, { method })).headers.getSetCookie();

  const readAged = async (age: number): Promise<unknown> =>
    (
      await fetch(`${app.url}/count`, { headers: { cookie: countCookie('{"count":"1"}', age) } })
    ).json();

  describe.each(attributes)('%s, with %j', (name, own) => {
    const pageUrl = `https://www.example.com${own.path ?? '/elsewhere'}`;

    it('clearing repeats what it was set with', async () => {
      const [set] = readSetCookies(await setCookies(`cookies/${name}`, 'POST'));
      const [cleared] = readSetCookies(await setCookies(`cookies/${name}`, 'DELETE'));
      const { maxAge: _, expires: __, ...identity } = set?.attributes ?? {};

      expect(cleared).toEqual({
        name,
        value: '',
        attributes: { ...identity, maxAge: 0, expires: new Date(0) },
      });
      expect(identity).toMatchObject(wanted(own));
    });

    it('clearing deletes it in a browser', async () => {
      const browser = new CookieJar(undefined, { prefixSecurity: 'strict' });
      const apply = async (headers: readonly string[]): Promise<void> => {
        for (const header of headers) {
          await browser.setCookie(header, pageUrl);
        }
      };

      await apply(await setCookies(`cookies/${name}`, 'POST'));
      expect(await browser.getCookies(pageUrl)).toMatchObject([{ key: name }]);

      await apply(await setCookies(`cookies/${name}`, 'DELETE'));
      expect(await browser.getCookies(pageUrl)).toEqual([]);
      expect((await browser.serialize()).cookies).toEqual([]);
    });
  });

  it('has one maxAge for browser and server, and no more than its absolute age', async () => {
    const headers = await setCookies('lives');
    const lives = readSetCookies(headers).map((cookie) => cookie.attributes.maxAge);

    expect(lives).toEqual([60, 90 * DAY, 30]);
  });

  it('is read until its own maxAge, whatever the signer’s is', async () => {
    expect(await readAged(31 * DAY)).toEqual({ next: 2 });
    expect(await readAged(31 * DAY + 1)).toEqual({ next: null });
  });

  it('takes the schema’s input, and gives its output', async () => {
    const [header = ''] = await setCookies('count/41', 'POST');
    const [cookie = ''] = header.split(';');
    const response = await fetch(`${app.url}/count`, { headers: { cookie } });

    expect(payloadOf(cookie).subarray(0, 2)).toEqual(Buffer.of(0xff, 0x01));
    expect(await response.json()).toEqual({ next: 42 });
  });

  it('a value that does not fit is an error where it was set, and sets nothing', async () => {
    const response = await fetch(`${app.url}/count/many`, { method: 'POST' });

    expect(response.status).toBe(500);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('a signed value that does not fit is absent, with the reason', async () => {
    const headers = { cookie: countCookie('{"count":"many"}', 0) };
    const read = await fetch(`${app.url}/count`, { headers });
    const verified = await fetch(`${app.url}/count/verify`, { headers });

    expect(await read.json()).toEqual({ next: null });
    expect(await verified.json()).toEqual({ valid: false, reason: 'schema' });
  });

  it('is measured as it will be sent: encrypted, in base64', async () => {
    // Of 4,096, 5 are the name's and 98 the envelope's; 3,992 of base64 are 2,994 bytes, of which 42
    // are the cipher's and 12 the JSON around the digits.
    const [fits, exceeds] = await Promise.all(
      [2940, 2941].map(async (length) => (await fetch(`${app.url}/large/${length}`)).text()),
    );

    expect([fits, exceeds]).toEqual(['set', 'cookie-too-large']);
  });
});

/** What of the attributes a Set-Cookie header shows. */
function wanted({ path, domain, secure, sameSite, partitioned }: SecureCookieAttributes): object {
  return Object.fromEntries(
    Object.entries({ path, domain, secure, sameSite, partitioned }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
