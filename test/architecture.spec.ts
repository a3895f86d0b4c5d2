import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import ts from 'typescript';
import rules from '../.dependency-cruiser.mjs';

// Two programs are compiled here.
jest.setTimeout(60_000);

const ROOT = resolve(import.meta.dirname, '..');
/** What the sources below a folder's `lib` import against the rules: `rule: importer -> imported`. */
async function violations(baseDir: string): Promise<string[]> {
  const { output } = await cruise(['lib'], {
    baseDir,
    validate: true,
    ruleSet: { forbidden: [...(rules.forbidden ?? [])] },
    ...rules.options,
  });
  if (typeof output === 'string') {
    throw new TypeError(output);
  }
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** Sources that break the rules, and the rules that each breaks. */
const offences: readonly (readonly [
  importer: string,
  source: string,
  broken: readonly string[],
])[] = [
  ['signing/network.ts', "import 'node:http';", ['signing']],
  ['signing/framework.ts', "import type { Type } from '@nestjs/common';", ['signing']],
  ['signing/wire.ts', "import type {} from '../http/wire.js';", ['signing']],
  ['http/wire.ts', 'export {};', []],
  ['http/secrets.ts', "import '../signing/innocent.js';", ['http']],
  ['http/mac.ts', "import 'node:crypto';", ['http']],
  ['http/framework.ts', "import '@nestjs/common';", ['http']],
  ['http/client.ts', "import 'node:http';", ['types of node:http only']],
  ['http/types.ts', "import type { ServerResponse } from 'node:http';", []],
  ['signing/innocent.ts', "import 'node:crypto';", []],
  ['definition/mac.ts', "import 'node:crypto';", ['definition']],
  ['definition/jar.ts', "import '../jar/innocent.js';", ['definition']],
  ['accepts/policy.ts', "import type {} from '../definition/mac.js';", ['accepts']],
  ['revocation/store.ts', "import 'ioredis';", ['revocation']],
  ['revocation/wire.ts', "import '../http/wire.js';", ['revocation']],
  ['revocation/innocent.ts', "import '../signing/innocent.js';", []],
  ['jar/innocent.ts', "import '../revocation/innocent.js';", []],
  ['jar/framework.ts', "import '@nestjs/common';", ['jar']],
  ['jar/server.ts', "import 'node:http';", ['types of node:http only']],
  ['exchange/innocent.ts', "import type {} from '@nestjs/common'; import 'node:stream';", []],
  ['exchange/framework.ts', "import '@nestjs/common';", ['types of Nest only']],
  ['exchange/client.ts', "import 'node:http';", ['types of node:http only']],
  ['exchange/handler.ts', "import type {} from '../nest/innocent.js';", ['exchange']],
  ['jar/request.ts', "import '../exchange/innocent.js';", ['jar']],
  ['device-bound/innocent.ts', "import '../nest/innocent.js'; import 'node:crypto';", []],
  ['nest/device.ts', "import '../device-bound/innocent.js';", ['nest']],
  ['module/innocent.ts', "import '../nest/innocent.js'; import '../exchange/innocent.js';", []],
  ['module/client.ts', "import type {} from 'node:http';", ['module']],
  ['nest/start.ts', "import type {} from '../module/innocent.js';", ['nest']],
  ['device-bound/start.ts', "import type {} from '../module/innocent.js';", ['device-bound']],
  ['testing/app.ts', "import '../nest/innocent.js';", ['testing']],
  ['nest/mac.ts', "import 'node:crypto';", ['nest']],
  ['nest/platform.ts', "import '@nestjs/platform-express';", ['nest']],
  ['nest/missing.ts', "import 'not-installed';", ['nest']],
  ['nest/innocent.ts', "import '@nestjs/common'; import '../signing/innocent.js';", []],
  ['nest/deep.ts', "import '@nestjs/common/constants.js';", ['nest']],
  ['nest/surface.ts', "import '../index.js';", ['nest']],
  ['nest/egg.ts', "import './hen.js';", ['no cycle']],
  ['nest/hen.ts', "import './egg.js';", []],
  ['nest/letter.ts', "import type {} from './reply.js';", ['no cycle']],
  ['nest/reply.ts', "import type {} from './letter.js';", []],
  ['cookie-name.ts', "import './signing/innocent.js';", ['shared']],
  ['refresher.ts', "import './nest/innocent.js';", ['shared']],
  ['revocation/refresh.ts', "import '../refresher.js';", []],
  ['attic/a.ts', "import '../errors.js';", ['a room of its own']],
  ['index.ts', 'export {};', []],
  ['errors.ts', 'export {};', []],
];

describe('the import directions', () => {
  let offenders: string;

  beforeAll(async () => {
    // Below the root, so that packages resolve.
    await mkdir(join(ROOT, 'build'), { recursive: true });
    offenders = await mkdtemp(join(ROOT, 'build/architecture-'));
    for (const [importer, source] of offences) {
      const path = join(offenders, 'lib', importer);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, source);
    }
  });
  afterAll(() => rm(offenders, { recursive: true }));

  it('are kept by the library', async () => {
    expect(await violations(ROOT)).toEqual([]);
  });

  it('are rules that can fail: each breach is found, and nothing else', async () => {
    const expected = offences.flatMap(([importer, , broken]) =>
      broken.map((rule) => `${rule}: lib/${importer}`),
    );

    const found = (await violations(offenders)).map((violation) => violation.split(' -> ')[0]);

    expect(new Set(found)).toEqual(new Set(expected));
  });
});

describe('index.ts', () => {
  it('holds named exports and nothing else', async () => {
    const source = await readFile(join(ROOT, 'lib/index.ts'), 'utf8');
    const { statements } = ts.createSourceFile('index.ts', source, ts.ScriptTarget.Latest);

    const others = statements.filter(
      (statement) =>
        !ts.isExportDeclaration(statement) ||
        statement.exportClause === undefined ||
        !ts.isNamedExports(statement.exportClause),
    );

    expect(statements.length).toBeGreaterThan(10);
    expect(others).toEqual([]);
  });

  it('exports no name that @nestjs/common exports, types included', () => {
    const ours = join(ROOT, 'lib/index.ts');
    const nests = join(ROOT, 'node_modules/@nestjs/common/index.d.ts');
    const program = ts.createProgram([ours, nests], {
      module: ts.ModuleKind.NodeNext,
      types: ['node'],
      skipLibCheck: true,
    });

    const taken = exportedNames(program, nests);

    expect(exportedNames(program, ours)).toContain('SecureCookieSigner');
    expect(taken).toEqual(
      expect.arrayContaining([
        'Cookies',
        'SignedCookies',
        'CookiesOptions',
        'CookieSerializeOptions',
      ]),
    );
    expect(exportedNames(program, ours).filter((name) => taken.includes(name))).toEqual([]);
  });
});

function exportedNames(program: ts.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  return module === undefined
    ? []
    : checker.getExportsOfModule(module).map((symbol) => symbol.name);
}
