/** The most dates that are kept. */
const MOST = 10_000;

/**
 * The dates of cookies that are ahead of this instance's clock: set after a revocation in the same
 * second, or by an instance whose clock is ahead. A later revocation is dated no earlier: otherwise it
 * would miss them. Empty if clocks agree.
 */
export class DatesAhead {
  /** By cookie name and key, oldest first. */
  readonly #dates = new Map<string, number>();

  /** The latest known date of a key, or `now` if none is later. */
  latest(name: string, key: string, now: number): number {
    return Math.max(now, this.#dates.get(`${name}=${key}`) ?? now);
  }

  /** Remembers the date of a cookie with these keys. */
  note(name: string, keys: readonly string[], date: number): void {
    for (const key of keys) {
      const text = `${name}=${key}`;
      const latest = Math.max(date, this.#dates.get(text) ?? date);
      this.#dates.delete(text);
      this.#dates.set(text, latest);
    }
    for (const text of this.#dates.keys()) {
      if (this.#dates.size <= MOST) {
        break;
      }
      this.#dates.delete(text);
    }
  }
}
