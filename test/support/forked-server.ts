import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own. */
export interface ForkedServer {
  readonly url: string;
  /** Ends it, and gives its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts a program of TypeScript that sends its address to its parent once it listens, and ends when
 * that disconnects.
 *
 * @param program - the URL of its source
 * @param settings - what it is given, as one argument of JSON
 */
export async function forkServer(program: URL, settings: object): Promise<ForkedServer> {
  const path = fileURLToPath(program);
  const child = fork(path, [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const ended = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (started === undefined) {
    throw new Error(`${path} ended with ${child.exitCode ?? child.signalCode}.`);
  }
  return {
    url: String(started[0]),
    stop: async () => {
      child.disconnect();
      await ended;
      return child.exitCode;
    },
  };
}
