import type { SecureCookieRevocationMark } from '../../lib/revocation/revocation-mark.js';
import type {
  SecureCookieRevocationPage,
  SecureCookieRevocationSource,
} from '../../lib/revocation/revocation-source.js';

/** A source that does what a test wants: marks in memory, in pages of two. */
export class TestSource implements SecureCookieRevocationSource {
  /** What was recorded, and whatever else a test puts there. */
  readonly marks: unknown[] = [];
  /** How a call ends: as it should, never, or with this error. */
  state: 'works' | 'hangs' | Error = 'works';
  calls = 0;

  async load(cursor = '0'): Promise<SecureCookieRevocationPage> {
    await this.#answer();
    const from = Number(cursor);
    const marks = this.marks.slice(from, from + 2) as SecureCookieRevocationMark[];
    return { cursor: String(from + marks.length), marks };
  }

  async record(mark: SecureCookieRevocationMark): Promise<void> {
    await this.#answer();
    this.marks.push(mark);
  }

  async #answer(): Promise<void> {
    this.calls += 1;
    if (this.state === 'hangs') {
      await new Promise(() => undefined);
    }
    if (this.state instanceof Error) {
      throw this.state;
    }
  }
}
