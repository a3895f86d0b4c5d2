import { describe, expect, it } from '@jest/globals';
import { deviceKey, pointOfJwk, thumbprint } from '../../lib/device-bound/device-key.js';
import { RFC_7515_KEY, RFC_7517_KEY } from '../support/software-device.js';

const { d: _private, ...JWK } = RFC_7515_KEY;

/** 0 and 1: y² = x³ - 3x + b does not hold. */
const OFF_THE_CURVE = new Uint8Array(64).fill(1, 63);

describe('the key of a device', () => {
  it('is read from the JWKs of RFC 7515, appendix A.3, and RFC 7517, appendix A.2', () => {
    const point = pointOfJwk(JWK);

    expect(Buffer.from(point ?? []).toString('hex')).toBe(
      [
        '7fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c7bd15445',
        'c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad',
      ].join(''),
    );
    expect(deviceKey(point ?? OFF_THE_CURVE)?.export({ format: 'jwk' })).toEqual(JWK);
    const { d: _half, ...other } = RFC_7517_KEY;

    expect(pointOfJwk(other)).toHaveLength(64);
  });

  it('may have members that are not ours', () => {
    expect(pointOfJwk({ ...JWK, use: 'sig', kid: '1', alg: 'ES256' })).toEqual(pointOfJwk(JWK));
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(JWK)],
    ['a list', [JWK]],
    ['an empty object', {}],
    ['RSA', { ...JWK, kty: 'RSA' }],
    ['an octet key', { kty: 'oct', k: JWK.x }],
    ['another curve', { ...JWK, crv: 'P-384' }],
    ['secp256k1', { ...JWK, crv: 'secp256k1' }],
    ['no x', { ...JWK, x: undefined }],
    ['no y', { ...JWK, y: undefined }],
    ['a number for x', { ...JWK, x: 1 }],
    ['a list for x', { ...JWK, x: [JWK.x] }],
    ['a short x', { ...JWK, x: JWK.x.slice(1) }],
    ['a long x', { ...JWK, x: `A${JWK.x}` }],
    ['an oversize x', { ...JWK, x: 'A'.repeat(100_000) }],
    ['padding', { ...JWK, x: `${JWK.x}=` }],
    ['left over bits in x', { ...JWK, x: `${JWK.x.slice(0, -1)}V` }],
    ['base64 that is not of URLs', { ...JWK, y: JWK.y.replaceAll('_', '/') }],
    ['a line break at the end', { ...JWK, y: `${JWK.y}\n` }],
    ['the private half too', RFC_7515_KEY],
    ['members that are inherited', Object.create(JWK)],
  ])('is not what a client sends of %s', (_what, jwk) => {
    expect(pointOfJwk(jwk)).toBeUndefined();
  });

  it.each([
    ['a point off the curve', OFF_THE_CURVE],
    ['zeros', new Uint8Array(64)],
    ['coordinates beyond the field', new Uint8Array(64).fill(0xff)],
    ['half a point', new Uint8Array(32)],
    ['nothing', new Uint8Array(0)],
  ])('is not %s', (_what, point) => {
    expect(deviceKey(point)).toBeUndefined();
  });

  it('has a thumbprint of its own', () => {
    const own = pointOfJwk(JWK) ?? OFF_THE_CURVE;
    const other = pointOfJwk(RFC_7517_KEY) ?? OFF_THE_CURVE;

    expect(thumbprint(own)).toHaveLength(86);
    expect(thumbprint(own)).not.toBe(thumbprint(other));
  });
});
