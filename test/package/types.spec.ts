import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import ts from 'typescript';
import { NEST_11, NEST_12, Project } from './support/project.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

const { ESNext, Node16, NodeNext, CommonJS } = ts.ModuleKind;
const { Bundler, Node10, Node16: Node16Resolution, NodeNext: Next } = ts.ModuleResolutionKind;

/** Nest 12 has no CommonJS build, so that CommonJS under node16 and node10 is a matter of Nest 11. */
describe.each([
  {
    nest: 'Nest 11',
    dependencies: [NEST_11, NEST_12],
    consumers: [
      ['node16', 'consumer.cts', Node16, Node16Resolution],
      ['node16', 'consumer.mts', Node16, Node16Resolution],
      ['nodenext', 'consumer.cts', NodeNext, Next],
      ['nodenext', 'consumer.mts', NodeNext, Next],
      ['bundler', 'consumer.ts', ESNext, Bundler],
      ['node10', 'consumer.ts', CommonJS, Node10],
    ],
  },
  {
    nest: 'Nest 12',
    dependencies: [NEST_12],
    consumers: [
      ['node16', 'consumer.mts', Node16, Node16Resolution],
      ['nodenext', 'consumer.cts', NodeNext, Next],
      ['nodenext', 'consumer.mts', NodeNext, Next],
      ['bundler', 'consumer.ts', ESNext, Bundler],
    ],
  },
] as const)('with $nest', ({ dependencies, consumers }) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(...dependencies);
    for (const name of ['consumer.ts', 'consumer.cts', 'consumer.mts']) {
      await project.copy('types/consumer.ts', name);
    }
  });
  afterAll(() => project.remove());

  it.each(consumers)('a %s consumer type-checks: %s', (_resolution, file, module, resolution) => {
    const program = ts.createProgram([join(project.folder, file)], {
      target: ts.ScriptTarget.ES2022,
      module,
      moduleResolution: resolution,
      ignoreDeprecations: '6.0',
      strict: true,
      exactOptionalPropertyTypes: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(NEST_12, '@types')],
    });

    const sources = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(project.folder));
    const diagnostics = [
      ...program.getOptionsDiagnostics(),
      ...program.getGlobalDiagnostics(),
      // Ours and the consumer's; what others publish is theirs.
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
