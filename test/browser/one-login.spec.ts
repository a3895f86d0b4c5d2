import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { describeWithProfile, startProfile } from './support/profile.js';
import { itKeepsLogins, type Client } from '../support/one-login.js';

describeWithProfile('logins in the jar of Chromium', () => {
  let profile: string;
  let context: BrowserContext;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'chromium-'));
    context = await startProfile(profile);
  });
  afterAll(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });

  // A browser starts more slowly than all else happens here: one jar, emptied, is each client's.
  itKeepsLogins(async (): Promise<Client> => ({
    async visit(url) {
      const [page = await context.newPage()] = context.pages();
      await page.goto(url);
      const body = (await page.locator('body').textContent()) ?? '';
      return body.trim();
    },
    async restart() {
      await context.close();
      context = await startProfile(profile);
    },
    close: () => context.clearCookies(),
  }));
});
