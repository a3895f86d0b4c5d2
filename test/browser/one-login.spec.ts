import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { describeWithProfile, startProfile } from './support/profile.js';
import { itKeepsLogins, type Client } from '../support/one-login.js';

describeWithProfile('logins in the jar of Chromium', () => {
  let folder: string;
  let profiles = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  itKeepsLogins(async (): Promise<Client> => {
    profiles += 1;
    const profile = join(folder, `${profiles}`);
    let context: BrowserContext = await startProfile(profile);
    return {
      async visit(url) {
        const page = await context.newPage();
        await page.goto(url);
        const body = (await page.locator('body').textContent()) ?? '';
        await page.close();
        return body.trim();
      },
      async restart() {
        await context.close();
        context = await startProfile(profile);
      },
      close: () => context.close(),
    };
  });
});
