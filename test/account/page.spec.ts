import { createServer, type Server } from 'node:http';
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
import type { Page } from 'playwright-core';
import { memoryRevocations } from 'nestjs-secure-cookie';
import { RevocationStore } from '../../sample/account/revocation-store.js';
import { AppModule } from '../../sample/app.module.js';
import { configure } from '../../sample/configure.js';
import { axeFindings } from '../lab/support/axe-findings.js';
import { describeWithBrowser } from '../lab/support/describe-with-browser.js';
import { sharePage, showIn } from '../lab/support/share-page.js';
import { listen } from '../support/listen.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';

/** Seconds between two looks for what was revoked elsewhere, until the page asks again, and for all else. */
const OUT_WITHIN = 2 + 1 + 1;
const FORTNIGHT = 14 * 86_400;

/** A WebSocket that a page opens: what it is told, or that it was refused. */
const openSocket = (url: string): string => `new Promise((resolve) => {
  const socket = new WebSocket('${url.replace('http', 'ws')}/account/socket');
  socket.onopen = () => socket.send('{"event":"who-am-i"}');
  socket.onmessage = ({ data }) => resolve(JSON.parse(data).data);
  socket.onerror = () => resolve('refused');
})`;

/** Waits until the page shows one user, or nobody, in all three ways. */
async function showsAs(page: Page, user: string): Promise<void> {
  for (const id of ['http', 'graphql', 'socket']) {
    await page.locator(`#${id}`).getByText(user, { exact: true }).waitFor();
  }
}

/** Goes to the account page of an instance. */
async function open(page: Page, { url }: RunningApp): Promise<void> {
  await page.goto(`${url}/account`);
  await showsAs(page, 'nobody');
}

async function logIn(page: Page, user: string, remember = false): Promise<void> {
  await page.getByLabel('Name').fill(user);
  await page.getByLabel('Remember me').setChecked(remember);
  await page.getByRole('button', { name: 'Log in' }).click();
  await showsAs(page, user);
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

describeWithBrowser('the account page in a browser', (browser) => {
  /** Two browsers, each with cookies of its own. */
  let here: Page;
  let there: Page;
  /** Two instances that share what was revoked, as on Redis: one on each platform. */
  let one: RunningApp;
  let two: RunningApp;

  beforeAll(async () => {
    const source = jest.spyOn(RevocationStore.prototype, 'open');
    source.mockResolvedValue(memoryRevocations());
    one = await startApp(platforms[0], AppModule, configure);
    two = await startApp(platforms[1], AppModule, configure);
    source.mockRestore();
  });
  // The page asks every second: what comes back must not come after the cookies were cleared.
  afterEach(() => Promise.all([here, there].map((page) => page.goto('about:blank'))));
  sharePage(browser, { reducedMotion: 'reduce' }, (page) => {
    here = page;
  });
  sharePage(browser, { reducedMotion: 'reduce' }, (page) => {
    there = page;
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  it('whoever logs out everywhere in one browser is out in the other, in all three ways', async () => {
    await Promise.all([open(here, one), open(there, two)]);
    await Promise.all([logIn(here, 'alice'), logIn(there, 'alice', true)]);
    const since = performance.now();
    await press(here, 'Log out everywhere');
    await showsAs(there, 'nobody');

    expect((performance.now() - since) / 1000).toBeLessThan(OUT_WITHIN);
    await showsAs(here, 'nobody');
  });

  it('a cookie that was copied to another browser is worthless once its owner logs out here', async () => {
    const [owner, thief] = [here, there];
    await Promise.all([open(owner, one), open(thief, two)]);
    await logIn(owner, 'bob');
    await thief.context().addCookies(await owner.context().cookies(`${one.url}/account`));
    // The socket has the cookies of its handshake.
    await thief.reload();
    await showsAs(thief, 'bob');
    await press(owner, 'Log out here');

    await showsAs(thief, 'nobody');
    await thief.goto(`${two.url}/account/private`);
    expect(await thief.locator('body').textContent()).toContain('Unauthorized');
  });

  it('keeps the cookie for a fortnight or until the browser is closed, as its user likes', async () => {
    await open(here, one);
    const expires = async (): Promise<number> =>
      (await here.context().cookies(`${one.url}/account`))[0]?.expires ?? 0;
    await logIn(here, 'carol');
    expect(await expires()).toBe(-1);

    await logIn(here, 'dave', true);
    expect(Math.abs((await expires()) - Date.now() / 1000 - FORTNIGHT)).toBeLessThan(60);
  });

  it('shows that a log-out failed, and that its user is still in', async () => {
    await open(here, one);
    await logIn(here, 'erin');
    await here.route('**/account/logout', (route) =>
      route.fulfill({ status: 503, json: { message: 'You are still logged in. Try again.' } }),
    );
    await press(here, 'Log out here');

    await here.getByRole('alert').getByText('You are still logged in. Try again.').waitFor();
    await showsAs(here, 'erin');
  });

  describe.each([
    { colorScheme: 'light', viewport: { width: 1200, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const)('in $colorScheme, $viewport.width pixels wide', (options) => {
    beforeEach(() => showIn(here, options));

    it('gives axe nothing to object to, and fits', async () => {
      await open(here, one);
      await press(here, 'Log out here');
      await here.getByRole('alert').getByText('You are not logged in.').waitFor();

      expect(await axeFindings(here)).toEqual([]);
      expect(await here.evaluate('document.documentElement.scrollWidth')).toBe(
        options.viewport.width,
      );
    });
  });

  describe('and a page of another origin', () => {
    let other: Server;
    let otherUrl: string;

    beforeEach(async () => {
      other = createServer((_request, response) => {
        response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Other</title>');
      });
      // Another port: browsers call it the same site, and send it all cookies of this host.
      otherUrl = `http://127.0.0.1:${await listen(other)}`;
    });
    afterEach(() => {
      other.close();
      other.closeAllConnections();
    });

    it('is refused a socket, though the cookie comes along; the own page gets one', async () => {
      await open(here, one);
      await logIn(here, 'grace');
      const cookies: (string | undefined)[] = [];
      one.app.getHttpServer().on('upgrade', ({ headers }: { headers: NodeJS.Dict<string> }) => {
        cookies.push(headers['cookie']);
      });
      const own = await here.evaluate(openSocket(one.url));
      const foreign = await here.context().newPage();
      await foreign.goto(otherUrl);

      expect(own).toBe('grace');
      expect(await foreign.evaluate(openSocket(one.url))).toBe('refused');
      expect(cookies.map((cookie) => cookie?.split('=', 1)[0])).toEqual([
        'account-session',
        'account-session',
      ]);
      await foreign.close();
    });
  });
});
