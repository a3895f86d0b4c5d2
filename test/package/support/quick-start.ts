import { join } from 'node:path';
import { codeBlocks, document, typeScriptFile } from '../../documents/support/documents.js';
import { TSC, type Project } from './project.js';

const README = document('README.md').text;

/** The README's shell commands, found by what they do. */
export const MAKE_A_SECRET = shellBlock('COOKIE_SECRET=');
export const VISIT_TWICE = shellBlock('curl');

/** The README's line for Fastify, which takes the place of the one that creates the app. */
const [, ON_FASTIFY = ''] =
  /`(NestFactory\.create<NestFastifyApplication>\(.*\))`/.exec(README) ?? [];

/** What `nest new` writes. */
const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;

const MAIN_FASTIFY = `import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
${MAIN.replace('NestFactory.create(AppModule)', ON_FASTIFY)}`;

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

/** The README's test of the quick start. */
export const QUICK_START_TEST = typeScriptFile('README.md', 'src/visits.spec.ts');

/** Writes the README's files, and beside them those that a new Nest app has. */
export async function writeQuickStart(project: Project, to = '.'): Promise<void> {
  await project.write({
    [join(to, 'src/app.module.ts')]: typeScriptFile('README.md', 'src/app.module.ts'),
    [join(to, 'src/main.ts')]: MAIN,
    [join(to, 'src/main.fastify.ts')]: MAIN_FASTIFY,
  });
}

/** Writes the README's files and compiles them, with whatever else is in `src`, into `dist`. */
export async function buildQuickStart(project: Project): Promise<void> {
  const configuration = { compilerOptions: TSCONFIG, include: ['src'] };
  await project.write({ 'tsconfig.json': JSON.stringify(configuration) });
  await writeQuickStart(project);
  await project.run('node', TSC);
}

function shellBlock(text: string): string {
  const found = codeBlocks(README, 'sh').find((block) => block.includes(text));
  if (found === undefined) {
    throw new Error(`README.md has no command with ${text}.`);
  }
  return found;
}
