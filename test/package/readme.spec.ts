import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { ROOT } from './support/project.js';
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
  let folder: string;
  let program: ts.Program;

  beforeAll(async () => {
    // Below the root, so that packages resolve.
    await mkdir(join(ROOT, 'build'), { recursive: true });
    folder = await mkdtemp(join(ROOT, 'build/readme-'));
    for (const { file, code } of blocks) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), code);
    }
    program = ts.createProgram([...blocks.map(({ file }) => join(folder, file)), INDEX], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      paths: { 'nestjs-secure-cookie': [INDEX] },
      types: ['node'],
      strict: true,
      isolatedModules: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      skipLibCheck: true,
      noEmit: true,
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(blocks)('compiles: $file', ({ file }) => {
    const source = program.getSourceFile(join(folder, file));

    const diagnostics = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];

    expect(source).toBeDefined();
    expect(ts.formatDiagnostics(diagnostics, FORMAT)).toBe('');
  });

  it('lists every error code', () => {
    const codes = firstColumn('Errors');

    expect(new Set(codes)).toEqual(new Set(union(program, 'SecureCookieErrorCode')));
  });

  it('lists every reason for a rejection', () => {
    const reasons = firstColumn('Why a cookie was rejected');

    expect(new Set(reasons)).toEqual(new Set(union(program, 'SecureCookieRejection')));
  });
});

/** Of cookies that are defined once and may be encrypted, which the README does not describe yet. */
const NOT_YET = new Set(['decrypt', 'schema', 'schema-async', 'absolute-age']);

const INDEX = join(ROOT, 'lib/index.ts');

const FORMAT: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => ROOT,
  getNewLine: () => '\n',
};

/** The members of an exported union of texts. */
function union(program: ts.Program, name: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(INDEX);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
  const type = symbol && checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(symbol));
  return type?.isUnion() === true
    ? type.types
        .map((member) => (member.isStringLiteral() ? member.value : '?'))
        .filter((member) => !NOT_YET.has(member))
    : [];
}
