import { verify, type KeyObject } from 'node:crypto';
import { bareText } from './bare-text.js';
import { pointOfJwk, type DevicePoint } from './device-key.js';

/**
 * A proof that a browser holds a private key: a JWS in compact form (RFC 7515, section 7.1) in the
 * header `Secure-Session-Response`.
 *
 *     BASE64URL({"alg":"ES256","typ":"dbsc+jwt","jwk":{...}}) . BASE64URL({"jti":"<challenge>"}) . BASE64URL(signature)
 *
 * Its header brings the key (`jwk`) when a session is registered, and no key afterwards.
 */
export interface DeviceProof {
  /** What the proof answers; authentic only once {@link isProvenBy} says so. */
  readonly challenge: string;
  /** The key that the proof brings, where it brings one. */
  readonly point: DevicePoint | undefined;
  readonly signedPart: string;
  readonly signature: Uint8Array;
}

/** A challenge of ours and a key take some 600 characters. */
const MAX_PROOF_LENGTH = 4096;

/** RFC 7518, section 3.4: R and S, 32 bytes each. */
const SIGNATURE_LENGTH = 64;

const COMPACT_JWS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Takes a proof apart. Any algorithm but ES256, any other type, critical extensions, a key of another
 * kind and encodings that are not canonical make it none.
 *
 * @param header - `Secure-Session-Response` as it came
 * @returns the proof, not yet verified, or `undefined`
 */
export function readDeviceProof(header: unknown): DeviceProof | undefined {
  const [, protectedPart = '', payloadPart = '', signaturePart = ''] =
    COMPACT_JWS.exec(bareText(header, MAX_PROOF_LENGTH) ?? '') ?? [];
  const protectedHeader = jsonObject(protectedPart);
  const payload = jsonObject(payloadPart);
  const signature = decode(signaturePart);
  if (
    protectedHeader === undefined ||
    payload === undefined ||
    signature?.length !== SIGNATURE_LENGTH
  ) {
    return undefined;
  }
  const { alg, typ, crit, jwk } = protectedHeader;
  const { jti } = payload;
  const point = jwk === undefined ? undefined : pointOfJwk(jwk);
  const isKeyBad = jwk !== undefined && point === undefined;
  if (alg !== 'ES256' || typ !== 'dbsc+jwt' || crit !== undefined || isKeyBad) {
    return undefined;
  }
  return typeof jti === 'string'
    ? { challenge: jti, point, signedPart: `${protectedPart}.${payloadPart}`, signature }
    : undefined;
}

/**
 * Whether the holder of this key made the proof.
 *
 * @param key - `undefined` where there is none, which proves nothing
 */
export function isProvenBy(
  { signedPart, signature }: DeviceProof,
  key: KeyObject | undefined,
): boolean {
  return (
    key !== undefined &&
    verify('sha256', Buffer.from(signedPart), { key, dsaEncoding: 'ieee-p1363' }, signature)
  );
}

function jsonObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decode(part);
  try {
    const value: unknown = bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'));
    // What a prototype says of `alg` or `jwk` counts for nothing.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null), value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 4648, section 5, without padding; `undefined` where another text means the same bytes. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : undefined;
}
