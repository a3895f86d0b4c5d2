import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  SecureCookieModule,
  SecureCookieSigner,
  type SecureCookieSignerOptions,
} from 'nestjs-secure-cookie';
import { TechnobeansController } from '../../sample/technobeans.controller.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { describeWithTornado, startTornado, type RunningTornado } from './tornado.js';

const SET = 'Secure Cookie is now set';
const RECOGNISED = 'Secure Cookie is technobeans';
const DAY = 86_400;

interface Scheme {
  readonly title: string;
  /** What the Tornado server is started with. */
  readonly tornado: NodeJS.ProcessEnv;
  /** The same keys, on our side. */
  readonly options: SecureCookieSignerOptions;
}

const NON_ASCII_SECRET = 'сікрет, über 32 Bytes in UTF-8 鍵';
const KEYS = { 0: SECRET, 7: OTHER_SECRET };
const KEYS_OF_TORNADO = JSON.stringify(KEYS);

const schemes: readonly Scheme[] = [
  {
    title: 'one secret',
    tornado: { COOKIE_SECRET: SECRET },
    options: { secret: SECRET },
  },
  {
    title: 'one secret beyond ASCII',
    tornado: { COOKIE_SECRET: NON_ASCII_SECRET },
    options: { secret: NON_ASCII_SECRET },
  },
  {
    title: 'a key record, the same key signing on both sides',
    tornado: { COOKIE_SECRETS: KEYS_OF_TORNADO, KEY_VERSION: '7' },
    options: { secret: KEYS, keyVersion: 7 },
  },
  {
    title: 'a key record, another key signing on each side',
    tornado: { COOKIE_SECRETS: KEYS_OF_TORNADO, KEY_VERSION: '0' },
    options: { secret: KEYS, keyVersion: 7 },
  },
  {
    title: 'a secret that became key 0 of our record first',
    tornado: { COOKIE_SECRET: SECRET },
    options: { secret: { 0: SECRET, 1: OTHER_SECRET }, keyVersion: 0 },
  },
  {
    title: 'v1 cookies, read where minVersion is 1',
    tornado: { COOKIE_SECRET: SECRET, COOKIE_VERSION: '1' },
    options: { secret: SECRET, minVersion: 1 },
  },
  {
    title: 'v1 cookies, read with key 0 of our record',
    tornado: { COOKIE_SECRET: SECRET, COOKIE_VERSION: '1' },
    options: { secret: KEYS, keyVersion: 0, minVersion: 1 },
  },
];

class AppModule {}

/** The sample's module with keys of the test's choice. */
const appModule = (options: SecureCookieSignerOptions) => ({
  module: AppModule,
  imports: [SecureCookieModule.forRoot(options)],
  controllers: [TechnobeansController],
});

async function visit(url: string, cookie?: string): Promise<{ text: string; setCookie: string }> {
  const response = await fetch(`${url}/user/`, { headers: cookie === undefined ? {} : { cookie } });
  return { text: await response.text(), setCookie: response.headers.getSetCookie().join() };
}

/** What browsers send back of a `Set-Cookie` header. */
const nameAndValue = (setCookie: string): string => setCookie.split(';')[0] ?? '';

const unquoted = (cookie: string): string => cookie.replaceAll('"', '');
const quoted = (cookie: string): string => unquoted(cookie).replace(/=([^;]*)/, '="$1"');

const signedAgo = (age: number, version: 1 | 2): string =>
  new SecureCookieSigner({ secret: SECRET, clock: () => Date.now() / 1000 - age }).sign(
    'technobeans',
    '1344359095.29',
    { version },
  );

describeWithTornado('Tornado and Nest behind one domain', () => {
  describe.each(schemes)('with $title', ({ tornado, options }) => {
    let tornadoServer: RunningTornado;

    beforeAll(async () => {
      tornadoServer = await startTornado(tornado);
    });
    afterAll(async () => {
      expect(await tornadoServer.stop()).toBe(0);
    });

    describe.each(platforms)('on $platform', (platform) => {
      let nest: RunningApp;

      beforeAll(async () => {
        nest = await startApp(platform, appModule(options));
      });
      afterAll(() => nest.close());

      it('Nest recognises the cookie that Tornado set', async () => {
        const { text, setCookie } = await visit(tornadoServer.url);

        expect(text).toBe(SET);
        expect(await visit(nest.url, nameAndValue(setCookie))).toEqual({
          text: RECOGNISED,
          setCookie: '',
        });
      });

      it('Tornado recognises the cookie that Nest set', async () => {
        const { text, setCookie } = await visit(nest.url);

        expect(text).toBe(SET);
        expect(await visit(tornadoServer.url, nameAndValue(setCookie))).toEqual({
          text: RECOGNISED,
          setCookie: '',
        });
      });
    });
  });

  describe('with a v1 cookie that our signer wrote', () => {
    it('Tornado recognises it', async () => {
      const server = await startTornado({ COOKIE_SECRET: SECRET });
      const signer = new SecureCookieSigner({ secret: SECRET });
      const cookie = `technobeans=${signer.sign('technobeans', '1344359095.29', { version: 1 })}`;

      expect((await visit(server.url, cookie)).text).toBe(RECOGNISED);
      await server.stop();
    });
  });

  describe('with keys that the other side does not have', () => {
    it.each(platforms)('neither recognises the other ($platform)', async (platform) => {
      const server = await startTornado({ COOKIE_SECRET: OTHER_SECRET });
      const nest = await startApp(platform, appModule({ secret: SECRET }));
      const fromTornado = await visit(server.url);
      const fromNest = await visit(nest.url);

      expect((await visit(nest.url, nameAndValue(fromTornado.setCookie))).text).toBe(SET);
      expect((await visit(server.url, nameAndValue(fromNest.setCookie))).text).toBe(SET);
      await Promise.all([server.stop(), nest.close()]);
    });
  });

  describe.each(platforms)(
    'a client that returns the whole Set-Cookie header ($platform)',
    (platform) => {
      let tornadoServer: RunningTornado;
      let nest: RunningApp;

      beforeAll(async () => {
        tornadoServer = await startTornado({ COOKIE_SECRET: SECRET });
        nest = await startApp(platform, appModule({ secret: SECRET }));
      });
      afterAll(() => Promise.all([nest.close(), tornadoServer.stop()]));

      it.each([
        { title: 'as it came', shape: (header: string) => header },
        { title: 'with the value quoted', shape: quoted },
        { title: 'with the value unquoted', shape: unquoted },
      ])('is recognised $title, whoever set the cookie', async ({ shape }) => {
        for (const { url } of [nest, tornadoServer]) {
          const first = await visit(url);

          expect(first.text).toBe(SET);
          expect(first.setCookie).toMatch(/; ?path=\//i);
          expect((await visit(nest.url, shape(first.setCookie))).text).toBe(RECOGNISED);
        }
      });
    },
  );

  describe('cookies that are not what was signed', () => {
    const cookies = ([1, 2] as const).flatMap((version) => {
      const signed = signedAgo(0, version);
      const renamed = new SecureCookieSigner({ secret: SECRET });
      const tampered = signed.replace('MTM0', 'MTM1');
      const flipped = signed.endsWith('0') ? `${signed.slice(0, -1)}1` : `${signed.slice(0, -1)}0`;
      return [
        {
          version,
          what: 'signed for another name',
          value: renamed.sign('teapot', 'x', { version }),
        },
        { version, what: 'with another value', value: tampered },
        { version, what: 'with another signature', value: flipped },
        { version, what: 'truncated by one character', value: signed.slice(0, -1) },
        {
          version,
          what: 'without its signature',
          value: signed.slice(0, signed.lastIndexOf('|') + 1),
        },
        { version, what: 'without its first character', value: signed.slice(1) },
        { version, what: 'of 32 days ago', value: signedAgo(32 * DAY, version) },
      ];
    });

    let servers: readonly { readonly url: string; close(): Promise<unknown> }[];

    beforeAll(async () => {
      const tornadoServer = await startTornado({ COOKIE_SECRET: SECRET });
      servers = [
        { url: tornadoServer.url, close: () => tornadoServer.stop() },
        ...(await Promise.all(
          platforms.map((platform) =>
            startApp(platform, appModule({ secret: SECRET, minVersion: 1 })),
          ),
        )),
      ];
    });
    afterAll(() => Promise.all(servers.map((server) => server.close())));

    it.each(cookies)('v$version $what: none recognises it', async ({ value }) => {
      for (const { url } of servers) {
        expect((await visit(url, `technobeans=${value}`)).text).toBe(SET);
      }
    });

    it.each([1, 2] as const)('v%i of 30 days ago: all recognise it', async (version) => {
      for (const { url } of servers) {
        const cookie = `technobeans=${signedAgo(30 * DAY, version)}`;

        expect((await visit(url, cookie)).text).toBe(RECOGNISED);
      }
    });
  });
});
