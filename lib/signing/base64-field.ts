/**
 * Writes the payload of format 2 as a field, `<length>:<base64>|`, byte by byte.
 *
 * For short payloads only: there, `btoa` or a Buffer, and joining the strings around them, take longer
 * than the hash. Longer ones are encoded by `encodeBase64`.
 */

/** The longest payload, in bytes: from here on, `encodeBase64` is faster. */
export const MAX_SHORT_PAYLOAD = 96;

/** The longest field, in bytes: a length of three digits, a colon, 128 characters and a pipe. */
export const MAX_SHORT_FIELD = 133;

/** RFC 4648, section 4. */
const ALPHABET = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
);

const COLON = 0x3a;
const PIPE = 0x7c;
const PADDING = 0x3d;
const ZERO = 0x30;
const LAST_ASCII = 0x7f;

/**
 * @param payload - bytes, or ASCII; at most {@link MAX_SHORT_PAYLOAD}
 * @param start - where in `into` the field begins
 * @returns the index after the field, or `undefined` for a text that is not ASCII
 */
export function writeBase64Field(
  payload: string | Uint8Array,
  into: Uint8Array,
  start: number,
): number | undefined {
  const last = payload.length - 1;
  let position = writeLength(4 * Math.ceil(payload.length / 3), into, start);
  let seen = 0;
  for (let index = 0; index <= last; index += 3) {
    const first = byteAt(payload, index);
    const second = index < last ? byteAt(payload, index + 1) : 0;
    const third = index + 1 < last ? byteAt(payload, index + 2) : 0;
    seen |= first | second | third;
    into[position] = digit(first >> 2);
    into[position + 1] = digit((first << 4) | (second >> 4));
    into[position + 2] = index < last ? digit((second << 2) | (third >> 6)) : PADDING;
    into[position + 3] = index + 1 < last ? digit(third) : PADDING;
    position += 4;
  }
  into[position] = PIPE;
  return typeof payload === 'string' && seen > LAST_ASCII ? undefined : position + 1;
}

function byteAt(payload: string | Uint8Array, index: number): number {
  return typeof payload === 'string' ? payload.charCodeAt(index) : (payload[index] ?? 0);
}

function digit(bits: number): number {
  return ALPHABET[bits & 0x3f] ?? 0;
}

/** Writes a number of at most three digits, and a colon. */
function writeLength(length: number, into: Uint8Array, start: number): number {
  let position = start;
  if (length >= 100) {
    into[position] = ZERO + Math.floor(length / 100);
    position += 1;
  }
  if (length >= 10) {
    into[position] = ZERO + (Math.floor(length / 10) % 10);
    position += 1;
  }
  into[position] = ZERO + (length % 10);
  into[position + 1] = COLON;
  return position + 2;
}
