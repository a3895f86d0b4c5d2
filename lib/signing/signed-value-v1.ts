import type { Keys } from './key-ring.js';
import {
  type OpenedSignedValue,
  type UnopenedSignedValue,
  unknownKey,
  unopened,
} from './opened-value.js';
import type { PreparedKey } from './prepared-key.js';

/**
 * The old format of signed values (Tornado 1 and 2; `version=1` in later ones):
 *
 *     dmFsdWU=|1300000000|31c934969f53e48164c50768b40cbd7e2daaaa4f
 *
 * - the value, base64
 * - the date, whole seconds since the epoch, no leading zero
 * - the signature, 40 lower-case hexadecimal digits: HMAC-SHA1 over name, value and date, one after
 *   the other *with nothing between them*
 *
 * So the boundaries are ambiguous: anyone who holds a cookie can move characters from one field to the
 * next under the same signature. Strict fields refuse most of this, but not groups of four characters
 * that move between name and value. That is why v1 is read only if it is asked for.
 */
const V1 = /^[^|]*\|[1-9][0-9]{0,11}\|[0-9a-f]{40}$/;

/** Tornado: `create_signed_value(version=1)`. */
export function createSignedValueV1(
  key: PreparedKey,
  name: string,
  base64: string,
  timestamp: number,
): string {
  return `${base64}|${timestamp}|${key.sha1.sign(`${name}${base64}${timestamp}`)}`;
}

/** Whether a text has the exact shape of the format. */
export function isSignedValueV1(signed: string): boolean {
  return V1.test(signed);
}

/** Tornado: `_decode_signed_value_v1`, up to the signature. */
export function openSignedValueV1(
  keys: Keys,
  name: string | undefined,
  signed: string,
): OpenedSignedValue | UnopenedSignedValue {
  if (!isSignedValueV1(signed)) {
    return unopened('malformed');
  }
  const [base64 = '', timestamp = '', signature = ''] = signed.split('|');
  // A value without a key version was signed before there was a record: only key 0 can have signed it.
  const key = keys.find(0);
  if (key === undefined) {
    return unknownKey(0);
  }
  if (name === undefined || !key.sha1.verify(`${name}${base64}${timestamp}`, signature)) {
    return unopened('signature', key);
  }
  return {
    reason: undefined,
    key,
    version: 1,
    keyVersion: key.version,
    timestamp: Number(timestamp),
    base64,
    envelope: undefined,
  };
}
