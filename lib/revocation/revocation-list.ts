import { keyBits, KeyMemory } from './key-memory.js';
import { MarkTable } from './mark-table.js';
import { EVERY_KEY, type SecureCookieRevocationMark } from './revocation-mark.js';
import { NEVER } from './mark-table.js';

/** The marks that one instance holds, and which of them apply to a cookie. */
export class RevocationList {
  readonly #marks = new MarkTable();
  readonly #keys = new KeyMemory();

  /** How many marks it holds. */
  get size(): number {
    return this.#marks.size;
  }

  /** The date of the latest mark that applies to a cookie of these keys; before every date: none. */
  latest(name: string, keys: readonly string[]): number {
    if (this.#marks.size === 0) {
      return NEVER;
    }
    let latest = this.#marks.dateOf(this.#keys.bitsOf(name, EVERY_KEY));
    for (const key of keys) {
      latest = Math.max(latest, this.#marks.dateOf(this.#keys.bitsOf(name, key)));
    }
    return latest;
  }

  /**
   * Applies a mark.
   *
   * @returns whether that changed anything
   */
  add({ key, at, until }: SecureCookieRevocationMark): boolean {
    return this.#marks.add(keyBits(key), at, until);
  }

  /** Forgets marks that are over by `now`, in seconds since the epoch. */
  forget(now: number): void {
    this.#marks.forget(now);
  }
}
