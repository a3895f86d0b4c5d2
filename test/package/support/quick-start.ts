import { join } from 'node:path';
import { TSC, type Project } from './project.js';
import { codeBlocks, section, typeScriptFiles } from './readme.js';

const QUICK_START = section('Quick start');

/** The README's shell commands. */
export const [MAKE_A_SECRET = '', VISIT_TWICE = ''] = codeBlocks(QUICK_START, 'sh');

const TSCONFIG = {
  target: 'es2022',
  module: 'nodenext',
  rootDir: 'src',
  outDir: 'dist',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  types: ['node'],
};

/** Writes the README's files, word for word but for the port: another server may have it. */
export async function writeQuickStart(project: Project, to = '.', port = '3000'): Promise<void> {
  for (const { file, code } of typeScriptFiles(QUICK_START)) {
    await project.write({ [join(to, file)]: code.replace('3000', port) });
  }
}

/** Writes the README's files and compiles them, with whatever else is in `src`, into `dist`. */
export async function buildQuickStart(project: Project, port?: string): Promise<void> {
  const configuration = { compilerOptions: TSCONFIG, include: ['src'] };
  await project.write({ 'tsconfig.json': JSON.stringify(configuration) });
  await writeQuickStart(project, '.', port);
  await project.run('node', TSC);
}
