import { field } from './length-prefixed-fields.js';

/**
 * Makes the text of a v2 value before its payload, for one key. An encrypted payload is bound to it.
 *
 * The last one is kept, because most cookies that are signed in one second have one name.
 */
export class EnvelopeV2 {
  readonly #keyVersion: number;
  #name: string | undefined;
  #timestamp = Number.NaN;
  #text = '';

  constructor(keyVersion: number) {
    this.#keyVersion = keyVersion;
  }

  /**
   * @param timestamp - whole seconds since the epoch
   */
  of(name: string, timestamp: number): string {
    if (timestamp !== this.#timestamp || name !== this.#name) {
      this.#text = `2|${field(`${this.#keyVersion}`)}${field(`${timestamp}`)}${field(name)}`;
      this.#name = name;
      this.#timestamp = timestamp;
    }
    return this.#text;
  }
}
