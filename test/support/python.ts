import { spawnSync } from 'node:child_process';
import { describe, it } from '@jest/globals';

/** The Python that Debian's packages belong to; others may come first in PATH. */
export const PYTHON = '/usr/bin/python3';

/** Runs where Debian's package is installed; elsewhere the one skipped line says what is missing. */
export function describeWithPython(
  module: 'tornado' | 'cryptography',
  title: string,
  body: () => void,
): void {
  if (spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0) {
    describe(title, body);
    return;
  }
  describe.skip(title, () => {
    it(`is skipped: ${PYTHON} has no ${module} (apt-get install python3-${module})`, () =>
      undefined);
  });
}
