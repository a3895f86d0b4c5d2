import { randomBytes } from 'node:crypto';
import { writeKeys } from './key-file.js';

/** One key, and when it went; times are milliseconds of the driver's clock. */
export interface Key {
  readonly version: number;
  readonly secret: string;
  /** Just before it was taken out of the file: until then, no process can have lost it. */
  retiredAt: number;
  /** Once every process had answered with a ring that does not have it. */
  goneAt: number;
}

/** The ring in the file, and the three stages that it turns through. */
export class TurningKeys {
  readonly #file: string;
  readonly #keys = new Map<number, Key>();
  #current = newKey(1);
  #revision = 0;

  constructor(file: string) {
    this.#file = file;
    this.#keys.set(this.#current.version, this.#current);
  }

  /** Of the ring in the file. */
  get revision(): number {
    return this.#revision;
  }

  /** A key that there is or was. */
  get(version: number): Key | undefined {
    return this.#keys.get(version);
  }

  /** The first ring, of one key. */
  begin(): Promise<void> {
    return this.#publish([this.#current], this.#current);
  }

  /**
   * One turn: a new key reads, then it signs, then the old one is retired.
   *
   * @param everywhere - resolves once every process has the ring, and a stage is over
   * @param expired - resolves once all that the old key signed has expired, wherever it is read
   */
  async turn(everywhere: () => Promise<void>, expired: () => Promise<void>): Promise<void> {
    const old = this.#current;
    const next = newKey(old.version + 1);
    this.#keys.set(next.version, next);
    await this.#publish([old, next], old);
    await everywhere();
    this.#current = next;
    await this.#publish([old, next], next);
    await everywhere();
    await expired();
    old.retiredAt = Date.now();
    await this.#publish([next], next);
    await everywhere();
    old.goneAt = Date.now();
  }

  async #publish(keys: readonly Key[], signing: Key): Promise<void> {
    this.#revision += 1;
    await writeKeys(this.#file, {
      revision: this.#revision,
      secret: Object.fromEntries(keys.map(({ version, secret }) => [version, secret])),
      keyVersion: signing.version,
    });
  }
}

function newKey(version: number): Key {
  return {
    version,
    secret: randomBytes(32).toString('base64'),
    retiredAt: Number.POSITIVE_INFINITY,
    goneAt: Number.POSITIVE_INFINITY,
  };
}
