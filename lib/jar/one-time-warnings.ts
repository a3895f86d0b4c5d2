import { logSafely, type SecureCookieLogger } from '../secure-cookie-logger.js';

/** Gives each warning once in the life of an app: later requests would only repeat it. */
export class OneTimeWarnings {
  readonly #logger: SecureCookieLogger;
  readonly #given = new Set<string>();

  constructor(logger: SecureCookieLogger) {
    this.#logger = logger;
  }

  /**
   * @param subject - what the warning is about, one of a few texts: they are kept for ever
   */
  give(subject: string, message: string): void {
    if (!this.#given.has(subject)) {
      this.#given.add(subject);
      logSafely(() => this.#logger.warn(message));
    }
  }
}
