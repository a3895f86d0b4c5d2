/**
 * The frame that a definition with `absoluteMaxAge` or `deviceBound` writes before a payload (inside
 * the plaintext, if that is encrypted). It has two layouts:
 *
 *     0xFE 0x01         | first issue, 5 bytes | payload
 *     0xFE 0x02 | flags | first issue, 5 bytes | payload
 *
 * - first issue: seconds since the epoch, big-endian; it stays the same however often the cookie is
 *   renewed
 * - flags: one byte. 0x01: the cookie ends with the browser's session, even when it is renewed. 0x02:
 *   the cookie is bound to a device, and valid for the time that `deviceBound` sets; a definition
 *   without `deviceBound` refuses it. The other bits are 0. A reader refuses a cookie with a bit that
 *   it does not know, because the bit may restrict who may present the cookie.
 *
 * UTF-8 never begins with 0xFE, so a reader of text or JSON, such as Tornado, does not take the frame
 * for a value. The first layout is written if all flags would be 0. A payload that is too short for
 * its layout, or that begins differently, has no frame.
 */
const MARK = 0xfe;
const LAYOUT_WITHOUT_FLAGS = 0x01;
const LAYOUT_WITH_FLAGS = 0x02;

const ENDS_WITH_BROWSER = 0x01;
const BOUND = 0x02;
const KNOWN_FLAGS = ENDS_WITH_BROWSER | BOUND;

const DATE_LENGTH = 5;
/** Bytes before the payload. */
const LENGTH_WITHOUT_FLAGS = 2 + DATE_LENGTH;
const LENGTH_WITH_FLAGS = 3 + DATE_LENGTH;

/** A payload and its frame. */
export interface FramedPayload {
  readonly payload: Uint8Array;
  /** Seconds since the epoch; `undefined` if there is no frame. */
  readonly firstIssuedAt: number | undefined;
  /** Whether the browser keeps the cookie when it is closed. */
  readonly persistent: boolean;
  /** Whether the cookie is bound to a device. */
  readonly bound: boolean;
}

/** Puts a frame in front of a payload. */
export function frame(
  payload: Uint8Array,
  firstIssuedAt: number,
  persistent: boolean,
  bound: boolean,
): Uint8Array {
  const flags = (persistent ? 0 : ENDS_WITH_BROWSER) | (bound ? BOUND : 0);
  const start = flags === 0 ? LENGTH_WITHOUT_FLAGS : LENGTH_WITH_FLAGS;
  const framed = new Uint8Array(start + payload.length);
  framed[0] = MARK;
  framed[1] = flags === 0 ? LAYOUT_WITHOUT_FLAGS : LAYOUT_WITH_FLAGS;
  if (flags !== 0) {
    framed[2] = flags;
  }
  let rest = firstIssuedAt;
  for (let index = start - 1; index >= start - DATE_LENGTH; index -= 1) {
    framed[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  framed.set(payload, start);
  return framed;
}

/** Removes the frame from a payload; `undefined` if it has unknown flags. */
export function unframe(bytes: Uint8Array): FramedPayload | undefined {
  if (bytes[0] === MARK) {
    if (bytes[1] === LAYOUT_WITHOUT_FLAGS && bytes.length >= LENGTH_WITHOUT_FLAGS) {
      return framedPayload(bytes, LENGTH_WITHOUT_FLAGS, 0);
    }
    if (bytes[1] === LAYOUT_WITH_FLAGS && bytes.length >= LENGTH_WITH_FLAGS) {
      return framedPayload(bytes, LENGTH_WITH_FLAGS, bytes[2] ?? 0);
    }
  }
  return unframed(bytes);
}

/** A payload that has no frame. */
export function unframed(payload: Uint8Array): FramedPayload {
  return { payload, firstIssuedAt: undefined, persistent: true, bound: false };
}

function framedPayload(bytes: Uint8Array, start: number, flags: number): FramedPayload | undefined {
  if ((flags & ~KNOWN_FLAGS) !== 0) {
    return undefined;
  }
  let firstIssuedAt = 0;
  for (let index = start - DATE_LENGTH; index < start; index += 1) {
    firstIssuedAt = firstIssuedAt * 256 + (bytes[index] ?? 0);
  }
  return {
    payload: bytes.slice(start),
    firstIssuedAt,
    persistent: (flags & ENDS_WITH_BROWSER) === 0,
    bound: (flags & BOUND) !== 0,
  };
}
