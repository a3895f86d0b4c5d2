import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ROOT } from '../package/support/project.js';
import { CompiledCode, INDEX, optionsOf, TESTING } from './support/compiled-code.js';
import { listed, PAGES, typeScriptFiles } from './support/documents.js';

// The compiler runs here.
jest.setTimeout(120_000);

/** Each page is a project of its own: it can be read by itself. */
const blocks = PAGES.flatMap(({ path, text }) =>
  typeScriptFiles(text).map(({ file, code }) => ({ file: `${path}/${file}`, code })),
);

describe('the code in README.md and docs/', () => {
  let compiled: CompiledCode;

  beforeAll(async () => {
    const globals = join(ROOT, 'test/package/apps/examples/test-globals.ts');
    compiled = await CompiledCode.of(
      [...blocks, { file: 'test-globals.ts', code: readFileSync(globals, 'utf8') }],
      { isolatedModules: true },
    );
  });
  afterAll(() => compiled.remove());

  it.each(blocks)('compiles: $file', ({ file }) => {
    expect(compiled.complaints(file)).toBe('');
  });

  it('stands in files of different names on each page', () => {
    expect(new Set(blocks.map(({ file }) => file)).size).toBe(blocks.length);
  });

  it('names every option that a user can give', () => {
    const text = PAGES.map((page) => page.text).join('\n');
    const options = [INDEX, TESTING]
      .flatMap((entry) => compiled.exportsOf(entry))
      .filter(({ name }) => /(?:Options|Attributes|Policy|Provider|Settings)$/.test(name))
      .flatMap((symbol) => optionsOf(symbol).map((option) => `${symbol.name}.${option}`));

    expect(options.length).toBeGreaterThan(40);
    expect(
      options.filter((option) => !new RegExp(`\\b${option.split('.')[1]}\\b`).test(text)),
    ).toEqual([]);
  });

  it.each([
    ['code', 'SecureCookieErrorCode'],
    ['reason', 'SecureCookieRejection'],
  ])('is told with a table of every %s', (word, union) => {
    expect(listed(word, PAGES).toSorted()).toEqual(compiled.union(union).toSorted());
  });
});
