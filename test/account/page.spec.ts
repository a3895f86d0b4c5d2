import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axe, { type AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { AppModule } from '../../sample/app.module.js';
import { configure } from '../../sample/configure.js';
import { describeWithBrowser } from '../lab/support/describe-with-browser.js';
import { listen } from '../support/listen.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';

/** Seconds between two looks for what was revoked, and until the page asks again. */
const OUT_WITHIN = 2 + 1;
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

/** What axe finds, and what it could not decide about contrast. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passes, violations, incomplete } = await page.evaluate<AxeResults>('axe.run()');
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
  const undecided = incomplete.filter(({ id }) => id === 'color-contrast');
  return [...violations, ...undecided].flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html}: ${node.failureSummary}`),
  );
}

describeWithBrowser('the account page in a browser', (browser) => {
  const contexts: BrowserContext[] = [];
  let sample: RunningApp;

  /** A browser with cookies of its own, at the account page. */
  async function open(options: Parameters<ReturnType<typeof browser>['newContext']>[0] = {}) {
    const context = await browser().newContext({ ...options, reducedMotion: 'reduce' });
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(`${sample.url}/account`);
    await showsAs(page, 'nobody');
    return { context, page };
  }

  afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));

  describe.each(platforms)('on $platform', (platform) => {
    beforeAll(async () => {
      sample = await startApp(platform, AppModule, configure);
    });
    afterAll(() => sample.close());

    it('whoever logs out everywhere in one browser is out in the other, in all three ways', async () => {
      const [here, there] = await Promise.all([open(), open()]);
      await Promise.all([logIn(here.page, 'alice'), logIn(there.page, 'alice', true)]);
      const since = performance.now();
      await press(here.page, 'Log out everywhere');
      await showsAs(there.page, 'nobody');

      expect((performance.now() - since) / 1000).toBeLessThan(OUT_WITHIN);
      await showsAs(here.page, 'nobody');
    });
  });

  describe('as a page', () => {
    beforeAll(async () => {
      sample = await startApp(platforms[0], AppModule, configure);
    });
    afterAll(() => sample.close());

    it('a cookie that was copied to another browser is worthless once its owner logs out here', async () => {
      const [owner, thief] = await Promise.all([open(), open()]);
      await logIn(owner.page, 'bob');
      await thief.context.addCookies(await owner.context.cookies(`${sample.url}/account`));
      // The socket has the cookies of its handshake.
      await thief.page.reload();
      await showsAs(thief.page, 'bob');
      await press(owner.page, 'Log out here');

      await showsAs(thief.page, 'nobody');
      await thief.page.goto(`${sample.url}/account/private`);
      expect(await thief.page.locator('body').textContent()).toContain('Unauthorized');
    });

    it('keeps the cookie for a fortnight or until the browser is closed, as its user likes', async () => {
      const { context, page } = await open();
      const expires = async (): Promise<number> =>
        (await context.cookies(`${sample.url}/account`))[0]?.expires ?? 0;
      await logIn(page, 'carol');
      expect(await expires()).toBe(-1);

      await logIn(page, 'dave', true);
      expect(Math.abs((await expires()) - Date.now() / 1000 - FORTNIGHT)).toBeLessThan(60);
    });

    it('shows that a log-out failed, and that its user is still in', async () => {
      const { page } = await open();
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
        const { page } = await open(options);
        await press(page, 'Log out here');
        await page.getByRole('alert').getByText('You are not logged in.').waitFor();

        expect(await findings(page)).toEqual([]);
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
          response
            .setHeader('Content-Type', 'text/html')
            .end('<!doctype html><title>Other</title>');
        });
        // Another port: browsers call it the same site, and send it all cookies of this host.
        otherUrl = `http://127.0.0.1:${await listen(other)}`;
      });
      afterEach(() => {
        other.close();
        other.closeAllConnections();
      });

      it('is refused a socket, though the cookie comes along; the own page gets one', async () => {
        const { context, page } = await open();
        await logIn(page, 'grace');
        const cookies: (string | undefined)[] = [];
        sample.app
          .getHttpServer()
          .on('upgrade', ({ headers }: { headers: NodeJS.Dict<string> }) => {
            cookies.push(headers['cookie']);
          });
        const own = await page.evaluate(openSocket(sample.url));
        const foreign = await context.newPage();
        await foreign.goto(otherUrl);

        expect(own).toBe('grace');
        expect(await foreign.evaluate(openSocket(sample.url))).toBe('refused');
        expect(cookies.map((cookie) => cookie?.split('=', 1)[0])).toEqual([
          'account-session',
          'account-session',
        ]);
      });
    });
  });
});
