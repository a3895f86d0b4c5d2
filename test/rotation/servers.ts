import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerSettings } from './server.js';

/** A process that has a ring of its own. */
export interface RingServer {
  readonly url: string;
  /** Seconds. */
  readonly clockOffset: number;
  /** Of the ring that it had when it answered last. */
  revision: number;
  /** Ends it, and gives its exit code. */
  stop(): Promise<number | null>;
}

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

export async function startServer(settings: ServerSettings): Promise<RingServer> {
  const child = fork(SERVER, [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const ended = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (started === undefined) {
    throw new Error(`A server of the rotation ended with ${child.exitCode ?? child.signalCode}.`);
  }
  return {
    url: String(started[0]),
    clockOffset: settings.clockOffset,
    revision: 0,
    stop: async () => {
      child.disconnect();
      await ended;
      return child.exitCode;
    },
  };
}
