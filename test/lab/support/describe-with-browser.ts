import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { missingBrowser, startBrowser } from './browser.js';

/**
 * Runs in a browser of its own, which is closed at the end. Without one, the one skipped line says
 * what is missing.
 */
export function describeWithBrowser(title: string, body: (browser: () => Browser) => void): void {
  if (missingBrowser !== undefined) {
    // Jest does not list the tests of a file that has no others.
    process.stderr.write(`Skipped “${title}”: ${missingBrowser}\n`);
    describe.skip(title, () => {
      it(`is skipped: ${missingBrowser}`, () => undefined);
    });
    return;
  }
  // A browser starts slowly on a busy machine.
  jest.setTimeout(60_000);
  describe(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());

    body(() => browser);
  });
}
