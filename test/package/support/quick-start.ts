import { join } from 'node:path';
import { codeBlocks, document, typeScriptFile } from '../../documents/support/documents.js';
import type { Project } from './project.js';

const README = document('README.md').text;

/** The README's shell commands, found by what they do. */
export const INSTALL = shellBlock('npm install nestjs-secure-cookie');
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

const MAIN_FASTIFY = onFastify(MAIN);

/** Writes the README's files, and beside them those that a new Nest app has. */
export async function writeQuickStart(project: Project, to = '.'): Promise<void> {
  await project.write({
    [join(to, 'src/app.module.ts')]: typeScriptFile('README.md', 'src/app.module.ts'),
    [join(to, 'src/main.ts')]: MAIN,
    [join(to, 'src/main.fastify.ts')]: MAIN_FASTIFY,
  });
}

/** A main file, with the line that the README has for Fastify. */
export function onFastify(main: string): string {
  return `import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
${main.replace('NestFactory.create(AppModule)', ON_FASTIFY)}`;
}

function shellBlock(text: string): string {
  const found = codeBlocks(README, 'sh').find((block) => block.includes(text));
  if (found === undefined) {
    throw new Error(`README.md has no command with ${text}.`);
  }
  return found;
}
