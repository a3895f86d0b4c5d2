import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * The public half of the key pair that a browser keeps on its device, a point of P-256, as 64 bytes:
 *
 *     x, 32 bytes, big-endian | y, 32 bytes, big-endian
 */
export type DevicePoint = Uint8Array;

/** Bytes. */
const COORDINATE_LENGTH = 32;

/** Bytes. */
export const DEVICE_POINT_LENGTH = 2 * COORDINATE_LENGTH;

/** RFC 7518, section 6.2.1.2: the full size of a coordinate, in base64url without padding. */
const COORDINATE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * The point of a JWK (RFC 7517), or `undefined` if it is not a key of P-256. {@link deviceKey} checks
 * whether the point is on the curve.
 *
 * @param jwk - untrusted. Other members are ignored, except `d`, which is refused: a private half that is
 * sent is not kept on a device (RFC 7515, section 4.1.3, requires the public key)
 */
export function pointOfJwk(jwk: unknown): DevicePoint | undefined {
  if (typeof jwk !== 'object' || jwk === null) {
    return undefined;
  }
  const own: Readonly<Record<string, unknown>> = Object.assign(Object.create(null), jwk);
  const { kty, crv, x, y, d } = own;
  if (d !== undefined || kty !== 'EC' || crv !== 'P-256' || !isCoordinate(x) || !isCoordinate(y)) {
    return undefined;
  }
  const point = new Uint8Array(DEVICE_POINT_LENGTH);
  point.set(Buffer.from(x, 'base64url'));
  point.set(Buffer.from(y, 'base64url'), COORDINATE_LENGTH);
  return point;
}

/** The key of a point; `undefined` if the point is not on the curve. */
export function deviceKey(point: DevicePoint): KeyObject | undefined {
  const x = base64url(point.subarray(0, COORDINATE_LENGTH));
  const y = base64url(point.subarray(COORDINATE_LENGTH));
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    // OpenSSL refuses a point that is not on the curve.
    return undefined;
  }
}

/** A text that identifies a key. The grammar above gives each coordinate only one text. */
export function thumbprint(point: DevicePoint): string {
  return base64url(point);
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && COORDINATE.test(value);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
