/**
 * The date of a cookie's first issue, which stays the same however often it is renewed. It travels
 * in front of the payload (inside the plaintext, where that is encrypted):
 *
 *     0xFE 0x01 | seconds since the epoch, 5 bytes, big-endian | payload
 *
 * 0xFE never begins UTF-8, so a reader of text or JSON, Tornado among them, does not take the frame
 * for a value.
 */
const HEADER = Uint8Array.of(0xfe, 0x01);
const DATE_LENGTH = 5;

/** Bytes. */
const FIRST_ISSUE_OVERHEAD = HEADER.length + DATE_LENGTH;

/** A payload, and when its cookie was first issued, where it says so. */
export interface FramedPayload {
  readonly payload: Uint8Array;
  /** Seconds since the epoch. */
  readonly firstIssuedAt: number | undefined;
}

/** Puts the date in front of a payload. */
export function frameFirstIssue(payload: Uint8Array, firstIssuedAt: number): Uint8Array {
  const framed = Buffer.alloc(FIRST_ISSUE_OVERHEAD + payload.length);
  framed.set(HEADER);
  framed.writeUIntBE(firstIssuedAt, HEADER.length, DATE_LENGTH);
  framed.set(payload, FIRST_ISSUE_OVERHEAD);
  return framed;
}

/** Takes the date off again; a payload without one comes back as it is. */
export function unframeFirstIssue(framed: Uint8Array): FramedPayload {
  const isFramed = HEADER.every((byte, index) => framed[index] === byte);
  if (!isFramed || framed.length < FIRST_ISSUE_OVERHEAD) {
    return { payload: framed, firstIssuedAt: undefined };
  }
  const date = Buffer.from(framed.subarray(HEADER.length, FIRST_ISSUE_OVERHEAD));
  return {
    payload: framed.subarray(FIRST_ISSUE_OVERHEAD),
    firstIssuedAt: date.readUIntBE(0, DATE_LENGTH),
  };
}
