import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from '../../support/listen.js';
import type { SharedCache } from './shared-caches.js';

/** A shared cache that answers for an origin. */
export interface RunningCache {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const START_UP_MILLISECONDS = 30_000;

/**
 * Starts a cache on a free port of the loopback interface, with all that it writes in a directory of
 * its own.
 *
 * @throws Error with the program's output, where it ends before it listens, or takes too long
 */
export async function startCache(
  { program, configuration, options }: SharedCache,
  originPort: number,
): Promise<RunningCache> {
  const directory = await mkdtemp(join(tmpdir(), 'shared-cache-'));
  // As root, these programs become users of their own.
  await chmod(directory, 0o777);
  const setting = { port: await freePort(), originPort, directory };
  const path = join(directory, 'configuration');
  if (configuration !== undefined) {
    await writeFile(path, configuration(setting));
  }
  const child = spawn(program, options(setting, path), { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  child.once('error', (error) => output.push(String(error)));
  const closed = once(child, 'close').catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.pid !== undefined) {
      child.kill('SIGTERM');
    }
    await closed;
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_UP_MILLISECONDS;
  while (!(await accepts(setting.port))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} does not listen:\n${output.join('')}`);
    }
    await wait(50);
  }
  return { url: `http://127.0.0.1:${setting.port}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
