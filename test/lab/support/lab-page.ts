import type { Page } from 'playwright-core';

/** What the page says, in words. */
export interface Shown {
  readonly verdict: string;
  readonly reason: string;
  readonly setCookie: readonly string[];
  readonly cookie: readonly string[];
}

/** Opens the lab and waits for the first verdict. */
export async function openLab(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/lab`);
  await page
    .getByRole('status')
    .getByText(/^(?:No cookie|Accepted|Refused)$/)
    .waitFor();
}

/** Presses a button, and waits until the answers to both of its requests are on show. */
export async function press(page: Page, button: string): Promise<Shown> {
  const answered = page.waitForResponse((response) => response.url().endsWith('/lab/cookie'));
  await page.getByRole('button', { name: button, exact: true }).click();
  await (await answered).finished();
  await page.locator('main[aria-busy="false"]').waitFor();
  return shown(page);
}

export async function shown(page: Page): Promise<Shown> {
  return {
    verdict: (await page.locator('#verdict-word').textContent()) ?? '',
    reason: (await page.locator('#reason').textContent()) ?? '',
    setCookie: await page.locator('#set-cookie code span').allTextContents(),
    cookie: await page.locator('#cookie code span').allTextContents(),
  };
}
