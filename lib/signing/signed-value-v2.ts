import { MAX_SHORT_FIELD, MAX_SHORT_PAYLOAD, writeBase64Field } from './base64-field.js';
import type { HmacInput } from './hmac-input.js';
import type { Keys } from './key-ring.js';
import { field, fieldLength, FieldReader } from './length-prefixed-fields.js';
import { encodeBase64 } from './payload.js';
import {
  type OpenedSignedValue,
  type UnopenedSignedValue,
  unknownKey,
  unopened,
} from './opened-value.js';
import type { PreparedKey } from './prepared-key.js';

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
 * - the signature, 64 lower-case hexadecimal digits: HMAC-SHA256 over everything before it, the last
 *   pipe included
 *
 * All fields except the first and the last begin with their length: length-prefixed-fields.ts.
 */
const NOT_IN_SIGNATURE = /[^0-9a-f]/;

/** The most digits that a key version and a timestamp may have. */
const MAX_KEY_VERSION_DIGITS = 10;
const MAX_TIMESTAMP_DIGITS = 12;

const SIGNATURE_LENGTH = 64;

/** Tornado: `create_signed_value`. */
export function createSignedValueV2(
  key: PreparedKey,
  input: HmacInput,
  envelope: string,
  payload: string | Uint8Array,
): string {
  if (payload.length <= MAX_SHORT_PAYLOAD) {
    const room = input.withRoomFor(envelope.length + MAX_SHORT_FIELD);
    room.layOut(envelope);
    const length = writeBase64Field(payload, room.message, envelope.length);
    if (length !== undefined) {
      return room.text(length) + key.sha256.signLaidOut(room, length);
    }
  }
  const signedPart = `${envelope}${field(encodeBase64(payload))}`;
  const room = input.withRoomFor(signedPart.length);
  room.layOut(signedPart);
  return signedPart + key.sha256.signLaidOut(room, signedPart.length);
}

/** The length of a signed value, in characters. */
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
  input: HmacInput,
  name: string | undefined,
  signed: string,
): OpenedSignedValue | UnopenedSignedValue {
  const room = input.withRoomFor(signed.length);
  if (!room.layOut(signed)) {
    return unopened('malformed');
  }
  const fields = new FieldReader(signed, room.message, 2);
  const keyVersion = fields.number(MAX_KEY_VERSION_DIGITS);
  const timestamp = fields.number(MAX_TIMESTAMP_DIGITS);
  const signedName = fields.text();
  const envelopeEnd = fields.position;
  const base64 = fields.text();
  if (!fields.valid || signed.length - fields.position !== SIGNATURE_LENGTH) {
    return unopened('malformed');
  }
  const key = keys.find(keyVersion);
  if (!key?.sha256.verifyLaidOut(room, fields.position)) {
    // The digits are checked only here: a signature that matches has valid ones.
    if (NOT_IN_SIGNATURE.test(signed.slice(-SIGNATURE_LENGTH))) {
      return unopened('malformed');
    }
    return key === undefined ? unknownKey(keyVersion) : unopened('signature', key);
  }
  if (signedName !== name) {
    return unopened('name', key);
  }
  const envelope = signed.slice(0, envelopeEnd);
  return { reason: undefined, key, version: 2, keyVersion, timestamp, base64, envelope };
}
