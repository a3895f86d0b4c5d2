import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { SecureCookieSigner, type SecureCookieAttributes } from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { setCookie } from '../support/set-cookie.js';
import { thrownBy } from '../support/thrown-by.js';
import { describeWithBrowser } from './support/describe-with-browser.js';
import { RulesModule } from './support/rules-app.js';
import { sharePage } from './support/share-page.js';

type Cookies = Readonly<Record<string, SecureCookieAttributes>>;

describeWithBrowser('what the browser makes of the cookies', (browser) => {
  let running: RunningApp;
  let context: BrowserContext;
  let page: Page;
  /** Browsers take localhost for safe, as if it had TLS. */
  let safe: string;
  /** Another site, without TLS. */
  let other: string;

  beforeAll(async () => {
    running = await startApp(platforms[0], RulesModule);
    const { port } = new URL(running.url);
    safe = `http://localhost:${port}`;
    other = `http://other.test:${port}`;
  });
  afterAll(() => running.close());
  sharePage(browser, {}, (shared) => {
    page = shared;
    context = page.context();
  });

  const setAt = (site: string, cookies: Cookies): Promise<unknown> =>
    page.goto(`${site}${setPath(cookies)}`);
  const kept = async (): Promise<string[]> =>
    (await context.cookies()).map(({ name }) => name).toSorted();

  it('hides a cookie from scripts, unless it was set with httpOnly: false', async () => {
    await setAt(safe, { hidden: {}, bare: { httpOnly: false } });

    expect(await page.evaluate<string>('document.cookie')).toMatch(/^bare=2\|[^;]+$/);
    expect(await page.evaluate<string[]>(`fetch('/read').then((it) => it.json())`)).toEqual([
      'hidden',
      'bare',
    ]);
  });

  it('lets no script overwrite a hidden cookie', async () => {
    await setAt(safe, { hidden: {} });
    await page.evaluate(`document.cookie = 'hidden=forged; path=/'`);

    expect(await page.evaluate<string[]>(`fetch('/read').then((it) => it.json())`)).toEqual([
      'hidden',
    ]);
  });

  describe('SameSite', () => {
    const SAME_SITE: Cookies = {
      strict: { sameSite: 'strict' },
      lax: {},
      none: { sameSite: 'none' },
    };

    it('for a script of the site itself', async () => {
      await setAt(safe, SAME_SITE);
      await page.goto(safe);

      expect(await page.evaluate<string[]>(`fetch('/read').then((it) => it.json())`)).toEqual([
        'strict',
        'lax',
        'none',
      ]);
    });

    it.each<[string, 'safe' | 'other', (url: string) => string, readonly string[]]>([
      [
        'a link on the site itself',
        'safe',
        (url) => `location.href = '${url}'`,
        ['strict', 'lax', 'none'],
      ],
      ['a link on another site', 'other', (url) => `location.href = '${url}'`, ['lax', 'none']],
      ['a form that another site gets', 'other', (url) => submit('get', url), ['lax', 'none']],
      ['a form that another site posts', 'other', (url) => submit('post', url), ['none']],
    ])('for %s', async (_who, from, script, names) => {
      await setAt(safe, SAME_SITE);
      await page.goto(from === 'safe' ? safe : other);
      const answer = readBy(page);
      await page.evaluate(`void (${script(`${safe}/read`)})`);

      expect(await answer).toEqual(names);
      // Where it leads is loaded before the next test goes elsewhere.
      await page.waitForURL(`${safe}/read*`);
    });

    // Headless Chromium blocks third-party cookies, as the user of any browser may.
    it('does not bring a cookie along to a frame on another site, unless it is partitioned', async () => {
      const embed = async (path: string): Promise<void> => {
        await page.setContent(`<iframe src="${safe}${path}"></iframe>`);
      };
      await setAt(safe, SAME_SITE);
      await page.goto(other);
      const outside = readBy(page);
      await embed('/read');

      expect(await outside).toEqual([]);

      await embed(setPath({ ...SAME_SITE, own: { sameSite: 'none', partitioned: true } }));
      const partitioned = readBy(page);
      await embed('/read');

      expect(await partitioned).toEqual(['own']);

      const direct = readBy(page);
      await page.goto(`${safe}/read`);

      expect(await direct).not.toContain('own');
    });

    it('is Lax where nothing was said', async () => {
      await setAt(safe, { plain: {} });

      expect(await context.cookies()).toEqual([
        expect.objectContaining({
          name: 'plain',
          sameSite: 'Lax',
          httpOnly: true,
          secure: false,
        }),
      ]);
    });
  });

  describe('prefixes', () => {
    const NAMES = ['__Host-a', '__Secure-a', '__Http-a', '__Host-Http-a', '__host-b', '__sEcUrE-b'];
    const PREFIXED: Cookies = Object.fromEntries(NAMES.map((name) => [name, {}]));

    it('are kept on a safe connection as the library writes them, and read again', async () => {
      await setAt(safe, PREFIXED);
      const cookies = await context.cookies();
      const read = await page.evaluate<string[]>(`fetch('/read').then((it) => it.json())`);

      expect(await kept()).toEqual(NAMES.toSorted());
      expect(read.toSorted()).toEqual(NAMES.toSorted());
      expect(cookies.map(({ secure }) => secure)).toEqual(NAMES.map(() => true));
    });

    it('and SameSite=None are dropped on an unsafe one, where a plain name is kept', async () => {
      await setAt(other, { ...PREFIXED, none: { sameSite: 'none' }, plain: {} });

      expect(await kept()).toEqual(['plain']);
    });
  });

  it.each<[string, string, SecureCookieAttributes, string, string]>([
    ['__Host- without Secure', '__Host-a', { secure: false }, 'Path=/', 'Path=/; Secure'],
    [
      '__Host- with another path',
      '__Host-a',
      { path: '/raw' },
      'Path=/raw; Secure',
      'Path=/; Secure',
    ],
    [
      '__Host- with a domain',
      '__Host-a',
      { domain: 'localhost' },
      'Path=/; Secure; Domain=localhost',
      'Path=/; Secure',
    ],
    ['__host- in lower case', '__host-a', { secure: false }, 'Path=/', 'Path=/; Secure'],
    ['__Secure- without Secure', '__Secure-a', { secure: false }, 'Path=/', 'Path=/; Secure'],
    [
      '__Http- without HttpOnly',
      '__Http-a',
      { httpOnly: false },
      'Path=/; Secure',
      'Path=/; Secure; HttpOnly',
    ],
    [
      '__Host-Http- without HttpOnly',
      '__Host-Http-a',
      { httpOnly: false },
      'Path=/; Secure',
      'Path=/; Secure; HttpOnly',
    ],
    [
      'SameSite=None without Secure',
      'a',
      { sameSite: 'none', secure: false },
      'Path=/; SameSite=None',
      'Path=/; SameSite=None; Secure',
    ],
    [
      'Partitioned without Secure',
      'a',
      { partitioned: true, secure: false },
      'Path=/; Partitioned',
      'Path=/; Partitioned; Secure',
    ],
  ])(
    'the library refuses to write what the browser drops: %s',
    async (_what, name, attributes, dropped, accepted) => {
      const raw = (rest: string): Promise<unknown> =>
        page.goto(`${safe}/raw?header=${encodeURIComponent(`${name}=1; ${rest}`)}`);

      expect(thrownBy(() => setCookie(attributes, { name }))).toMatchObject({
        code: 'attribute',
      });
      await raw(dropped);
      expect(await kept()).toEqual([]);
      await raw(accepted);
      expect(await kept()).toEqual([name]);
    },
  );

  it('keeps the longest cookie that the library writes, and drops one of 4,097 bytes', async () => {
    const { length } = longestValue('full');
    const tooLong = 'x'.repeat(4096 - 'long'.length + 1);

    expect((await page.goto(`${safe}/fill?length=${length}`))?.status()).toBe(200);
    expect((await page.goto(`${safe}/fill?length=${length + 1}`))?.status()).toBe(500);
    expect(await kept()).toEqual(['full']);
    expect(thrownBy(() => setCookie({}, { name: 'long', value: tooLong }))).toMatchObject({
      code: 'cookie-too-large',
    });
    await page.goto(`${safe}/raw?header=${encodeURIComponent(`long=${tooLong}; Path=/`)}`);
    expect(await kept()).toEqual(['full']);
    await page.goto(`${safe}/raw?header=${encodeURIComponent(`long=${tooLong.slice(1)}; Path=/`)}`);
    expect(await kept()).toEqual(['full', 'long']);
  });
});

function setPath(cookies: Cookies): string {
  return `/set?cookies=${encodeURIComponent(JSON.stringify(cookies))}`;
}

/** The names of the cookies that verify, in the next request for `/read`. */
async function readBy(page: Page): Promise<unknown> {
  const answer = await page.waitForResponse((response) => response.url().includes('/read'));
  return JSON.parse(await answer.text());
}

/** A form of another site that is sent off at once. */
function submit(method: string, url: string): string {
  return `document.body.appendChild(
    Object.assign(document.createElement('form'), { method: '${method}', action: '${url}' }),
  ).submit()`;
}

/** The longest value whose signed cookie has 4,096 bytes of name and value, or just less. */
function longestValue(name: string): string {
  const signer = new SecureCookieSigner({ secret: SECRET });
  let value = 'x'.repeat(2900);
  while (name.length + signer.sign(name, `${value}x`).length <= 4096) {
    value += 'x';
  }
  return value;
}
