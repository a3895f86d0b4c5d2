import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';
import ts from 'typescript';

// Two programs are compiled here.
jest.setTimeout(60_000);

const ROOT = resolve(import.meta.dirname, '..');
const SHARED = '^lib/(errors|token)[.]ts$';

/** Who may import what. Each room names all that it may import; anything else is an error. */
const rules: IForbiddenRuleType[] = [
  room('shared', SHARED, [SHARED]),
  room('signing', '^lib/signing/', [
    '^lib/signing/',
    SHARED,
    '^(crypto|buffer|diagnostics_channel)$',
  ]),
  room('http', '^lib/http/', ['^lib/http/', SHARED, '^http$', '(^|/)node_modules/cookie/']),
  room('definition', '^lib/definition/', ['^lib/(definition|signing|http)/', SHARED, '^buffer$']),
  room('nest', '^lib/nest/', [
    '^lib/(nest|definition|signing|http)/',
    SHARED,
    '^(http|stream)$',
    '(^|/)node_modules/rxjs/',
    // Nest's entry points: its deep paths are not its public surface.
    '(^|/)node_modules/@nestjs/(common|core)/index[.](js|d[.]ts)$',
  ]),
  room('testing', '^lib/testing/', [
    '^lib/(testing|definition|signing|http)/',
    SHARED,
    '(^|/)node_modules/cookie/',
  ]),
  room('index', '^lib/index[.]ts$', ['^lib/']),
  {
    name: 'a room of its own',
    from: {
      path: '^lib/',
      pathNot: [SHARED, '^lib/index[.]ts$', '^lib/(signing|http|definition|nest|testing)/'],
    },
    to: {},
  },
  {
    name: 'http takes the types of node:http only',
    from: { path: '^lib/http/' },
    to: { path: '^http$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no cycle at run time',
    from: { path: '^lib/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
];

function room(name: string, folder: string, allowed: string[]): IForbiddenRuleType {
  return { name, from: { path: folder }, to: { pathNot: allowed } };
}

/** What the sources below a folder's `lib` import against the rules: `rule: importer -> imported`. */
async function violations(baseDir: string): Promise<string[]> {
  const { output } = await cruise(['lib'], {
    baseDir,
    validate: true,
    doNotFollow: 'node_modules',
    ruleSet: { forbidden: rules },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
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
  ['http/client.ts', "import 'node:http';", ['http takes the types of node:http only']],
  ['http/types.ts', "import type { ServerResponse } from 'node:http';", []],
  ['signing/innocent.ts', "import 'node:crypto';", []],
  ['definition/mac.ts', "import 'node:crypto';", ['definition']],
  ['definition/jar.ts', "import '../nest/innocent.js';", ['definition']],
  ['testing/app.ts', "import '../nest/innocent.js';", ['testing']],
  ['nest/mac.ts', "import 'node:crypto';", ['nest']],
  ['nest/platform.ts', "import '@nestjs/platform-express';", ['nest']],
  ['nest/missing.ts', "import 'not-installed';", ['nest']],
  ['nest/innocent.ts', "import '@nestjs/common'; import '../signing/innocent.js';", []],
  ['nest/deep.ts', "import '@nestjs/common/constants.js';", ['nest']],
  ['nest/surface.ts', "import '../index.js';", ['nest']],
  ['nest/egg.ts', "import './hen.js';", ['no cycle at run time']],
  ['nest/hen.ts', "import './egg.js';", []],
  ['nest/letter.ts', "import type {} from './reply.js';", []],
  ['nest/reply.ts', "import type {} from './letter.js';", []],
  ['token.ts', "import './signing/innocent.js';", ['shared']],
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
