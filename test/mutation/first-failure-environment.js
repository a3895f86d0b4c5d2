import { TestEnvironment } from 'jest-environment-node';

/** Skips the tests of a spec that stand behind one that failed, as FirstFailureRunner skips specs. */
export default class FirstFailureEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_done') {
      this.#hasFailed ||= test.errors.length > 0;
    }
    if (name === 'test_start' && this.#hasFailed) {
      test.mode = 'skip';
    }
  }
}
