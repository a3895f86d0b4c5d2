import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { Page } from 'playwright-core';
import { SecureCookieModule } from 'nestjs-secure-cookie';
import { LabModule } from '../../sample/lab/lab.module.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';
import { SECRET } from '../support/secrets.js';
import { axeFindings } from './support/axe-findings.js';
import { describeWithBrowser } from './support/describe-with-browser.js';
import { openLab, press, shown } from './support/lab-page.js';
import { sharePage, showIn } from './support/share-page.js';

const BUTTONS = [
  'Set',
  'Renew',
  'Encrypt',
  'Clear',
  'Change one character',
  'Change the name',
  'Backdate',
  'Turn the key',
];

const WIDE = { width: 1200, height: 900 };
const NARROW = { width: 360, height: 740 };

@Module({ imports: [SecureCookieModule.forRoot({ secret: SECRET }), LabModule] })
class AppWithSecret {}

const focused = (page: Page): Promise<string> =>
  page.evaluate<string>('document.activeElement.textContent.trim()');

describeWithBrowser('the lab for everyone', (browser) => {
  let lab: RunningApp;
  let page: Page;

  beforeAll(async () => {
    lab = await startApp(platforms[0], SampleWithoutAccount);
  });
  afterAll(() => lab.close());

  const take = (shared: Page): void => {
    page = shared;
  };

  describe('in all colours and sizes', () => {
    sharePage(browser, {}, take);

    describe.each([
      { colorScheme: 'light', viewport: WIDE },
      { colorScheme: 'light', viewport: NARROW },
      { colorScheme: 'dark', viewport: WIDE },
      { colorScheme: 'dark', viewport: NARROW },
    ] as const)('in $colorScheme, $viewport.width pixels wide', (options) => {
      beforeEach(() => showIn(page, options));

      it('gives axe nothing to object to, whatever was pressed', async () => {
        await openLab(page, lab.url);
        const found = { Nothing: await axeFindings(page) };
        for (const button of ['Set', 'Turn the key', 'Change one character']) {
          await press(page, button);
          Object.assign(found, { [button]: await axeFindings(page) });
        }

        expect(found).toEqual({
          Nothing: [],
          Set: [],
          'Turn the key': [],
          'Change one character': [],
        });
      });

      it('gives axe nothing to object to where it refuses to work', async () => {
        const refusing = await startApp(platforms[0], AppWithSecret);
        await openLab(page, refusing.url);

        expect(await axeFindings(page)).toEqual([]);
        await refusing.close();
      });
    });
  });

  describe('on a phone', () => {
    sharePage(browser, { viewport: NARROW, hasTouch: true, isMobile: true }, take);
    beforeEach(() => openLab(page, lab.url));

    it('never scrolls sideways, whatever is pressed', async () => {
      const widths: Record<string, number> = {};
      for (const button of BUTTONS) {
        await press(page, button);
        widths[button] = await page.evaluate<number>('document.documentElement.scrollWidth');
      }

      expect(widths).toEqual(Object.fromEntries(BUTTONS.map((button) => [button, NARROW.width])));
    });

    it('has buttons that a thumb can hit: 44 pixels high and wide, or more', async () => {
      const buttons = await page.getByRole('button').all();
      const boxes = await Promise.all(buttons.map((button) => button.boundingBox()));

      expect(boxes.map((box) => Math.min(box?.width ?? 0, box?.height ?? 0) >= 44)).toEqual(
        BUTTONS.map(() => true),
      );
    });
  });

  describe('with a keyboard alone', () => {
    sharePage(browser, { viewport: WIDE }, take);
    beforeEach(() => openLab(page, lab.url));

    it('is walked through button by button, each with a visible focus, and left again', async () => {
      const walked: string[] = [];
      const outlines: string[] = [];
      while (walked.length < BUTTONS.length) {
        await page.keyboard.press('Tab');
        walked.push(await focused(page));
        outlines.push(
          await page.evaluate<string>('getComputedStyle(document.activeElement).outline'),
        );
      }
      await page.keyboard.press('Tab');

      expect(walked).toEqual(BUTTONS);
      expect(new Set(outlines)).toEqual(new Set(['rgb(31, 79, 196) solid 3px']));
      expect(await page.evaluate<boolean>('document.activeElement === document.body')).toBe(true);
    });

    it.each(['Enter', 'Space'])(
      'answers to %s, keeps the focus, and has the verdict read out',
      async (key) => {
        for (const button of BUTTONS.slice(0, 5)) {
          await page.keyboard.press('Tab');
          expect(await focused(page)).toBe(button);
        }
        const answered = page.waitForResponse(`${lab.url}/lab/cookie`);
        await page.keyboard.press(key);
        await (await answered).finished();
        await page.locator('main[aria-busy="false"]').waitFor();

        expect(await shown(page)).toMatchObject({ verdict: 'Refused', reason: 'signature' });
        expect(await focused(page)).toBe('Change one character');
        expect(await page.getByRole('status').textContent()).toMatch(/Refused\s+signature/);
      },
    );
  });
});
