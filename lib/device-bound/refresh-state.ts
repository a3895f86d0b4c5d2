import { DEVICE_POINT_LENGTH, type DevicePoint } from './device-key.js';

/** The state of a bound session, which its refresh cookie keeps, so that servers keep none. */
export interface RefreshState {
  /** 32 hexadecimal digits. */
  readonly identifier: string;
  readonly point: DevicePoint;
  /** The first issue of the session, in seconds since the epoch. */
  readonly firstIssuedAt: number;
  /** Whether the browser keeps the session when it is closed. */
  readonly persistent: boolean;
  /** The payload of the session, as its definition encodes it. */
  readonly payload: Uint8Array;
}

/*
 * The plaintext of a refresh cookie, which is always encrypted:
 *
 *     0x01 | flags | identifier, 16 bytes | key, 64 bytes | first issue, 5 bytes | payload
 *
 * - flags: 0x01 if the session ends with the browser's. The other bits are 0. A reader refuses a state
 *   with a bit or a layout that it does not know, because that may restrict who may refresh
 * - key: a point of P-256, x and y
 * - first issue: seconds since the epoch, big-endian
 *
 * Its date is that of the session's cookie, and it is renewed as that would be.
 */
const LAYOUT = 0x01;
const ENDS_WITH_BROWSER = 0x01;

/** Bytes. */
export const IDENTIFIER_LENGTH = 16;
const DATE_LENGTH = 5;

const IDENTIFIER = 2;
const POINT = IDENTIFIER + IDENTIFIER_LENGTH;
const FIRST_ISSUE = POINT + DEVICE_POINT_LENGTH;
const PAYLOAD = FIRST_ISSUE + DATE_LENGTH;

export function encodeRefreshState(state: RefreshState): Uint8Array {
  const bytes = Buffer.alloc(PAYLOAD + state.payload.length);
  bytes[0] = LAYOUT;
  bytes[1] = state.persistent ? 0 : ENDS_WITH_BROWSER;
  bytes.write(state.identifier, IDENTIFIER, 'hex');
  bytes.set(state.point, POINT);
  bytes.writeUIntBE(state.firstIssuedAt, FIRST_ISSUE, DATE_LENGTH);
  bytes.set(state.payload, PAYLOAD);
  return bytes;
}

/** `undefined` if the layout is another. */
export function decodeRefreshState(bytes: Uint8Array): RefreshState | undefined {
  const [layout, flags = 0] = bytes;
  if (layout !== LAYOUT || (flags & ~ENDS_WITH_BROWSER) !== 0 || bytes.length < PAYLOAD) {
    return undefined;
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    identifier: view.toString('hex', IDENTIFIER, POINT),
    point: bytes.subarray(POINT, FIRST_ISSUE),
    firstIssuedAt: view.readUIntBE(FIRST_ISSUE, DATE_LENGTH),
    persistent: flags === 0,
    payload: bytes.subarray(PAYLOAD),
  };
}
