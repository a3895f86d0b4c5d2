import { describe, it, jest } from '@jest/globals';
import { chromium, type BrowserContext } from 'playwright-core';
import { ARGUMENTS, CHROMIUM, missingBrowser } from '../../lab/support/browser.js';

/** Starts a browser on a profile, which keeps what outlives the browser's session. */
export async function startProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: CHROMIUM, args: ARGUMENTS });
}

/** Runs where there is a browser; elsewhere the one skipped line says what is missing. */
export function describeWithProfile(title: string, body: () => void): void {
  if (missingBrowser === undefined) {
    // A browser starts slowly on a busy machine, and here more than once in a test.
    jest.setTimeout(120_000);
    describe(title, body);
    return;
  }
  process.stderr.write(`Skipped “${title}”: ${missingBrowser}\n`);
  describe.skip(title, () => {
    it(`is skipped: ${missingBrowser}`, () => undefined);
  });
}
