import { verify, type KeyObject } from 'node:crypto';
import { bareText } from './bare-text.js';
import { pointOfJwk, type DevicePoint } from './device-key.js';

/**
 * A proof that a browser holds a private key: a JWS in compact form (RFC 7515, section 7.1) in the
 * header `Secure-Session-Response`.
 *
 *     BASE64URL({"alg":"ES256","typ":"dbsc+jwt","jwk":{...}}) . BASE64URL({"jti":"<challenge>"}) . BASE64URL(signature)
 *
 * Its header has the key (`jwk`) when a session is registered, and no key afterwards.
 */
export interface DeviceProof {
  /** The challenge that the proof answers; trust it only after {@link isProvenBy}. */
  readonly challenge: string;
  /** The key in the proof, if it has one. */
  readonly point: DevicePoint | undefined;
  readonly signedPart: string;
  readonly signature: Uint8Array;
}

/** Characters. A proof with a challenge and a key has about 600. */
const MAX_PROOF_LENGTH = 4096;

/** RFC 7518, section 3.4: R and S, 32 bytes each. */
const SIGNATURE_LENGTH = 64;

const COMPACT_JWS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * Parses a proof. Refuses any algorithm except ES256, any other type, critical extensions, keys of
 * another kind, and encodings that are not canonical.
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
 * @param key - with `undefined`, nothing is proven
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
    // Without a prototype, which could add `alg` or `jwk`.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null), value)
      : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 4648, section 5, without padding; `undefined` if the text is not canonical. */
function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : undefined;
}
