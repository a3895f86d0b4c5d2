import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** The keys of RFC 7515, appendix A.3, and of RFC 7517, appendix A.2: published, so that proofs can be too. */
export const RFC_7515_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
} as const;
export const RFC_7517_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
} as const;

/** A JWK of P-256, with its private half. */
export interface PrivateJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** What a proof says, where a test wants it otherwise. */
export interface ProofChanges {
  readonly header?: object;
  readonly payload?: object;
}

export const base64url = (value: string | Uint8Array): string =>
  Buffer.from(value).toString('base64url');

/** A device as a browser has it, whose key does not leave the test. */
export class SoftwareDevice {
  readonly jwk: Omit<PrivateJwk, 'd'>;
  readonly #key: KeyObject;

  constructor(key: PrivateJwk = newKey()) {
    const { d: _private, ...jwk } = key;
    this.jwk = jwk;
    this.#key = createPrivateKey({ key: { ...key }, format: 'jwk' });
  }

  /** What registers its key. */
  registration(challenge: string, changes: ProofChanges = {}): string {
    return this.#proof(
      { alg: 'ES256', jwk: this.jwk, typ: 'dbsc+jwt', ...changes.header },
      { jti: challenge, ...changes.payload },
    );
  }

  /** What proves its key again. */
  refresh(challenge: string, changes: ProofChanges = {}): string {
    return this.#proof(
      { alg: 'ES256', typ: 'dbsc+jwt', ...changes.header },
      { jti: challenge, ...changes.payload },
    );
  }

  /** A signature over whatever is in front of it. */
  signed(protectedPart: string, payloadPart: string): string {
    const signedPart = `${protectedPart}.${payloadPart}`;
    const key = { key: this.#key, dsaEncoding: 'ieee-p1363' } as const;
    return `${signedPart}.${base64url(sign('sha256', Buffer.from(signedPart), key))}`;
  }

  #proof(header: object, payload: object): string {
    return this.signed(base64url(JSON.stringify(header)), base64url(JSON.stringify(payload)));
  }
}

function newKey(): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  return { kty, crv, x, y, d };
}
