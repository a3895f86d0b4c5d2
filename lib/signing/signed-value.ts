import type { HmacInput } from './hmac-input.js';
import type { Keys } from './key-ring.js';
import {
  type OpenedSignedValue,
  type SecureCookieVersion,
  type UnopenedSignedValue,
  unopened,
} from './opened-value.js';
import { isSignedValueV1, openSignedValueV1 } from './signed-value-v1.js';
import { openSignedValueV2 } from './signed-value-v2.js';

/**
 * A signed value is a base64 value, its date and its cookie's name under an HMAC. Tornado has two
 * formats, both ASCII, each documented field by field beside its encoder:
 *
 *     v2  2|1:0|10:1300000000|3:key|8:dmFsdWU=|<HMAC-SHA256>     signed-value-v2.ts
 *     v1  dmFsdWU=|1300000000|<HMAC-SHA1>                        signed-value-v1.ts
 *
 * v1 has no version field. It is recognised as in Tornado: a number of up to three digits before the
 * first pipe is a version, because base64 comes in groups of four.
 */

/** The longest signed value that is written or read, in characters. */
export const MAX_SIGNED_VALUE_LENGTH = 16_384;

/** Printable ASCII without the space: everything that a signed value is made of. */
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** An unknown format version. `2|` is dispatched before. */
const OTHER_VERSION = /^[1-9][0-9]{0,2}\|/;

/**
 * Opens a signed value: checks structure, key, MAC and name, in this order; the first failure is the
 * reason. Takes any input, and never throws.
 *
 * @param name - the cookie's name; `undefined` if no cookie can have it
 */
export function openSignedValue(
  keys: Keys,
  input: HmacInput,
  name: string | undefined,
  signed: unknown,
  minVersion: SecureCookieVersion,
): OpenedSignedValue | UnopenedSignedValue {
  if (signed === undefined || signed === '') {
    return unopened('missing');
  }
  if (typeof signed !== 'string') {
    return unopened('malformed');
  }
  if (signed.length > MAX_SIGNED_VALUE_LENGTH) {
    return unopened('too-large');
  }
  if (signed.startsWith('2|')) {
    return openSignedValueV2(keys, input, name, signed);
  }
  if (!VISIBLE_ASCII.test(signed)) {
    return unopened('malformed');
  }
  if (OTHER_VERSION.test(signed)) {
    return unopened('version');
  }
  if (!isSignedValueV1(signed)) {
    return unopened('malformed');
  }
  return minVersion === 1 ? openSignedValueV1(keys, name, signed) : unopened('version');
}
