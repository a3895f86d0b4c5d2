import type { SecureCookieLogger } from '../secure-cookie-logger.js';

/** Warnings that an app hears once in its life: a request that repeats them tells nothing new. */
export class OneTimeWarnings {
  readonly #logger: SecureCookieLogger;
  readonly #given = new Set<string>();

  constructor(logger: SecureCookieLogger) {
    this.#logger = logger;
  }

  /**
   * @param subject - what it is about, one of a few: the set of those that were given never shrinks
   */
  give(subject: string, message: string): void {
    if (!this.#given.has(subject)) {
      this.#given.add(subject);
      this.#logger.warn(message);
    }
  }
}
