import type { SecureCookieRevocationMark } from './revocation-mark.js';
import type {
  SecureCookieRevocationPage,
  SecureCookieRevocationSource,
} from './revocation-source.js';

/** Keeps marks in the memory of this process. Made by {@link memoryRevocations}. */
export class MemoryRevocations implements SecureCookieRevocationSource {
  #marks: SecureCookieRevocationMark[] = [];
  /** How many marks were dropped from the front; a cursor counts them, too. */
  #dropped = 0;

  load(cursor = '0'): Promise<SecureCookieRevocationPage> {
    const from = Math.max(0, Number(cursor) - this.#dropped);
    return Promise.resolve({
      cursor: String(this.#dropped + this.#marks.length),
      marks: this.#marks.slice(from),
    });
  }

  record(mark: SecureCookieRevocationMark): Promise<void> {
    this.#marks.push(mark);
    const over = this.#marks.findIndex(({ until }) => until > mark.at);
    this.#dropped += this.#marks.splice(0, over).length;
    return Promise.resolve();
  }
}

/**
 * Keeps revocations in the memory of this process, for development, tests and apps with a single
 * process. Other instances do not see them, and a restart forgets them; in production (`NODE_ENV`), a
 * warning says so once.
 *
 * @example
 * SecureCookieModule.forRoot({
 *   secret,
 *   revocations: { source: memoryRevocations(), refreshEvery: 2, maxStale: 60 },
 * });
 */
export function memoryRevocations(): SecureCookieRevocationSource {
  return new MemoryRevocations();
}
