import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from './listen.js';

const PROGRAM = 'redis-server';

const READY = 'Ready to accept connections';

/** Whether there is a Redis server on this machine. */
export function hasRedis(): boolean {
  return spawnSync(PROGRAM, ['--version']).error === undefined;
}

/** A Redis server of a test's own, on a free port of the loopback interface. */
export class RedisServer {
  readonly port: number;
  readonly #directory: string;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string, options: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#options = options;
  }

  /** @param options - as the program takes them */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = new RedisServer(await freePort(), directory, options);
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, on the same port, with what it has on disk: nothing, unless it was told to keep it. */
  async begin(): Promise<void> {
    const place = `--port ${this.port} --bind 127.0.0.1 --dir ${this.#directory}`.split(' ');
    const options = [...place, '--save', '', '--appendonly', 'no', ...this.#options];
    const child = spawn(PROGRAM, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    let output = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      if (output.includes(READY)) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`${PROGRAM} ended:\n${output}`);
  }

  /** Kills it: connections end, and what is not on disk is lost. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Leaves connections open, and answers nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.#end('SIGKILL');
    await rm(this.#directory, { recursive: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
