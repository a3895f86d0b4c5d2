import { fileURLToPath } from 'node:url';
import { startProcess, type RunningProcess } from '../support/child-process.js';
import { describeWithPython, PYTHON } from '../support/python.js';

const APP = fileURLToPath(new URL('app.py', import.meta.url));

/** Runs where Tornado is installed; elsewhere the one skipped line says what is missing. */
export function describeWithTornado(title: string, body: () => void): void {
  describeWithPython('tornado', title, body);
}

/** A Tornado server with the routes of the secure-cookie example. */
export interface RunningTornado extends RunningProcess {
  readonly url: string;
}

/** Starts Tornado's secure-cookie example; app.py says what the environment holds. */
export async function startTornado(environment: NodeJS.ProcessEnv): Promise<RunningTornado> {
  const running = await startProcess([PYTHON, APP], environment, /Listening on (\S+)/);
  return { ...running, url: running.ready[1] ?? '' };
}
