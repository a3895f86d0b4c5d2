import { memberOf } from '../own-member.js';
import { beginHint, finishHint } from './key-hint.js';
import { keyBits, KeyMemory } from './key-memory.js';
import { MarkTable, NEVER } from './mark-table.js';
import { EVERY_KEY, isHint, type SecureCookieRevocationMark } from './revocation-mark.js';

/** What depends only on a cookie's name. */
interface NameHints {
  /** The state that the hint of a key begins with. */
  readonly state: number;
  /** The hint of a mark for all cookies of that name. */
  readonly every: number;
}

/** The marks that one instance holds, and which of them apply to a cookie. */
export class RevocationList {
  readonly #marks = new MarkTable();
  readonly #keys = new KeyMemory();
  /** By cookie name: one for each definition. */
  readonly #names = new Map<string, NameHints>();

  /** How many marks it holds. */
  get size(): number {
    return this.#marks.size;
  }

  /** The date of the latest mark that applies to a cookie with these keys, or {@link NEVER}. */
  latest(name: string, keys: readonly string[]): number {
    if (this.#marks.size === 0) {
      return NEVER;
    }
    const { state, every } = this.#names.get(name) ?? this.#know(name);
    let latest = this.#dateOf(name, EVERY_KEY, every);
    for (const key of keys) {
      latest = Math.max(latest, this.#dateOf(name, key, finishHint(state, key)));
    }
    return latest;
  }

  /**
   * Applies a mark.
   *
   * @returns whether that changed anything
   */
  add(mark: SecureCookieRevocationMark): boolean {
    const { key, at, until } = mark;
    const hint = memberOf(mark, 'hint');
    return this.#marks.add(keyBits(key), at, until, isHint(hint) ? hint : undefined);
  }

  /** Forgets marks that have ended by `now`, in seconds since the epoch. */
  forget(now: number): void {
    this.#marks.forget(now);
  }

  #dateOf(name: string, key: string, hint: number): number {
    return this.#marks.mayHave(hint) ? this.#marks.dateOf(this.#keys.bitsOf(name, key)) : NEVER;
  }

  #know(name: string): NameHints {
    const state = beginHint(name);
    const hints = { state, every: finishHint(state, EVERY_KEY) };
    this.#names.set(name, hints);
    return hints;
  }
}
