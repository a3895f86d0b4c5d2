import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Cookie, Page } from 'playwright-core';
import { startBrowser } from '../lab/support/browser.js';
import { platformApps } from '../support/platform-apps.js';
import { Bank, BOUND_FOR } from './support/bank.js';
import {
  missingForBinding,
  startDeviceBoundBrowser,
  type DeviceBoundBrowser,
} from './support/device-bound-browser.js';

// Browsers start slowly on a busy machine, and cookies take their time to expire.
jest.setTimeout(240_000);

/** What `verify` finds in a route. */
interface State {
  readonly valid: boolean;
  readonly bound?: boolean;
  readonly issuedAt?: number;
  readonly keyVersion?: number;
  readonly reason?: string;
}

/** Until a bound cookie counts neither in the browser nor on the server. */
const expiry = (): Promise<void> => sleep((BOUND_FOR + 1.2) * 1000);

/** How often is looked whether something came about, before it is given up. */
const ATTEMPTS = 30;

const textOf = async (page: Page): Promise<string> =>
  (await page.locator('body').textContent()) ?? '';

async function stateOf(page: Page, bank: Bank): Promise<State> {
  await page.goto(bank.url('/state'));
  return JSON.parse(await textOf(page));
}

async function submit(page: Page, bank: Bank, form: 'login' | 'logout' | 'transfer') {
  await page.goto(bank.url('/'));
  await page.click(`#${form}`);
  await page.waitForURL(bank.url(`/${form}`));
  return textOf(page);
}

const fetchedState = (page: Page): Promise<State> =>
  page.evaluate(async (): Promise<State> =>
    JSON.parse(await (await fetch('/state', { signal: AbortSignal.timeout(15_000) })).text()),
  );

async function newVisitor(browser: Browser, bank: Bank, options = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await submit(page, bank, 'login');
  return page;
}

/** Logged in, and bound. */
async function newBoundVisitor(browser: Browser, bank: Bank): Promise<Page> {
  const page = await newVisitor(browser, bank);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if ((await fetchedState(page)).bound === true) {
      return page;
    }
    await sleep(100);
  }
  throw new Error('Chromium did not register the session.');
}

/** Both of a session: the one that expires all the time is looked for until it is there. */
async function cookiesOf(page: Page, bank: Bank): Promise<readonly Cookie[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await fetchedState(page);
    const cookies = await page.context().cookies(bank.url('/device-bound/refresh'));
    if (cookies.length === 2) {
      return cookies;
    }
  }
  throw new Error('There were no two cookies at a time.');
}

/** Puts cookies of the bank into another browser. */
const plant = (cookies: readonly Cookie[], context: BrowserContext, bank: Bank): Promise<void> =>
  context.addCookies(
    cookies.map(({ name, value, path, expires, sameSite }) => ({
      name,
      value,
      expires,
      sameSite,
      secure: true,
      httpOnly: true,
      // With a domain, they would not be cookies of a host.
      url: bank.url(path === '/' ? '/' : '/device-bound/refresh'),
    })),
  );

/** What visitors do. All of an app do so at once, because they wait for the most part. */
const VISITS = {
  async pages(browser: Browser, bank: Bank) {
    const page = await newBoundVisitor(browser, bank);
    const before = await fetchedState(page);
    await expiry();
    const navigation = await stateOf(page, bank);
    await expiry();
    return { before, navigation, fetched: await fetchedState(page) };
  },

  async tabsAndLogout(browser: Browser, bank: Bank) {
    const page = await newBoundVisitor(browser, bank);
    const other = await page.context().newPage();
    await expiry();
    const tabs = await Promise.all([stateOf(page, bank), stateOf(other, bank)]);
    const cookies = await cookiesOf(page, bank);
    await submit(page, bank, 'logout');
    // A refresh that was on its way may have brought one more cookie, and no more than that.
    await expiry();
    const out = [await stateOf(page, bank), await fetchedState(page)];
    const left = await page.context().cookies(bank.url('/device-bound/refresh'));
    return { tabs, cookies, left, out };
  },

  async copiesAndForms(browser: Browser, bank: Bank) {
    const owner = await newBoundVisitor(browser, bank);
    const thief = await (await browser.newContext()).newPage();
    await thief.goto(bank.url('/'));
    let stolen: State = { valid: false };
    for (let attempt = 0; attempt < ATTEMPTS && !stolen.valid; attempt += 1) {
      await plant(await cookiesOf(owner, bank), thief.context(), bank);
      stolen = await fetchedState(thief);
    }
    await owner.goto(bank.url('/'));
    await expiry();
    await owner.click('#transfer');
    await owner.waitForURL(bank.url('/transfer'));
    const form = await textOf(owner);
    const later = await stateOf(thief, bank);
    const refresh = await thief.evaluate(
      async () => (await fetch('/device-bound/refresh', { method: 'POST' })).status,
    );
    await expiry();
    await owner.goto(bank.url(`/link?to=${bank.url('/state')}`, 'elsewhere.test'));
    await owner.click('a');
    await owner.waitForURL(bank.url('/state'));
    const link: State = JSON.parse(await textOf(owner));
    return { stolen, later, refresh, form, link };
  },

  /** With a bank of its own, which changes under its feet. */
  async restarts(browser: Browser, _bank: Bank, ownBank: Bank) {
    const page = await newBoundVisitor(browser, ownBank);
    const before = await fetchedState(page);
    await ownBank.restart();
    ownBank.rotate('both');
    await expiry();
    const rotated = await stateOf(page, ownBank);
    ownBank.rotate('second');
    await expiry();
    return { before, rotated, removed: await stateOf(page, ownBank) };
  },
};

/** In a browser that knows nothing of the protocol. */
async function withoutProtocol(browser: Browser, bank: Bank) {
  const page = await newVisitor(browser, bank, { ignoreHTTPSErrors: true });
  const before = await fetchedState(page);
  await expiry();
  return { before, after: await stateOf(page, bank) };
}

interface Visits {
  readonly pages: Promise<Awaited<ReturnType<typeof VISITS.pages>>>;
  readonly tabsAndLogout: Promise<Awaited<ReturnType<typeof VISITS.tabsAndLogout>>>;
  readonly copiesAndForms: Promise<Awaited<ReturnType<typeof VISITS.copiesAndForms>>>;
  readonly restarts: Promise<Awaited<ReturnType<typeof VISITS.restarts>>>;
  readonly withoutProtocol: Promise<Awaited<ReturnType<typeof withoutProtocol>>>;
}

const describeBinding = missingForBinding === undefined ? describe : describe.skip;
if (missingForBinding !== undefined) {
  process.stderr.write(`Skipped “sessions that Chromium binds”: ${missingForBinding}\n`);
}

const BOUND = { valid: true, value: 'alice', bound: true };

describeBinding('sessions that Chromium binds', () => {
  let chromium: DeviceBoundBrowser;
  let older: Browser;
  const banks: Bank[] = [];
  const visits = new Map<string, Visits>();

  beforeAll(async () => {
    [chromium, older] = await Promise.all([startDeviceBoundBrowser(), startBrowser()]);
    const { browser, certificate } = chromium;
    for (const app of platformApps) {
      const bank = await Bank.open(app, certificate);
      const ownBank = await Bank.open(app, certificate);
      banks.push(bank, ownBank);
      const all: Visits = {
        pages: VISITS.pages(browser, bank),
        tabsAndLogout: VISITS.tabsAndLogout(browser, bank),
        copiesAndForms: VISITS.copiesAndForms(browser, bank),
        restarts: VISITS.restarts(browser, bank, ownBank),
        withoutProtocol: withoutProtocol(older, bank),
      };
      visits.set(app.platform, all);
      // What fails does so in the tests that ask for it.
      await Promise.allSettled(Object.values(all));
    }
  });
  afterAll(async () => {
    await Promise.all([chromium.close(), older.close()]);
    await Promise.all(banks.map((bank) => bank.close()));
  });

  describe.each(platformApps)('to an app on $platform', ({ platform }) => {
    const ran = <Visit extends keyof Visits>(visit: Visit): Visits[Visit] => {
      const all = visits.get(platform);
      if (all === undefined) {
        throw new Error(`Nobody visited the app on ${platform}.`);
      }
      return all[visit];
    };

    it('are bound after the login, and refreshed before a navigation', async () => {
      const { before, navigation } = await ran('pages');

      expect(before).toMatchObject(BOUND);
      expect(navigation).toMatchObject(BOUND);
      expect(navigation.issuedAt).toBeGreaterThan((before.issuedAt ?? 0) + BOUND_FOR);
    });

    it('are refreshed before a fetch', async () => {
      const { navigation, fetched } = await ran('pages');

      expect(fetched).toMatchObject(BOUND);
      expect(fetched.issuedAt).toBeGreaterThan((navigation.issuedAt ?? 0) + BOUND_FOR);
    });

    it('are refreshed before a form, for a route that asks for a bound one', async () => {
      expect((await ran('copiesAndForms')).form).toBe('transferred');
    });

    it('are refreshed before a navigation that comes from another site', async () => {
      expect((await ran('copiesAndForms')).link).toMatchObject(BOUND);
    });

    it('are refreshed for two tabs at once', async () => {
      expect((await ran('tabsAndLogout')).tabs).toMatchObject([BOUND, BOUND]);
    });

    it('go on where the server was restarted and its keys rotated, and the old one is gone', async () => {
      const { before, rotated, removed } = await ran('restarts');

      expect(before).toMatchObject({ ...BOUND, keyVersion: 1 });
      expect(rotated).toMatchObject({ ...BOUND, keyVersion: 2 });
      expect(removed).toMatchObject({ ...BOUND, keyVersion: 2 });
    });

    it('end with the logout, and do not come back', async () => {
      const { cookies, left, out } = await ran('tabsAndLogout');

      expect(cookies.map(({ name }) => name).toSorted()).toEqual([
        '__Host-session',
        '__Secure-session-refresh',
      ]);
      expect(left).toEqual([]);
      expect(out).toEqual([
        { valid: false, reason: 'missing' },
        { valid: false, reason: 'missing' },
      ]);
    });

    it('are worthless in another browser in seconds, with both cookies', async () => {
      const { stolen, later, refresh } = await ran('copiesAndForms');

      expect(stolen).toMatchObject(BOUND);
      expect(later).toMatchObject({ valid: false });
      expect(refresh).toBe(403);
    });

    it('stay as they are, unbound, in a browser that does not know how', async () => {
      const { before, after } = await ran('withoutProtocol');

      expect(before).toMatchObject({ valid: true, bound: false });
      expect(after).toEqual(before);
    });
  });
});
