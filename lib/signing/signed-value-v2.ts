import { isCookieName } from '../token.js';
import type { Keys, RingKey } from './key-ring.js';
import type { OpenedSignedValue, UnopenedSignedValue } from './signed-value.js';

/**
 * The format of signed values since Tornado 3.2.1:
 *
 *     2|1:0|10:1300000000|3:key|8:dmFsdWU=|3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152
 *
 * - the format version, 2
 * - the key version, a whole number, 0 for a single secret
 * - the date, whole seconds since the epoch
 * - the name of the cookie, as it is
 * - the value, base64
 * - the signature, 64 lower-case hexadecimal digits: HMAC-SHA256 over all before it, the last pipe
 *   included
 *
 * All fields but the first and the last carry their length in front: `<length>:<content>|`. Numbers
 * are decimal, without sign or leading zeros.
 */
const NOT_IN_SIGNATURE = /[^0-9a-f]/;

/** Digits that a field's length, a key version and a timestamp have at most. */
const MAX_LENGTH_DIGITS = 5;
const MAX_KEY_VERSION_DIGITS = 10;
const MAX_TIMESTAMP_DIGITS = 12;

const COLON = 0x3a;
const PIPE = 0x7c;
const ZERO = 0x30;
const NINE = 0x39;

/** Numbers of the format are never negative. */
const NOT_A_NUMBER = -1;

const SIGNATURE_LENGTH = 64;

/**
 * What stands before the value: all that an encrypted payload is bound to.
 */
export function signedValueV2Envelope(key: RingKey, name: string, timestamp: number): string {
  const keyVersion = `${key.version}`;
  const date = `${timestamp}`;
  return `2|${keyVersion.length}:${keyVersion}|${date.length}:${date}|${name.length}:${name}|`;
}

/** Tornado: `create_signed_value`. */
export function createSignedValueV2(key: RingKey, envelope: string, base64: string): string {
  const signedPart = `${envelope}${base64.length}:${base64}|`;
  return signedPart + key.sha256.sign(signedPart);
}

/** How long a signed value will be, in characters. */
export function signedValueV2Length(
  keyVersion: number,
  name: string,
  base64Length: number,
  timestamp: number,
): number {
  return (
    2 +
    fieldLength(`${keyVersion}`.length) +
    fieldLength(`${timestamp}`.length) +
    fieldLength(name.length) +
    fieldLength(base64Length) +
    SIGNATURE_LENGTH
  );
}

/** Tornado: `_decode_signed_value_v2`, up to the name. */
export function openSignedValueV2(
  keys: Keys,
  name: string,
  signed: string,
): OpenedSignedValue | UnopenedSignedValue {
  const fields = new FieldReader(signed, 2);
  const keyVersion = fields.number(MAX_KEY_VERSION_DIGITS);
  const timestamp = fields.number(MAX_TIMESTAMP_DIGITS);
  const signedName = fields.content();
  const envelopeEnd = fields.position;
  const base64 = fields.content();
  if (!fields.valid || signed.length - fields.position !== SIGNATURE_LENGTH) {
    return { reason: 'malformed' };
  }
  const key = keys.find(keyVersion);
  if (!key?.sha256.verifySigned(signed)) {
    // The digits are looked at only here: a signature that matches has the right ones.
    if (NOT_IN_SIGNATURE.test(signed.slice(-SIGNATURE_LENGTH))) {
      return { reason: 'malformed' };
    }
    return key === undefined ? { reason: 'unknown-key' } : { reason: 'signature', key };
  }
  if (signedName !== name || !isCookieName(name)) {
    return { reason: 'name', key };
  }
  const envelope = signed.slice(0, envelopeEnd);
  return { key, version: 2, keyVersion, timestamp, base64, envelope };
}

function fieldLength(contentLength: number): number {
  return `${contentLength}`.length + 1 + contentLength + 1;
}

/**
 * Reads `<length>:<content>|` fields one after the other. Character by character, because slices and
 * regular expressions took half as long as the MAC.
 */
class FieldReader {
  /** False after the first bad field, and then for good. */
  valid = true;
  /** Behind the last field that was read. */
  position: number;
  #start = 0;
  #end = 0;

  constructor(
    readonly text: string,
    start: number,
  ) {
    this.position = start;
  }

  /** The content of the next field; means nothing where that is not valid. */
  content(): string {
    this.#advance();
    return this.text.slice(this.#start, this.#end);
  }

  /** The next field as a number; means nothing where that is not valid. */
  number(maxDigits: number): number {
    this.#advance();
    const value = decimal(this.text, this.#start, this.#end, maxDigits);
    this.valid &&= value !== NOT_A_NUMBER;
    return value;
  }

  #advance(): void {
    const { text, position } = this;
    let colon = position;
    while (isDigit(text.charCodeAt(colon))) {
      colon += 1;
    }
    const length = decimal(text, position, colon, MAX_LENGTH_DIGITS);
    this.#start = colon + 1;
    this.#end = this.#start + length;
    this.position = this.#end + 1;
    this.valid &&=
      length !== NOT_A_NUMBER &&
      text.charCodeAt(colon) === COLON &&
      text.charCodeAt(this.#end) === PIPE;
  }
}

/** A whole number without sign or leading zeros, of so many digits at most. */
function decimal(text: string, start: number, end: number, maxDigits: number): number {
  const digits = end - start;
  if (digits < 1 || digits > maxDigits || (digits > 1 && text.charCodeAt(start) === ZERO)) {
    return NOT_A_NUMBER;
  }
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const character = text.charCodeAt(index);
    if (!isDigit(character)) {
      return NOT_A_NUMBER;
    }
    value = 10 * value + (character - ZERO);
  }
  return value;
}

function isDigit(character: number): boolean {
  return character >= ZERO && character <= NINE;
}
