import type { Sample } from './samples.js';

/** What became of values that nobody signed. */
export interface AttemptsResult {
  readonly attempts: number;
  /** Accepted: each is a forgery. There must be none. */
  readonly forged: readonly string[];
  /** Exceptions. There must be none. */
  readonly thrown: readonly string[];
  /**
   * v1 values accepted under another name, whose characters moved between name and value: v1 signs
   * them without anything between. Nothing can tell them apart; that is why v1 is read only where
   * `minVersion` is 1.
   */
  readonly shiftedNames: number;
}

const MAX_REPORTED = 20;

/** Tries values on the reader of the sample that they were made from. */
export class Attempts {
  readonly #forged: string[] = [];
  readonly #thrown: string[] = [];
  #attempts = 0;
  #shiftedNames = 0;

  try({ name, version, signer }: Sample, signed: string, presentedName = name): void {
    this.#attempts += 1;
    if (!this.#isAccepted(signer, presentedName, signed)) {
      return;
    }
    if (version === 1 && presentedName !== name) {
      this.#shiftedNames += 1;
      return;
    }
    report(this.#forged, `${presentedName}=${signed}`);
  }

  result(): AttemptsResult {
    return {
      attempts: this.#attempts,
      forged: this.#forged,
      thrown: this.#thrown,
      shiftedNames: this.#shiftedNames,
    };
  }

  #isAccepted(signer: Sample['signer'], name: string, signed: string): boolean {
    try {
      return signer.verify(name, signed, { encoding: 'bytes' }).valid;
    } catch (error) {
      report(this.#thrown, `${name}=${signed}: ${String(error)}`);
      return false;
    }
  }
}

function report(list: string[], entry: string): void {
  if (list.length < MAX_REPORTED) {
    list.push(entry);
  }
}

/**
 * The same text, split elsewhere between name and value: so many characters move into the name, or
 * out of it where the number is negative.
 */
export function shiftName(name: string, signed: string, characters: number): [string, string] {
  const text = name + signed;
  const split = name.length + characters;
  return [text.slice(0, split), text.slice(split)];
}
