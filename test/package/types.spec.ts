import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { NEST_11, NEST_12, Project } from './support/project.js';
import { writeQuickStart } from './support/quick-start.js';

// Programs run here: packing, installing, checking types.
jest.setTimeout(120_000);

/** Ours, and the last that has classic resolution without a word of its deprecation. */
const TYPESCRIPT_6 = 'typescript@6.0';
const TYPESCRIPT_5 = 'typescript@5.9';

const { ESNext, Node16, NodeNext, CommonJS } = ts.ModuleKind;
const { Bundler, Node10, Node16: Node16Resolution, NodeNext: Next } = ts.ModuleResolutionKind;

/** Ours and the consumer's; what others publish is theirs. */
const OURS = /^\/(?:commonjs|module|node_modules\/nestjs-secure-cookie)\//;

/** Nest 12 has no CommonJS build, so that CommonJS under node16 and node10 is a matter of Nest 11. */
describe.each([
  {
    nest: 'Nest 11',
    packages: [...NEST_11, TYPESCRIPT_5],
    consumers: [
      ['node16', 'commonjs', TYPESCRIPT_6, Node16, Node16Resolution],
      ['node16', 'module', TYPESCRIPT_6, Node16, Node16Resolution],
      ['nodenext', 'commonjs', TYPESCRIPT_6, NodeNext, Next],
      ['nodenext', 'module', TYPESCRIPT_6, NodeNext, Next],
      ['bundler', 'module', TYPESCRIPT_6, ESNext, Bundler],
      ['node10', 'commonjs', TYPESCRIPT_6, CommonJS, Node10],
      ['node10', 'commonjs', TYPESCRIPT_5, CommonJS, Node10],
    ],
  },
  {
    nest: 'Nest 12',
    packages: NEST_12,
    consumers: [
      ['node16', 'module', TYPESCRIPT_6, Node16, Node16Resolution],
      ['nodenext', 'commonjs', TYPESCRIPT_6, NodeNext, Next],
      ['nodenext', 'module', TYPESCRIPT_6, NodeNext, Next],
      ['bundler', 'module', TYPESCRIPT_6, ESNext, Bundler],
    ],
  },
] as const)('with $nest', ({ packages, consumers }) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create('module', packages);
    for (const type of ['commonjs', 'module']) {
      await project.write({ [`${type}/package.json`]: JSON.stringify({ type }) });
      await project.copy('types', type);
      await writeQuickStart(project, type);
    }
  });
  afterAll(() => project.remove());

  it.each(consumers)('%s, %s, %s: type-checks', (_kind, type, version, module, resolution) => {
    const compiler: typeof ts =
      version === TYPESCRIPT_6
        ? ts
        : createRequire(join(project.folder, 'package.json'))('typescript');
    const files = ['consumer.ts', 'src/main.ts', 'src/main.fastify.ts'];
    const program = compiler.createProgram(
      files.map((file) => join(project.folder, type, file)),
      {
        target: ts.ScriptTarget.ES2022,
        module,
        moduleResolution: resolution,
        ...(version === TYPESCRIPT_6 && { ignoreDeprecations: '6.0' }),
        strict: true,
        exactOptionalPropertyTypes: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(project.folder, 'node_modules/@types')],
      },
    );

    const sources = program
      .getSourceFiles()
      .filter(({ fileName }) => OURS.test(fileName.slice(project.folder.length)));
    const diagnostics = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      ...sources.flatMap((source) => [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ]),
    ];

    expect(sources.length).toBeGreaterThan(10);
    expect(
      diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ).toEqual([]);
  });
});
