import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NEST_11, NEST_12, Project, TSC } from './support/project.js';
import { codeBlocks, section, typeScriptFiles } from './support/readme.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

const QUICK_START = section('Quick start');
const [MAKE_A_SECRET = '', VISIT_TWICE = ''] = codeBlocks(QUICK_START, 'sh');

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

/** The README's words, but for the port: another server may have it. */
describe.each([
  { nest: 'Nest 12', dependencies: [NEST_12], type: 'module' },
  { nest: 'Nest 11', dependencies: [NEST_11, NEST_12], type: 'commonjs' },
])('the quick start, with $nest as $type', ({ dependencies, type }) => {
  let project: Project;
  let port: string;

  beforeAll(async () => {
    port = await freePort();
    project = await Project.create(...dependencies);
    await project.write({
      'package.json': JSON.stringify({ type }),
      'tsconfig.json': JSON.stringify({ compilerOptions: TSCONFIG, include: ['src'] }),
    });
    for (const { file, code } of typeScriptFiles(QUICK_START)) {
      await project.write({ [file]: code.replace('3000', port) });
    }
    await project.run('node', TSC);
  });
  afterAll(() => project.remove());

  it.each(['main', 'main.fastify'])('counts visits: %s', async (main) => {
    const server = project.start(`rm -f jar.txt\n${MAKE_A_SECRET}\nexec node dist/${main}.js`);
    const ended = once(server, 'exit');
    try {
      await untilListening(port, server);

      const { stdout } = await project.run('bash', '-euc', VISIT_TWICE.replaceAll('3000', port));

      expect(stdout).toBe('Visit 1Visit 2');
    } finally {
      server.kill();
      await ended;
    }
  });
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

async function untilListening(port: string, server: ChildProcess): Promise<void> {
  while (!(await fetch(`http://localhost:${port}/`).catch(() => undefined))) {
    if (server.exitCode !== null) {
      throw new Error(`The app ended with ${server.exitCode}.`);
    }
    await pause(100);
  }
}
