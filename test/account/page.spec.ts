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
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { memoryRevocations } from 'nestjs-secure-cookie';
import { RevocationStore } from '../../sample/account/revocation-store.js';
import { AppModule } from '../../sample/app.module.js';
import { configure } from '../../sample/configure.js';
import { axeFindings } from '../lab/support/axe-findings.js';
import { describeWithBrowser } from '../lab/support/describe-with-browser.js';
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

async function logIn(page: Page, user: string, remember = false): Promise<void> {
  await page.getByLabel('Name').fill(user);
  await page.getByLabel('Remember me').setChecked(remember);
  await page.getByRole('button', { name: 'Log in' }).click();
  await showsAs(page, user);
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

describeWithBrowser('the account page in a browser', (browser) => {
  const contexts: BrowserContext[] = [];
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
  afterAll(() => Promise.all([one.close(), two.close()]));
  afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));

  /** A browser with cookies of its own, at the account page of an instance. */
  async function open({ url }: RunningApp, options: BrowserContextOptions = {}) {
    const context = await browser().newContext({ ...options, reducedMotion: 'reduce' });
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${url}/account`);
    await showsAs(page, 'nobody');
    return { context, page };
  }

  it('whoever logs out everywhere in one browser is out in the other, in all three ways', async () => {
    const [here, there] = await Promise.all([open(one), open(two)]);
    await Promise.all([logIn(here.page, 'alice'), logIn(there.page, 'alice', true)]);
    const since = performance.now();
    await press(here.page, 'Log out everywhere');
    await showsAs(there.page, 'nobody');

    expect((performance.now() - since) / 1000).toBeLessThan(OUT_WITHIN);
    await showsAs(here.page, 'nobody');
  });

  it('a cookie that was copied to another browser is worthless once its owner logs out here', async () => {
    const [owner, thief] = await Promise.all([open(one), open(two)]);
    await logIn(owner.page, 'bob');
    await thief.context.addCookies(await owner.context.cookies(`${one.url}/account`));
    // The socket has the cookies of its handshake.
    await thief.page.reload();
    await showsAs(thief.page, 'bob');
    await press(owner.page, 'Log out here');

    await showsAs(thief.page, 'nobody');
    await thief.page.goto(`${two.url}/account/private`);
    expect(await thief.page.locator('body').textContent()).toContain('Unauthorized');
  });

  it('keeps the cookie for a fortnight or until the browser is closed, as its user likes', async () => {
    const { context, page } = await open(one);
    const expires = async (): Promise<number> =>
      (await context.cookies(`${one.url}/account`))[0]?.expires ?? 0;
    await logIn(page, 'carol');
    expect(await expires()).toBe(-1);

    await logIn(page, 'dave', true);
    expect(Math.abs((await expires()) - Date.now() / 1000 - FORTNIGHT)).toBeLessThan(60);
  });

  it('shows that a log-out failed, and that its user is still in', async () => {
    const { page } = await open(one);
    await logIn(page, 'erin');
    await page.route('**/account/logout', (route) =>
      route.fulfill({ status: 503, json: { message: 'You are still logged in. Try again.' } }),
    );
    await press(page, 'Log out here');

    await page.getByRole('alert').getByText('You are still logged in. Try again.').waitFor();
    await showsAs(page, 'erin');
  });

  it.each([
    { colorScheme: 'light', viewport: { width: 1200, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const)(
    'gives axe nothing to object to, and fits: $colorScheme, $viewport.width pixels wide',
    async (options) => {
      const { page } = await open(one, options);
      await press(page, 'Log out here');
      await page.getByRole('alert').getByText('You are not logged in.').waitFor();

      expect(await axeFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(
        options.viewport.width,
      );
    },
  );

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
      const { context, page } = await open(one);
      await logIn(page, 'grace');
      const cookies: (string | undefined)[] = [];
      one.app.getHttpServer().on('upgrade', ({ headers }: { headers: NodeJS.Dict<string> }) => {
        cookies.push(headers['cookie']);
      });
      const own = await page.evaluate(openSocket(one.url));
      const foreign = await context.newPage();
      await foreign.goto(otherUrl);

      expect(own).toBe('grace');
      expect(await foreign.evaluate(openSocket(one.url))).toBe('refused');
      expect(cookies.map((cookie) => cookie?.split('=', 1)[0])).toEqual([
        'account-session',
        'account-session',
      ]);
    });
  });
});
