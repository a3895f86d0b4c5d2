import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NEST_11, NEST_12, Project } from './support/project.js';
import { buildQuickStart, MAKE_A_SECRET, VISIT_TWICE } from './support/quick-start.js';

// Programs run here: packing, installing, compiling.
jest.setTimeout(120_000);

describe.each([
  { nest: 'Nest 12', packages: NEST_12, type: 'module' },
  { nest: 'Nest 11', packages: NEST_11, type: 'commonjs' },
] as const)('the quick start, with $nest as $type', ({ packages, type }) => {
  let project: Project;
  let port: string;

  beforeAll(async () => {
    port = await freePort();
    project = await Project.create(type, packages);
    await buildQuickStart(project);
  });
  afterAll(() => project.remove());

  it.each(['main', 'main.fastify'])('counts visits: %s', async (main) => {
    const server = project.start(
      `rm -f jar.txt\n${MAKE_A_SECRET}\nexport PORT=${port}\nexec node dist/${main}.js`,
    );
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
