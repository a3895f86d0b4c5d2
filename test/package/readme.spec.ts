import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledCode } from './support/compiled-code.js';
import { README, section, typeScriptFiles } from './support/readme.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

const blocks = typeScriptFiles(README);

/** The first column of the table below a heading, which holds code. */
function firstColumn(heading: string): string[] {
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section(heading)) ?? [];
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

describe('README.md', () => {
  let compiled: CompiledCode;

  beforeAll(async () => {
    compiled = await CompiledCode.of(blocks, { isolatedModules: true });
  });
  afterAll(() => compiled.remove());

  it.each(blocks)('compiles: $file', ({ file }) => {
    expect(compiled.complaints(file)).toBe('');
  });

  it('lists every error code', () => {
    const codes = firstColumn('Errors');

    expect(new Set(codes)).toEqual(new Set(compiled.union('SecureCookieErrorCode')));
  });

  it('lists every reason for a rejection', () => {
    const reasons = firstColumn('Why a cookie was rejected');

    expect(new Set(reasons)).toEqual(new Set(compiled.union('SecureCookieRejection')));
  });
});
