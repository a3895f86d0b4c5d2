/**
 * Writes and reads the fields of format 2, `<length>:<content>|`.
 *
 * Lengths and numbers are decimal, without sign or leading zeros.
 */

/** The most digits that a length may have. */
const MAX_LENGTH_DIGITS = 5;

const COLON = 0x3a;
const PIPE = 0x7c;
const ZERO = 0x30;
const NINE = 0x39;

/** The first and the last visible ASCII character. */
const EXCLAMATION_MARK = 0x21;
const TILDE = 0x7e;

/** Tornado: `format_field`, with the pipe that follows. */
export function field(content: string): string {
  return `${content.length}:${content}|`;
}

/** The length of a {@link field} with content of this length, in characters. */
export function fieldLength(contentLength: number): number {
  return `${contentLength}`.length + 1 + contentLength + 1;
}

/** Reads fields one after the other, byte by byte: regular expressions are much slower. */
export class FieldReader {
  /** Becomes `false` at the first bad field, and stays so. */
  valid = true;
  /** The index after the last field that was read. */
  position: number;
  readonly #signed: string;
  readonly #bytes: Uint8Array;

  /**
   * @param bytes - the bytes of `signed`, which is ASCII, and then a zero
   */
  constructor(signed: string, bytes: Uint8Array, start: number) {
    this.#signed = signed;
    this.#bytes = bytes;
    this.position = start;
  }

  /** The content of the next field, which must be visible ASCII. Meaningless if it is not valid. */
  text(): string {
    const end = this.#contentEnd();
    const start = this.position;
    const bytes = this.#bytes;
    let index = start;
    // The comparison is not in a function: that is slower for long values.
    for (; index < end; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte < EXCLAMATION_MARK || byte > TILDE) {
        break;
      }
    }
    this.valid &&= index === end && bytes[end] === PIPE;
    this.position = end + 1;
    return this.#signed.slice(start, end);
  }

  /** The next field as a number. Meaningless if it is not valid. */
  number(maxDigits: number): number {
    const end = this.#contentEnd();
    const value = this.#decimal(maxDigits, PIPE);
    this.valid &&= this.position === end + 1;
    return value;
  }

  #contentEnd(): number {
    const length = this.#decimal(MAX_LENGTH_DIGITS, COLON);
    return this.position + length;
  }

  /** Reads a whole number of at most `maxDigits` digits, without leading zeros, and its delimiter. */
  #decimal(maxDigits: number, delimiter: number): number {
    const bytes = this.#bytes;
    const start = this.position;
    let value = 0;
    let end = start;
    let byte = bytes[end] ?? 0;
    while (byte >= ZERO && byte <= NINE) {
      value = 10 * value + (byte - ZERO);
      end += 1;
      byte = bytes[end] ?? 0;
    }
    const digits = end - start;
    const hasLeadingZero = digits > 1 && bytes[start] === ZERO;
    this.valid &&= byte === delimiter && digits > 0 && digits <= maxDigits && !hasLeadingZero;
    this.position = end + 1;
    return value;
  }
}
