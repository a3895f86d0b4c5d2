import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
  ViewportSize,
} from 'playwright-core';

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
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await browser().newContext(options);
    page = await context.newPage();
    take(page);
  });
  afterEach(async () => {
    page.removeAllListeners('request');
    await page.unrouteAll({ behavior: 'wait' });
    await context.clearCookies();
  });
  afterAll(() => context.close());
}

/** Shows a page in colours and a size, still: a colour that is appearing would be measured half-way. */
export async function showIn(
  page: Page,
  { colorScheme, viewport }: { colorScheme: 'light' | 'dark'; viewport: ViewportSize },
): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize(viewport);
}
