import { basename } from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Runs the spec of the mutated file first, and none after one that failed: then the mutant is dead.
 *
 * Jest's own `bail` would end Stryker's process (https://github.com/jestjs/jest/issues/11766), so
 * Stryker switches it off, and without it a run takes many times as long.
 */
export default class FirstFailureRunner extends TestRunner {
  #mutated;
  #hasFailed = false;

  constructor(globalConfig, context) {
    super(globalConfig, context);
    [this.#mutated = ''] = globalConfig.nonFlagArgs;
    this.on('test-file-failure', () => {
      this.#hasFailed = true;
    });
    this.on('test-file-success', ([, result]) => {
      this.#hasFailed ||= result.numFailingTests > 0;
    });
  }

  async runTests(tests, watcher, options) {
    const spec = basename(this.#mutated).replace(/\.ts$/, '.spec.ts');
    const [own, others] = [true, false].map((isOwn) =>
      tests.filter(({ path }) => (basename(path) === spec) === isOwn),
    );
    for (const test of [...own, ...others]) {
      if (this.#hasFailed) {
        return;
      }
      await super.runTests([test], watcher, options);
    }
  }
}
