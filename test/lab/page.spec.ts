import type { IncomingMessage } from 'node:http';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { BrowserContext, Page } from 'playwright-core';
import { SecureCookieModule } from 'nestjs-secure-cookie';
import { LabModule } from '../../sample/lab/lab.module.js';
import { platforms, startApp, type Platform, type RunningApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';
import { SECRET } from '../support/secrets.js';
import { describeWithBrowser } from './support/describe-with-browser.js';
import { openLab, press, shown } from './support/lab-page.js';
import { sharePage } from './support/share-page.js';

const FIELDS = ['format', 'key-version', 'date', 'name', 'value', 'signature'];

/** One button after the other, what the page then says, and why. */
const VERDICTS: readonly (readonly [string, string, string])[] = [
  ['Renew', 'No cookie', 'missing'],
  ['Set', 'Accepted', ''],
  ['Renew', 'Accepted', ''],
  ['Encrypt', 'Accepted', ''],
  ['Renew', 'Accepted', ''],
  ['Change one character', 'Refused', 'signature'],
  ['Renew', 'Refused', 'signature'],
  ['Set', 'Accepted', ''],
  ['Change the name', 'Refused', 'name'],
  ['Backdate', 'Refused', 'expired'],
  ['Set', 'Accepted', ''],
  ['Turn the key', 'Accepted', 'old key'],
  ['Renew', 'Accepted', ''],
  ['Turn the key', 'Accepted', 'old key'],
  ['Turn the key', 'Refused', 'unknown-key'],
  ['Clear', 'No cookie', 'missing'],
];

@Module({ imports: [SecureCookieModule.forRoot({ secret: SECRET }), LabModule] })
class AppWithSecret {}

describeWithBrowser('the lab in a browser', (browser) => {
  let lab: RunningApp;
  let context: BrowserContext;
  let page: Page;

  const take = (shared: Page): void => {
    page = shared;
    context = page.context();
  };

  const start = async (platform: Platform, module = SampleWithoutAccount): Promise<void> => {
    lab = await startApp(platform, module);
  };
  const stop = async (): Promise<void> => {
    const closed = lab.close();
    // Browsers keep theirs open.
    lab.app.getHttpServer().closeAllConnections();
    await closed;
  };

  // Keys that were turned stay turned.
  afterEach(stop);

  describe.each(platforms)('on $platform', (platform) => {
    sharePage(browser, {}, take);
    beforeEach(async () => {
      await start(platform);
      await openLab(page, lab.url);
    });

    it('gives each button its verdict, and shows the lines that were on the wire', async () => {
      const verdicts: (readonly [string, string, string])[] = [];
      for (const [button] of VERDICTS) {
        const answer = page.waitForResponse((response) => response.request().method() === 'POST');
        const next = page.waitForRequest(`${lab.url}/lab/cookie`);
        const { verdict, reason, setCookie, cookie } = await press(page, button);
        verdicts.push([button, verdict, reason]);

        expect(setCookie).toEqual(await (await answer).headerValues('set-cookie'));
        expect(cookie.join('; ')).toBe((await (await next).headerValue('cookie')) ?? '');
      }

      expect(verdicts).toEqual(VERDICTS);
    });
  });

  describe('as a page', () => {
    sharePage(browser, {}, take);
    beforeEach(() => start(platforms[0]));

    it('asks nothing of another origin, whatever is pressed', async () => {
      const urls: string[] = [];
      page.on('request', (request) => urls.push(request.url()));
      await openLab(page, lab.url);
      for (const button of await page.getByRole('button').allTextContents()) {
        await press(page, button);
      }

      expect(new Set(urls.filter((url) => !url.startsWith('data:image/svg+xml,')))).toEqual(
        new Set([
          `${lab.url}/lab`,
          `${lab.url}/lab/cookie`,
          ...['set', 'renew', 'encrypt', 'clear', 'change-character', 'change-name'].map(
            (route) => `${lab.url}/lab/${route}`,
          ),
          `${lab.url}/lab/backdate`,
          `${lab.url}/lab/turn-key`,
        ]),
      );
    });

    it.each<[string, (value: string) => string, string]>([
      ['another value', (value) => value.replace('YWxpY2U=', 'YWRtaW4='), 'signature'],
      ['a later date', (value) => value.replace(/\|10:(\d)/, '|10:2'), 'signature'],
      ['another name', (value) => value.replace('8:lab-user', '9:lab-admin'), 'signature'],
      ['another key version', (value) => value.replace('|1:1|', '|1:9|'), 'unknown-key'],
      [
        'another last digit of the signature',
        (value) => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0'),
        'signature',
      ],
      ['a signature in upper case', (value) => value.toUpperCase(), 'malformed'],
      ['no signature', (value) => value.replace(/[^|]+$/, ''), 'malformed'],
      ['something appended', (value) => `${value}0`, 'malformed'],
      ['a lying length', (value) => value.replace('8:YWx', '9:YWx'), 'malformed'],
      ['something else', () => 'alice', 'malformed'],
    ])('refuses a cookie given %s in the browser’s store', async (_what, edit, reason) => {
      await openLab(page, lab.url);
      await press(page, 'Set');
      const [cookie] = await context.cookies(`${lab.url}/lab`);
      const value = edit(cookie?.value ?? '');
      await context.addCookies([{ name: 'lab-user', value, domain: '127.0.0.1', path: '/lab' }]);
      await openLab(page, lab.url);
      const says = await shown(page);

      expect(says.cookie).toEqual([`lab-user=${value}`]);
      expect([says.verdict, says.reason]).toEqual(['Refused', reason]);
    });

    it('refuses a cookie that was copied to another name in the browser’s store', async () => {
      await openLab(page, lab.url);
      await press(page, 'Set');
      const [{ value } = { value: '' }] = await context.cookies(`${lab.url}/lab`);
      await context.addCookies([{ name: 'lab-admin', value, domain: '127.0.0.1', path: '/lab' }]);
      await openLab(page, lab.url);

      expect(await shown(page)).toMatchObject({ verdict: 'Refused', reason: 'name' });
    });

    it('disables its buttons where the secret is not the published one, and says why', async () => {
      await stop();
      await start(platforms[0], AppWithSecret);
      await openLab(page, lab.url);
      const buttons = await page.getByRole('button').all();

      expect(await page.locator('#refusal').textContent()).toContain('without COOKIE_SECRET');
      expect(await page.locator('#refusal').isVisible()).toBe(true);
      expect(await Promise.all(buttons.map((button) => button.isDisabled()))).toEqual(
        Array.from({ length: 8 }, () => true),
      );
    });

    it('shows the signed value whole, each field in a colour of its own, with its meaning', async () => {
      await openLab(page, lab.url);
      const { cookie } = await press(page, 'Set');
      const fields = await page.evaluate<{ name: string; color: string }[]>(
        `[...document.querySelectorAll('#signed > span')].map((field) => ({
          name: field.dataset.field,
          color: getComputedStyle(field).color,
        }))`,
      );
      const meanings = await page.locator('.legend .meaning').allInnerTexts();

      expect(`lab-user=${await page.locator('#signed').textContent()}`).toBe(cookie[0]);
      expect(fields.map(({ name }) => name)).toEqual(FIELDS);
      expect(new Set(fields.map(({ color }) => color)).size).toBe(FIELDS.length);
      expect(await page.locator('.legend .content').allTextContents()).toEqual([
        '2',
        '1',
        expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/),
        'lab-user',
        'alice',
        expect.stringMatching(/^[\da-f]{16}…$/),
      ]);
      expect(meanings.map((meaning) => meaning.length > 20)).toEqual(FIELDS.map(() => true));
    });

    it('marks the character that was changed, and shows what the value then reads', async () => {
      await openLab(page, lab.url);
      await press(page, 'Change one character');

      expect(await page.locator('#signed mark').allTextContents()).toEqual(['Z']);
      expect(await page.locator('#content-value').textContent()).toBe('elice');
    });

    it.each([
      ['Encrypt', 'Accepted'],
      ['Change the name', 'Refused'],
    ])(
      'calls an encrypted value readable by the server alone after %s',
      async (button, verdict) => {
        await openLab(page, lab.url);
        await press(page, 'Encrypt');

        expect((await press(page, button)).verdict).toBe(verdict);
        expect(await page.locator('#content-value').textContent()).toBe('bytes, not text');
        expect(await page.locator('#secrecy').textContent()).toContain('the server alone');
      },
    );

    it('says that the server is gone, and works again when it is back', async () => {
      await openLab(page, lab.url);
      await page.route('**/lab/set', (route) => route.abort());
      await page.getByRole('button', { name: 'Set', exact: true }).click();
      await page.getByRole('status').getByText('No answer').waitFor();
      await page.unroute('**/lab/set');

      expect((await press(page, 'Set')).verdict).toBe('Accepted');
    });

    it.each([
      ['innerHTML', `document.body.innerHTML = '<b>injected</b>'`, 'require-trusted-types-for'],
      ['a request to another origin', `fetch('//other.test/')`, 'connect-src'],
    ])('refuses its own script %s', async (_what, script, directive) => {
      await openLab(page, lab.url);
      const violated = await page.evaluate<string>(
        `new Promise((resolve) => {
          addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
          (async () => { ${script} })().catch(() => undefined);
        })`,
      );

      expect(violated).toBe(directive);
    });
  });

  describe('as a page whose clock is set', () => {
    sharePage(browser, {}, take);
    beforeEach(() => start(platforms[0]));

    it('lets the age tick, up to and past the limit', async () => {
      await page.clock.install();
      await openLab(page, lab.url);
      await press(page, 'Set');
      const age = page.locator('#age');

      // Some seconds more than a minute: the browser and the server cut off fractions each for itself.
      await page.clock.runFor(65_000);
      expect(await age.textContent()).toMatch(
        /^It is 1 min [1-9] s old, and 10 min is the limit\.$/,
      );
      expect(await page.locator('#elapsed.over').count()).toBe(0);
      await page.clock.runFor(541_000);
      expect(await age.textContent()).toMatch(/^It is 10 min \d+ s old, /);
      expect(await page.locator('#elapsed.over').count()).toBe(1);
    });
  });

  describe('as a page that someone wrote into', () => {
    sharePage(browser, {}, take);
    beforeAll(async () => {
      await page.addInitScript(
        `window.violated = new Promise((resolve) => {
          addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
        });`,
      );
    });
    beforeEach(() => start(platforms[0]));

    it.each([
      ['an inline script', '<script>window.injected = true</script>', 'script-src-elem'],
      [
        'an event handler',
        '<img alt="" src="data:," onerror="window.injected = true" />',
        'script-src-attr',
      ],
      ['a script of another origin', '<script src="//other.test/"></script>', 'script-src-elem'],
      ['a style', '<style>body { display: none }</style>', 'style-src-elem'],
      ['an image of another origin', '<img alt="" src="//other.test/" />', 'img-src'],
      ['a frame', '<iframe src="//other.test/"></iframe>', 'frame-src'],
      ['another base', '<base href="//other.test/" />', 'base-uri'],
    ])('does not let in %s that someone wrote into it', async (_what, html, directive) => {
      const hosts: (string | undefined)[] = [];
      lab.app.getHttpServer().on('request', ({ headers }: IncomingMessage) => {
        hosts.push(headers.host);
      });
      const { host, port } = new URL(lab.url);
      const injected = html.replace('other.test', `other.test:${port}`);
      await page.route('**/lab', async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace('</main>', () => `${injected}</main>`);
        await route.fulfill({ response, body });
      });
      await openLab(page, lab.url);

      expect(await page.evaluate('violated')).toBe(directive);
      expect(await page.evaluate('window.injected')).toBeUndefined();
      expect((await press(page, 'Set')).verdict).toBe('Accepted');
      expect(new Set(hosts)).toEqual(new Set([host]));
    });
  });
});
