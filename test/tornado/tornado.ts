import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';
import { startProcess, type RunningProcess } from '../support/child-process.js';

/** The Python that Debian's python3-tornado belongs to; others may come first in PATH. */
export const PYTHON = '/usr/bin/python3';

const APP = fileURLToPath(new URL('app.py', import.meta.url));

/** Runs where Tornado is installed; elsewhere the one skipped line says what is missing. */
export function describeWithTornado(title: string, body: () => void): void {
  if (spawnSync(PYTHON, ['-c', 'import tornado']).status === 0) {
    describe(title, body);
    return;
  }
  describe.skip(title, () => {
    it(`is skipped: ${PYTHON} has no Tornado (apt-get install python3-tornado)`, () => undefined);
  });
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
