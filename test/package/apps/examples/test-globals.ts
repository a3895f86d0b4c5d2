import type * as jest from '@jest/globals';

/** Vitest and Jest both put these in the global scope of an app's tests. */
declare global {
  const afterAll: typeof jest.afterAll;
  const beforeAll: typeof jest.beforeAll;
  const beforeEach: typeof jest.beforeEach;
  const describe: typeof jest.describe;
  const expect: typeof jest.expect;
  const it: typeof jest.it;
  const test: typeof jest.test;
}
