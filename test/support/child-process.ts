import { spawn } from 'node:child_process';

/** A program that serves something until it is told to stop. */
export interface RunningProcess {
  /** What the program said when it was ready: the groups of the expression. */
  readonly ready: RegExpMatchArray;
  /** Everything it wrote so far, on both outputs. */
  output(): string;
  /** Ends it, and says how it ended: an exit code, or the signal that killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** How a program ended that was not asked to. */
export interface EndedProcess {
  readonly code: number | NodeJS.Signals | null;
  readonly output: string;
}

const START_UP_MILLISECONDS = 30_000;

/**
 * Starts a program and waits until its output matches `ready`.
 *
 * @throws Error with the program's output, where it ends before, or takes longer than 30 seconds
 */
export async function startProcess(
  [command, ...options]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv,
  ready: RegExp,
): Promise<RunningProcess> {
  const { child, output, ended } = launch(command, options, environment);
  const match = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const fail = (what: string): void =>
      reject(new Error(`${command} ${options.join(' ')} ${what}:\n${output()}`));
    const timeout = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not become ready');
    }, START_UP_MILLISECONDS);
    const look = (): void => {
      const found = output().match(ready);
      if (found !== null) {
        clearTimeout(timeout);
        resolve(found);
      }
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('close', (code, signal) => {
      clearTimeout(timeout);
      fail(`ended with ${code ?? signal}`);
    });
  });
  return {
    ready: match,
    output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await ended).code;
    },
  };
}

/** Runs a program to its end. */
export async function runProcess(
  [command, ...options]: readonly [string, ...string[]],
  environment: NodeJS.ProcessEnv = {},
): Promise<EndedProcess> {
  return launch(command, options, environment).ended;
}

function launch(command: string, options: readonly string[], environment: NodeJS.ProcessEnv) {
  const child = spawn(command, options, {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  const output = (): string => chunks.join('');
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  child.once('error', (error) => chunks.push(String(error)));
  const ended = new Promise<EndedProcess>((resolve) => {
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output: output() }));
  });
  return { child, output, ended };
}
