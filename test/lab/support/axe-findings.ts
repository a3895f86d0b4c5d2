import { expect } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe finds in the page as it is, and what it could not decide about contrast.
 *
 * @param scrolled - a selector of what has to be scrolled into view: axe cannot see what is behind
 * that, so that what it could not decide there does not count
 */
export async function axeFindings(page: Page, scrolled?: string): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) {
    // Not as a script of the page: its policy might block it.
    await page.evaluate(`${axe.source}; undefined`);
  }
  const { passed, found } = await page.evaluate<{ passed: string[]; found: string[] }>(
    findings(scrolled),
  );
  expect(passed).toContain('color-contrast');
  return found;
}

/** Selected in the page: whatever passes would take longer on its way here than in axe. */
const findings = (scrolled = 'not-there'): string => `axe.run().then(
  ({ passes, violations, incomplete }) => {
    const isScrolled = ({ target }) =>
      document.querySelector(target.join(' ')).closest(${JSON.stringify(scrolled)}) !== null;
    const undecided = incomplete
      .filter(({ id }) => id === 'color-contrast')
      .map(({ id, nodes }) => ({ id, nodes: nodes.filter((node) => !isScrolled(node)) }));
    return {
      passed: passes.map(({ id }) => id),
      found: [...violations, ...undecided].flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => id + ': ' + html + ': ' + failureSummary)),
    };
  },
)`;
