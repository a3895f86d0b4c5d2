import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Header,
  Module,
  Param,
  Post,
  type INestApplication,
} from '@nestjs/common';
import { SecureCookieJar, SecureCookieModule, SecureCookies } from 'nestjs-secure-cookie';
import { HOST, type Browser } from '../support/browsers/browser.js';
import { CurlBrowser } from '../support/browsers/curl-browser.js';
import { ToughBrowser } from '../support/browsers/tough-browser.js';
import { platformApps } from '../support/platform-apps.js';
import { SECRET } from '../support/secrets.js';

const NAMES = ['session', 'cart', '__Host-session', '__Secure-session'];

@Controller()
class SessionController {
  @Get(['', 'shop', 'shop/cart', 'shopping'])
  seen(@SecureCookies() cookies: SecureCookieJar): object {
    return Object.fromEntries(NAMES.map((name) => [name, cookies.get(name)]));
  }

  @Post('login')
  logIn(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set('session', 'first');
    cookies.set('cart', 'first', { path: '/shop' });
    cookies.set('__Host-session', 'first');
    cookies.set('__Secure-session', 'first');
  }

  @Post('renew')
  renew(@SecureCookies() cookies: SecureCookieJar): void {
    if (cookies.get('session') === 'first') {
      cookies.set('session', 'second');
    }
  }

  /**
   * One cookie a response: curl before 8.0 reads its file again before it writes it, and with that
   * brings back all but the last cookie that a response has deleted.
   */
  @Post('logout/:name')
  logOut(@SecureCookies() cookies: SecureCookieJar, @Param('name') name: string): void {
    cookies.clear(name, name === 'cart' ? { path: '/shop' } : {});
  }

  @Post('elsewhere')
  clearElsewhere(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.clear('cart');
  }

  @Post('domain')
  plantDomain(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set('session', 'for every host', { domain: HOST });
  }

  @Post('plant')
  @Header('Set-Cookie', `__Host-session=planted; Domain=${HOST}; Path=/; Secure`)
  plant(): void {}
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [SessionController] })
class SessionModule {}

let directory: string;
let jars = 0;

const browsers: readonly { readonly browser: string; readonly open: () => Browser }[] = [
  { browser: 'tough-cookie', open: () => new ToughBrowser() },
  {
    browser: 'curl',
    open: () => {
      jars += 1;
      return new CurlBrowser(join(directory, `cookies-${jars}.txt`));
    },
  },
];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cookie-jars-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe.each(platformApps)('on $platform', ({ create }) => {
  const apps: INestApplication[] = [];
  let http: string;
  let https: string;

  async function start(tls: boolean): Promise<string> {
    const app = await create(SessionModule, { tls, trustsProxy: false }, false);
    apps.push(app);
    await app.listen(0, '127.0.0.1');
    const { port }: AddressInfo = app.getHttpServer().address();
    return `${tls ? 'https' : 'http'}://${HOST}:${port}`;
  }

  beforeAll(async () => {
    [http, https] = await Promise.all([start(false), start(true)]);
  });
  afterAll(() => Promise.all(apps.map((app) => app.close())));

  describe.each(browsers)('$browser', ({ open }) => {
    let browser: Browser;

    beforeEach(() => {
      browser = open();
    });

    const seen = async (url: string): Promise<unknown> =>
      JSON.parse(await browser.visit('GET', url));

    it('keeps and sends what a login sets, over TLS', async () => {
      await browser.visit('POST', `${https}/login`);

      expect(await browser.names()).toEqual([...NAMES].toSorted());
      expect(await seen(`${https}/`)).toEqual({
        session: 'first',
        '__Host-session': 'first',
        '__Secure-session': 'first',
      });
    });

    it('sends nothing of it over plain HTTP: secure was "auto"', async () => {
      await browser.visit('POST', `${https}/login`);

      expect(await seen(`${http}/`)).toEqual({});
    });

    it('sends over plain HTTP what was set there, but for the names that need TLS', async () => {
      await browser.visit('POST', `${http}/login`);

      expect(await seen(`${http}/`)).toEqual({ session: 'first' });
    });

    it('keeps one cookie of those that were renewed', async () => {
      await browser.visit('POST', `${https}/login`);
      await browser.visit('POST', `${https}/renew`);

      expect(await browser.names()).toEqual([...NAMES].toSorted());
      expect(await seen(`${https}/`)).toMatchObject({ session: 'second' });
    });

    it.each(['http', 'https'])('keeps nothing after a logout over %s', async (scheme) => {
      const url = scheme === 'http' ? http : https;
      await browser.visit('POST', `${url}/login`);
      for (const name of NAMES) {
        await browser.visit('POST', `${url}/logout/${name}`);
      }

      expect(await browser.names()).toEqual([]);
      expect(await seen(`${url}/shop`)).toEqual({});
    });

    it.each([
      ['/shop', 'first'],
      ['/shop/cart', 'first'],
      ['/shopping', undefined],
      ['/', undefined],
    ])('sends a cookie of the path /shop to %s: %s', async (path, cart) => {
      await browser.visit('POST', `${https}/login`);

      expect(await seen(`${https}${path}`)).toHaveProperty('session', 'first');
      expect(Reflect.get(Object(await seen(`${https}${path}`)), 'cart')).toBe(cart);
    });

    it('keeps a cookie that is cleared for another path', async () => {
      await browser.visit('POST', `${https}/login`);
      await browser.visit('POST', `${https}/elsewhere`);

      expect(await seen(`${https}/shop`)).toHaveProperty('cart', 'first');
    });

    it('lets a neighbour plant a plain name, and no name of "__Host-"', async () => {
      await browser.visit('POST', `${https}/domain`);
      await browser.visit('POST', `${https}/plant`);

      expect(await browser.names()).toEqual(['session']);
    });
  });
});
