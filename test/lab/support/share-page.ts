import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/**
 * Gives all tests of a `describe` one page: a new one starts a process of its own, which takes longer
 * than what most tests do in it. What a test routes, hears and has stored ends with the test; what it
 * adds to each document, such as a clock, does not, and needs a page of its own.
 */
export function sharePage(
  browser: () => Browser,
  options: BrowserContextOptions,
  take: (page: Page) => void,
): void {
  let page: Page;
  beforeAll(async () => {
    page = await browser().newPage(options);
    take(page);
  });
  afterEach(async () => {
    page.removeAllListeners('request');
    await page.unrouteAll({ behavior: 'wait' });
    await page.context().clearCookies();
  });
  // Its context was made for it, and is closed with it.
  afterAll(() => page.close());
}
