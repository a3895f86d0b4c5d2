import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import cookieSignaturePackage from 'cookie-signature';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { CookieJar } from 'tough-cookie';
import { readSetCookies } from '../../lib/testing/index.js';
import { framed, payloadOf } from '../support/defined-cookies.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import {
  clock,
  KEYS,
  NOW,
  RenewalModule,
  SIGNATURE_SECRET,
  slow,
  V1_SECRET,
} from '../support/renewal-app.js';
import { resignV1 } from '../support/resign.js';
import { OTHER_SECRET } from '../support/secrets.js';

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: IncomingHttpHeaders;
}

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly setCookies: readonly string[];
}

/** With node:http, because fetch sends a `Sec-Fetch-Mode` of its own. */
async function send(url: string, { path = '', method = 'GET', headers = {} }: Sent) {
  const sent = request(`${url}/app${path}`, { method, headers }).end();
  const [response] = await once(sent, 'response');
  const setCookies = response.headers['set-cookie'] ?? [];
  const { statusCode: status, headers: received } = response;
  return { status, headers: received, body: await text(response), setCookies } as Received;
}

const signerAt = (time: number, keyVersion: 0 | 2 = 2): SecureCookieSigner =>
  new SecureCookieSigner({ secret: KEYS, keyVersion, clock: () => time });

/** White space that no serializer of ours writes, and a member that the schema drops. */
const STORED = '{ "count": 1, "extra": true }';

/** A cookie that is due: a second older than it may be. */
const due = `visit=${signerAt(NOW - 61).sign('visit', framed(STORED, NOW - 1000))}`;

const visitAt = (age: number, firstAge: number): string =>
  `visit=${signerAt(NOW - age).sign('visit', framed(STORED, NOW - firstAge))}`;

const v1 = (secret: string): string =>
  resignV1({ name: 'theme', base64: 'ZGFyaw==', timestamp: String(NOW - 100) }, secret);

const renewedIn = ({ setCookies }: Received, name = 'visit'): string[] =>
  setCookies.filter((header) => header.startsWith(`${name}=2|`));

describe.each(platforms)('renewal on $platform', (platform) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp(platform, RenewalModule);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    clock.now = NOW;
  });

  const visit = (path: string, cookie: string, headers: IncomingHttpHeaders = {}) =>
    send(app.url, { path, headers: { cookie, ...headers } });

  describe('a cookie that is due is re-issued', () => {
    it.each<[string, Sent, number]>([
      ['read by a parameter', {}, 200],
      ['read by a parameter that needs it', { path: '/required' }, 200],
      ['read by get', { path: '/get' }, 200],
      ['read by verify', { path: '/verify' }, 200],
      ['read by a guard', { path: '/guard' }, 200],
      ['on a POST', { method: 'POST' }, 200],
      ['on 201', { path: '/answers/201' }, 201],
      ['on 399', { path: '/answers/399' }, 399],
      ['on a redirect', { path: '/redirects' }, 303],
      ['on a stream', { path: '/stream' }, 200],
      ['by a handler that answers itself', { path: '/own-response' }, 200],
      ['beside other cookies that are set', { path: '/sets-another' }, 200],
      ['where the purpose is another', { headers: { 'sec-purpose': 'preview' } }, 200],
      ['whatever is fetched', { headers: { 'sec-fetch-mode': 'cors' } }, 200],
    ])('%s', async (_how, { headers, ...sent }, status) => {
      const received = await send(app.url, { ...sent, headers: { cookie: due, ...headers } });

      expect(received.status).toBe(status);
      expect(renewedIn(received)).toHaveLength(1);
    });

    it.each([
      ['private', 'private'],
      ['no-store', 'no-store'],
      ['PRIVATE, max-age=60', 'PRIVATE, max-age=60'],
      // Without more, a shared cache may keep these (RFC 9111, section 3).
      ['', 'private'],
      ['max-age=60', 'max-age=60, private'],
      ['no-cache', 'no-cache, private'],
      ['must-revalidate, max-age=600', 'must-revalidate, max-age=600, private'],
      ['max-age=600, stale-while-revalidate=60', 'max-age=600, stale-while-revalidate=60, private'],
      ['no-cache="set-cookie"', 'no-cache="set-cookie", private'],
      ['private="x"', 'private'],
      ['max-age=60, private="x, set-cookie"', 'max-age=60, private'],
    ])('and the response is kept from shared caches: %s', async (control, sent) => {
      const received = await visit(`/cached?control=${encodeURIComponent(control)}`, due);

      expect(renewedIn(received)).toHaveLength(1);
      expect(received.headers['cache-control']).toBe(sent);
    });

    it('and the response is private where the app says nothing', async () => {
      expect((await visit('', due)).headers['cache-control']).toBe('private');
    });

    it.each(['Surrogate-Control', 'CDN-Cache-Control'])(
      'where a header for some caches keeps them out as well: %s',
      async (name) => {
        const received = await visit(`/cached?control=no-cache&${name}=no-store`, due);

        expect(renewedIn(received)).toHaveLength(1);
        expect(received.headers).toMatchObject({ 'cache-control': 'no-cache, private' });
      },
    );
  });

  describe('a cookie that is due is left as it is', () => {
    it.each<[string, Sent, number]>([
      ...[400, 401, 403, 404, 429, 500, 503].flatMap((status): [string, Sent, number][] => [
        [`where the handler answers ${status}`, { path: `/answers/${status}` }, status],
        [`where it throws ${status}`, { path: `/fails/${status}` }, status],
      ]),
      ['where it throws anything', { path: '/throws' }, 500],
      ['where another guard refuses', { path: '/both' }, 401],
      ['on HEAD', { method: 'HEAD' }, 200],
      ['on 304', { path: '/answers/304' }, 304],
      [
        'on a request to upgrade',
        { headers: { connection: 'Upgrade', upgrade: 'websocket' } },
        200,
      ],
      ['on server-sent events', { path: '/events' }, 200],
      ['on an event stream of the app’s own', { path: '/own-events' }, 200],
      ['on prefetch', { headers: { 'sec-purpose': 'prefetch' } }, 200],
      ['on prerender', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 200],
      ...['purpose', 'x-purpose', 'x-moz'].map((name): [string, Sent, number] => [
        `on prefetch as ${name} says it`,
        { headers: { [name]: 'Prefetch' } },
        200,
      ]),
      ...['purpose', 'x-purpose'].map((name): [string, Sent, number] => [
        `on a thumbnail as ${name} says it`,
        { headers: { [name]: 'preview' } },
        200,
      ]),
      ['where it is not read', { path: '/unread' }, 200],
      ['where it is read by name, without its definition', { path: '/by-name' }, 200],
      ...[
        'public',
        'public, max-age=60',
        'max-age=60,PUBLIC',
        's-maxage=60',
        'max-age=60, s-maxage=1',
        'max-age=31536000, immutable',
        'private="x", public',
      ].map((control): [string, Sent, number] => [
        `where a shared cache may keep the response: ${control}`,
        { path: `/cached?control=${encodeURIComponent(control)}` },
        200,
      ]),
      ...[
        'Surrogate-Control',
        'CDN-Cache-Control',
        'cloudflare-cdn-cache-control',
        'Akamai-Cache-Control',
        'X-Accel-Expires',
        'Edge-Control',
      ].map((name): [string, Sent, number] => [
        `where a header offers it to some caches: ${name}`,
        { path: `/cached?control=private&${name}=max-age=600` },
        200,
      ]),
    ])('%s', async (_where, { headers, ...sent }, status) => {
      const received = await send(app.url, { ...sent, headers: { cookie: due, ...headers } });

      expect(received.status).toBe(status);
      expect(received.setCookies).toEqual([]);
    });

    it('where a handler sets it', async () => {
      const received = await visit('/sets', due);

      expect(received.setCookies).toHaveLength(1);
      expect(payloadOf(received.setCookies[0] ?? '')).toEqual(framed('{"count":7}', NOW));
    });

    it.each(['/clears', '/clears-first', '/clears-without-jar'])(
      'where a handler clears it: %s',
      async (path) => {
        const received = await visit(path, due);

        expect(received.status).toBe(200);
        expect(received.setCookies).toEqual([expect.stringMatching(/^visit=; Max-Age=0;/)]);
      },
    );

    it.each([
      ['twice', `${due}; ${due}`],
      ['and again with another value', `${due}; visit=planted`],
      ['behind another value', `visit=planted; ${due}`],
      ['and again, empty', `${due}; visit=`],
    ])('if it came %s: we cannot know which of them browsers keep', async (_how, cookie) => {
      const received = await visit('', cookie);

      expect(JSON.parse(received.body)).toEqual({ visit: { count: '1', seen: 'never' } });
      expect(received.setCookies).toEqual([]);
    });
  });

  it.each([
    ['at renewAfter', visitAt(60, 60), 0],
    ['a second later', visitAt(61, 61), 1],
    ['at its maxAge', visitAt(3600, 3600), 1],
    ['expired', visitAt(3601, 3601), 0],
    ['at its absolute age', visitAt(61, 7200), 0],
    ['beyond it', visitAt(61, 7201), 0],
    ['changed by one digit', due.slice(0, -1) + (due.endsWith('0') ? '1' : '0'), 0],
    ['of another name', `visit=${signerAt(NOW - 61).sign('visits', framed(STORED, NOW - 61))}`, 0],
    [
      'that its schema refuses',
      `visit=${signerAt(NOW - 61).sign('visit', framed('{"count":"1"}', NOW - 61))}`,
      0,
    ],
  ])('a cookie %s is renewed so often: %#', async (_when, cookie, times) => {
    expect((await visit('', cookie)).setCookies).toHaveLength(times);
  });

  it('keeps all attributes of the definition, and the bytes that were stored', async () => {
    const { setCookies, body } = await visit('', due);
    const signed = signerAt(NOW).sign('visit', framed(STORED, NOW - 1000));

    expect(JSON.parse(body)).toEqual({ visit: { count: '1', seen: 'never' } });
    expect(setCookies).toEqual([
      `visit=${signed}; Max-Age=3600; Domain=example.com; Path=/app; Expires=${new Date(
        (NOW + 3600) * 1000,
      ).toUTCString()}; Secure; Partitioned; Priority=High; SameSite=None`,
    ]);
  });

  it('keeps other parties’ cookies', async () => {
    const { setCookies } = await visit('/sets-another', due);

    expect(readSetCookies(setCookies).map(({ name }) => name)).toEqual([
      'visit-of-another',
      'visitor',
      'visit',
    ]);
  });

  it('begins with the date of a value that carries no other', async () => {
    const plain = `visit=${signerAt(NOW - 100).sign('visit', STORED)}`;
    const { setCookies } = await visit('', plain);

    expect(payloadOf(setCookies[0] ?? '')).toEqual(framed(STORED, NOW - 100));
  });

  it.each([
    [undefined, 1],
    ['navigate', 1],
    ['cors', 0],
    ['no-cors', 0],
    ['same-origin', 0],
    ['websocket', 0],
  ])("renewOn: 'navigation', Sec-Fetch-Mode: %s: %i", async (mode, times) => {
    const cookie = `page=${signerAt(NOW - 61).sign('page', framed('one', NOW - 61))}`;
    const received = await visit(
      '/page',
      cookie,
      mode === undefined ? {} : { 'sec-fetch-mode': mode },
    );

    expect(JSON.parse(received.body)).toEqual({ page: 'one' });
    expect(renewedIn(received, 'page')).toHaveLength(times);
  });

  describe('an encrypted cookie', () => {
    const bytes = Uint8Array.of(0xfe, 0x01, 7);
    const encrypted = signerAt(NOW - 61).sign('hidden', framed(bytes, NOW - 1000), {
      encrypt: true,
    });

    it('is encrypted anew, and holds what it held, whatever the handler did to it', async () => {
      const { body, setCookies } = await visit('/hidden', `hidden=${encrypted}`);
      const [{ value } = { value: '' }] = readSetCookies(setCookies);
      const read = { encrypted: true, encoding: 'bytes' } as const;

      expect(JSON.parse(body)).toEqual({ read: [...bytes] });
      expect(signerAt(NOW).verify('hidden', value, read)).toMatchObject({
        value: new Uint8Array(framed(bytes, NOW - 1000)),
        issuedAt: NOW,
      });
      // 0xFF 0x01, and then the nonce.
      expect(payloadOf(value).subarray(0, 2)).toEqual(Buffer.of(0xff, 0x01));
      expect(payloadOf(value).subarray(2, 26)).not.toEqual(payloadOf(encrypted).subarray(2, 26));
    });
  });

  describe('renew: true', () => {
    const current = framed('dark', NOW - 1000);
    const signature = cookieSignaturePackage.sign('dark', SIGNATURE_SECRET);

    it.each([
      ['of an old key', signerAt(NOW - 1, 0).sign('theme', current), NOW - 1000],
      ['of an old key, without a date', signerAt(NOW - 1, 0).sign('theme', 'dark'), NOW - 1],
      ['of format 1', v1(OTHER_SECRET), NOW - 100],
      ['of format 1 and another app', v1(V1_SECRET), NOW - 100],
      ['of cookie-signature, which has no date', `s:${signature}`, NOW],
    ])('re-issues a cookie %s', async (_kind, value, firstIssue) => {
      const { body, setCookies } = await visit('/theme', `theme=${value}`);
      const [renewed] = readSetCookies(setCookies);

      expect(JSON.parse(body)).toEqual({ theme: 'dark' });
      expect(renewed).toMatchObject({
        name: 'theme',
        value: signerAt(NOW).sign('theme', framed('dark', firstIssue)),
        attributes: { maxAge: 3600, path: '/', httpOnly: true, sameSite: 'lax' },
      });
    });

    it.each([
      ['is current, however old', signerAt(NOW - 3600).sign('theme', current)],
      ['is current, without a date of its own', signerAt(NOW - 3600).sign('theme', 'dark')],
      ['is not valid', `s:${signature}x`],
      ['its schema refuses', cookieSignaturePackage.sign('admin', SIGNATURE_SECRET)],
    ])('leaves a cookie that %s', async (_kind, value) => {
      expect((await visit('/theme', `theme=${value}`)).setCookies).toEqual([]);
    });

    it('left out, an accepted cookie is read and stays', async () => {
      const { body, setCookies } = await visit('/kept', `theme=s:${signature}`);

      expect(JSON.parse(body)).toEqual({ theme: 'dark' });
      expect(setCookies).toEqual([]);
    });
  });

  describe('the absolute age', () => {
    it('ends a cookie that is renewed again and again, to the second', async () => {
      const lives: (number | undefined)[] = [];
      let cookie = visitAt(0, 0);
      for (const age of [1800, 3600, 5400, 7100]) {
        clock.now = NOW + age;
        const [renewed] = readSetCookies((await visit('', cookie)).setCookies);
        cookie = `visit=${renewed?.value}`;
        lives.push(renewed?.attributes.maxAge);
      }

      expect(lives).toEqual([3600, 3600, 1800, 100]);
      clock.now = NOW + 7200;
      expect(JSON.parse((await visit('/verify', cookie)).body)).toMatchObject({ valid: true });
      clock.now = NOW + 7201;
      expect(JSON.parse((await visit('/verify', cookie)).body)).toEqual({
        valid: false,
        reason: 'absolute-age',
      });
    });

    it('bounds what a race brings back: a slow request renews while another logs out', async () => {
      const browser = new CookieJar();
      const pageUrl = 'https://example.com/app';
      const browse = async (path: string): Promise<Received> => {
        const received = await visit(path, await browser.getCookieString(pageUrl));
        for (const header of received.setCookies) {
          await browser.setCookie(header, pageUrl);
        }
        return received;
      };
      await browser.setCookie(`${due}; Domain=example.com; Path=/app; Secure`, pageUrl);

      const arrived = once(slow, 'arrived');
      const late = browse('/slow');
      await arrived;
      await browse('/clears');
      expect(await browser.getCookies(pageUrl)).toEqual([]);
      slow.emit('answer');
      await late;

      // It is back: only a shared store could know better.
      expect(await browser.getCookies(pageUrl)).toHaveLength(1);
      expect(JSON.parse((await browse('')).body)).toEqual({ visit: { count: '1', seen: 'never' } });

      // Whatever happens, two hours after the first issue it is worth nothing.
      for (clock.now = NOW + 1800; clock.now <= NOW + 6200; clock.now += 100) {
        await browse('');
      }
      expect(clock.now).toBe(NOW - 1000 + 7200 + 100);
      expect(JSON.parse((await browse('/verify')).body)).toEqual({
        valid: false,
        reason: 'absolute-age',
      });
    });
  });
});
