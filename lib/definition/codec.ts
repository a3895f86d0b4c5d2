import { isBytes } from '../any-realm.js';
import { describeError, SecureCookieError } from '../errors.js';
import { utf8Bytes } from '../signing/own-bytes.js';
import { decodeText } from '../signing/payload.js';

/** Every value that JSON can represent. */
export type SecureCookieJsonValue =
  | string
  | number
  | boolean
  | null
  | readonly SecureCookieJsonValue[]
  | { readonly [key: string]: SecureCookieJsonValue };

/** How a definition turns values into the bytes of a payload. */
export type SecureCookieCodec = 'text' | 'bytes' | 'json';

/** What `decode` returns: the value, or `undefined` if the bytes hold none. */
type Decoded = { readonly value: unknown } | undefined;

/** One codec. `decode` takes any bytes that were signed, and never throws. */
interface Codec {
  encode(name: string, value: unknown): Uint8Array;
  decode(payload: Uint8Array): Decoded;
}

const text: Codec = {
  encode(name, value) {
    if (typeof value === 'string' && value.isWellFormed()) {
      return utf8Bytes(value);
    }
    throw unfit(name, 'well-formed text');
  },
  decode(payload) {
    const decoded = decodeText(payload);
    return decoded === undefined ? undefined : { value: decoded };
  },
};

const bytes: Codec = {
  encode(name, value) {
    if (isBytes(value)) {
      return new Uint8Array(value);
    }
    throw unfit(name, 'a Uint8Array');
  },
  // A copy: what a handler does to it must not reach the payload that renewal signs again.
  decode: (payload) => ({ value: new Uint8Array(payload) }),
};

const json: Codec = {
  encode(name, value) {
    return text.encode(name, stringify(name, value));
  },
  decode(payload) {
    const decoded = decodeText(payload);
    try {
      return decoded === undefined ? undefined : { value: JSON.parse(decoded) };
    } catch {
      return undefined;
    }
  },
};

/** JSON is parsed without a reviver: a "__proto__" in it is a property like any other. */
export const CODECS: Readonly<Record<SecureCookieCodec, Codec>> = Object.freeze({
  text,
  bytes,
  json,
});

function stringify(name: string, value: unknown): unknown {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Cycles, BigInts, or a toJSON that throws. No cause: its message may quote the value or its keys.
    throw new SecureCookieError(
      'value',
      `The value of the cookie "${name}" cannot be written as JSON (${describeError(error)}): it must not hold cycles, BigInts, or a toJSON() that throws.`,
    );
  }
}

function unfit(name: string, expected: string): SecureCookieError {
  return new SecureCookieError('value', `The value of the cookie "${name}" must be ${expected}.`);
}
