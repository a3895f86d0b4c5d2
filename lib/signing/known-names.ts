import { assertCookieName, isCookieName } from '../cookie-name.js';

/** An app has a few names; only one that makes names up has more. */
const MAX_NAMES = 100;

/** The cookie names that were found valid: looking one up is faster than checking it. */
export class KnownNames {
  readonly #names = new Set<unknown>();

  /** Whether a cookie can have this name: see `isCookieName`. */
  include(name: unknown): name is string {
    if (this.#names.has(name)) {
      return true;
    }
    const valid = isCookieName(name);
    if (valid && this.#names.size < MAX_NAMES) {
      this.#names.add(name);
    }
    return valid;
  }

  /**
   * @throws {@link SecureCookieError} `name` - if a cookie cannot have this name
   */
  assert(name: string): void {
    if (!this.include(name)) {
      assertCookieName(name);
    }
  }
}
