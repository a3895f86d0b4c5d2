import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deviceKey, pointOfJwk } from '../../lib/device-bound/device-key.js';
import { isProvenBy, readDeviceProof } from '../../lib/device-bound/device-proof.js';
import {
  base64url,
  RFC_7515_KEY,
  RFC_7517_KEY,
  SoftwareDevice,
} from '../support/software-device.js';

const device = new SoftwareDevice(RFC_7515_KEY);
const other = new SoftwareDevice(RFC_7517_KEY);
const POINT = pointOfJwk(device.jwk) ?? new Uint8Array(64);
const OTHER_POINT = pointOfJwk(other.jwk) ?? new Uint8Array(64);

/** What a browser sends for the challenge "challenge", with the key of RFC 7515: made once, and kept. */
const REGISTRATION =
  'eyJhbGciOiJFUzI1NiIsImp3ayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImY4M09KM0QyeEYxQmc4dnViOXRMZTFnSE16Vjc2ZThUdXM5dVBIdlJWRVUiLCJ5IjoieF9GRXpSdTltMzZITE5fdHVlNjU5TE5wWFc2cEN5U3Rpa1lqS0lXSTVhMCJ9LCJ0eXAiOiJkYnNjK2p3dCJ9.eyJqdGkiOiJjaGFsbGVuZ2UifQ.5EpxlayNouKaSdUje-XDOE6pqjmRMiQaqwgYz8Am8jPEoGcvAYK6ZwpTuedRG4YPnJ8Ywgg_pc0slnkGpphhmg';
const REFRESH =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6ImRic2Mrand0In0.eyJqdGkiOiJjaGFsbGVuZ2UifQ.vAAwhHSbsL-iaSARW2sDHs4Yw8batIpE76Afm-1AoriaQXZvb7z5aPPk65cuJ_THth8rH944bKLc9EIFALmy3g';

const proves = (header: unknown, point = POINT): boolean => {
  const proof = readDeviceProof(header);
  return proof !== undefined && isProvenBy(proof, deviceKey(point));
};

const parts = (proof: string): [string, string, string] => {
  const [header = '', payload = '', signature = ''] = proof.split('.');
  return [header, payload, signature];
};

describe('a proof', () => {
  it('of a registration brings its key', () => {
    expect(readDeviceProof(REGISTRATION)).toMatchObject({ challenge: 'challenge', point: POINT });
    expect(proves(REGISTRATION)).toBe(true);
  });

  it('of a refresh brings none', () => {
    expect(readDeviceProof(REFRESH)).toMatchObject({ challenge: 'challenge', point: undefined });
    expect(proves(REFRESH)).toBe(true);
  });

  it('may be quoted, as the examples of the draft are', () => {
    expect(proves(`"${REFRESH}"`)).toBe(true);
  });

  it('says nothing about another key', () => {
    expect(proves(REGISTRATION, OTHER_POINT)).toBe(false);
    expect(proves(other.refresh('challenge'))).toBe(false);
    expect(proves(other.refresh('challenge'), OTHER_POINT)).toBe(true);
  });

  it('says nothing for a point that is not on the curve', () => {
    expect(proves(REFRESH, new Uint8Array(64).fill(1))).toBe(false);
  });

  it('may have members that are not ours', () => {
    expect(
      proves(device.refresh('c', { header: { kid: '1' }, payload: { iat: 1, aud: 'x' } })),
    ).toBe(true);
  });

  it.each([
    ['no algorithm', { alg: undefined }],
    ['none', { alg: 'none' }],
    ['NONE', { alg: 'NONE' }],
    ['another case', { alg: 'es256' }],
    ['ES384', { alg: 'ES384' }],
    ['ES256K', { alg: 'ES256K' }],
    ['EdDSA', { alg: 'EdDSA' }],
    ['PS256', { alg: 'PS256' }],
    ['RS256, which the draft knows too', { alg: 'RS256' }],
    ['HS256', { alg: 'HS256' }],
    ['a list of algorithms', { alg: ['ES256'] }],
    ['no type', { typ: undefined }],
    ['another type', { typ: 'JWT' }],
    ['a type in another case', { typ: 'DBSC+JWT' }],
    ['critical extensions', { crit: ['exp'] }],
    ['critical extensions, none of them', { crit: [] }],
    ['a key of another curve', { jwk: { ...device.jwk, crv: 'P-384' } }],
    ['a key that is null', { jwk: null }],
    ['an oversize key', { jwk: { ...device.jwk, x: 'A'.repeat(3000) } }],
    ['a key that is text', { jwk: JSON.stringify(device.jwk) }],
  ])('is refused with %s in its header, however well signed', (_what, header) => {
    expect(readDeviceProof(device.refresh('challenge', { header }))).toBeUndefined();
  });

  it.each([
    ['no jti', { jti: undefined }],
    ['a number', { jti: 1 }],
    ['a list', { jti: ['challenge'] }],
    ['null', { jti: null }],
  ])('is refused with %s for a challenge', (_what, payload) => {
    expect(readDeviceProof(device.refresh('challenge', { payload }))).toBeUndefined();
  });

  it('whose algorithm a polluted prototype would name is refused', () => {
    const [, payload] = parts(REFRESH);
    const header = base64url('{"__proto__":{"alg":"ES256","typ":"dbsc+jwt"}}');

    expect(readDeviceProof(device.signed(header, payload))).toBeUndefined();
  });

  it('is signed by the key and not with its public half: HS256', () => {
    const [, payload] = parts(REFRESH);
    for (const secret of [
      POINT,
      JSON.stringify(device.jwk),
      Buffer.concat([Buffer.of(4), POINT]),
    ]) {
      for (const alg of ['HS256', 'ES256']) {
        const signedPart = `${base64url(JSON.stringify({ alg, typ: 'dbsc+jwt' }))}.${payload}`;
        const mac = createHmac('sha256', secret).update(signedPart).digest();

        expect(proves(`${signedPart}.${base64url(mac)}`)).toBe(false);
        expect(proves(`${signedPart}.${base64url(Buffer.concat([mac, mac]))}`)).toBe(false);
      }
    }
  });

  it('is not one of RSA', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [, payload] = parts(REFRESH);
    for (const alg of ['RS256', 'ES256']) {
      const signedPart = `${base64url(JSON.stringify({ alg, typ: 'dbsc+jwt' }))}.${payload}`;
      const signature = sign('sha256', Buffer.from(signedPart), privateKey);

      expect(proves(`${signedPart}.${base64url(signature)}`)).toBe(false);
    }
  });

  it.each([
    ['that is missing', ''],
    ['of zeros, which some libraries took for any message', base64url(new Uint8Array(64))],
    ['of a point at infinity', base64url(new Uint8Array(64).fill(0xff))],
    ['that is too short', base64url(new Uint8Array(63).fill(1))],
    ['that is too long', base64url(new Uint8Array(65).fill(1))],
    ['of another proof', parts(other.refresh('challenge'))[2]],
    ['in DER', base64url(Buffer.from('3006020101020101', 'hex'))],
  ])('with a signature %s is refused', (_what, signature) => {
    const [header, payload] = parts(REFRESH);

    expect(proves(`${header}.${payload}.${signature}`)).toBe(false);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['a list', [REFRESH]],
    ['one part', 'eyJ9'],
    ['two parts', parts(REFRESH).slice(0, 2).join('.')],
    ['four parts', `${REFRESH}.e30`],
    ['two of them in one header', `${REFRESH}, ${REFRESH}`],
    ['of other characters', REFRESH.replace('.', '!')],
    ['quoted at one end', `"${REFRESH}`],
    ['quoted twice', `""${REFRESH}""`],
    ['behind a space', ` ${REFRESH}`],
    ['padded', `${REFRESH}=`],
    ['longer than any', device.refresh('c'.repeat(4000))],
    ['not JSON', device.signed(base64url('alg=ES256'), base64url('jti=challenge'))],
    ['a list in JSON', device.signed(base64url('["ES256"]'), base64url('["challenge"]'))],
    ['null in JSON', device.signed(base64url('null'), base64url('null'))],
    ['a number in JSON', device.signed(base64url('1'), base64url('1'))],
  ])('that is %s is none', (_what, header) => {
    expect(readDeviceProof(header)).toBeUndefined();
  });

  it('is refused in every other spelling of the same bytes', () => {
    // The last character of 64 bytes carries 4 bits that mean nothing: 15 other ones decode alike.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const [header, payload, signature] = parts(REFRESH);
    const accepted = Array.from(alphabet).filter((last) =>
      proves(`${header}.${payload}.${signature.slice(0, -1)}${last}`),
    );

    expect(accepted).toEqual([signature.slice(-1)]);
  });
});
