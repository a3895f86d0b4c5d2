import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner, signedLength } from '../../lib/signing/secure-cookie-signer.js';
import { resignV1, resignV2, resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;
const signer = new SecureCookieSigner({ secret: SECRET, clock: () => CLOCK });
const readsV1 = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => CLOCK });

const V2_FIELDS = '1:0|10:1300000000|3:key|8:dmFsdWU=|';

describe('versions of the format that are not ours, under the right signature', () => {
  it.each([
    ['0', 'malformed'],
    ['00', 'malformed'],
    ['02', 'malformed'],
    ['002', 'malformed'],
    ['+2', 'malformed'],
    ['2.0', 'malformed'],
    ['-2', 'malformed'],
    ['', 'malformed'],
    ['\u0132', 'malformed'],
    ['1', 'version'],
    ['3', 'version'],
    ['20', 'version'],
    ['22', 'version'],
    ['999', 'version'],
    ['1000', 'malformed'],
    ['2147483648', 'malformed'],
  ])('%s: %s', (version, reason) => {
    const signed = resignV2(`${version}|${V2_FIELDS}`, SECRET);

    expect(signer.verify('key', signed)).toEqual({ valid: false, reason });
    expect(readsV1.verify('key', signed)).toEqual({ valid: false, reason });
  });

  it.each(['2', '3', '999'])('a v1 value cannot be "%s": it would be a version', (base64) => {
    const signed = resignV1({ base64 }, SECRET);

    expect(readsV1.verify('key', signed)).toEqual({
      valid: false,
      reason: base64 === '2' ? 'malformed' : 'version',
    });
  });

  it('a v1 value of four digits is one, as base64 comes in groups of four', () => {
    expect(
      readsV1.unsign('key', resignV1({ base64: '1000' }, SECRET), { encoding: 'bytes' }),
    ).toEqual(new Uint8Array(Buffer.from('1000', 'base64')));
  });
});

describe('a downgrade to format 1', () => {
  const v1 = resignV1({}, SECRET);

  it('is refused unless format 1 is asked for, whatever it is signed with', () => {
    expect(signer.verify('key', v1)).toEqual({ valid: false, reason: 'version' });
    expect(signer.verify('key', v1, { minVersion: 2 })).toEqual({
      valid: false,
      reason: 'version',
    });
    expect(readsV1.verify('key', v1, { minVersion: 2 })).toEqual({
      valid: false,
      reason: 'version',
    });
  });

  it('is read where the signer or the call asks for it', () => {
    expect(signer.unsign('key', v1, { minVersion: 1 })).toBe('value');
    expect(readsV1.unsign('key', v1)).toBe('value');
  });

  it('does not turn format 2 away', () => {
    expect(readsV1.unsign('key', resignV2Fields({}, SECRET))).toBe('value');
  });
});

describe('the length of a signed value', () => {
  const name = 'k'.repeat(89);
  const longest = signer.sign(name, 'v'.repeat(12_150));

  it('is 16,384 characters at most, in writing', () => {
    expect(longest.length).toBe(16_384);
    expect(signedLength(signer, name, 'v'.repeat(12_150), false, CLOCK)).toBe(16_384);
    for (const write of [
      () => signer.sign(`${name}k`, 'v'.repeat(12_150)),
      () => signedLength(signer, `${name}k`, 'v'.repeat(12_150), false, CLOCK),
      () => signer.sign('key', 'v'.repeat(12_300), { version: 1 }),
    ]) {
      expect(write).toThrow(
        expect.objectContaining({
          code: 'value',
          message: expect.stringContaining('and no more than 16384 are read'),
        }),
      );
    }
  });

  it('and in reading', () => {
    const longer = resignV2Fields(
      { name: `${name}k`, base64: Buffer.from('v'.repeat(12_150)).toString('base64') },
      SECRET,
    );

    expect(longer.length).toBe(16_385);
    expect(signer.unsign(name, longest)).toBe('v'.repeat(12_150));
    expect(signer.verify(`${name}k`, longer)).toEqual({ valid: false, reason: 'too-large' });
  });

  it.each([
    ['text', 'value'],
    ['empty text', ''],
    ['text of two bytes a character', 'é'],
    ['text of four bytes a character', '🍪🍪'],
    ['bytes', Uint8Array.of(1, 2, 3, 4)],
    ['part of a larger buffer', Buffer.alloc(100).subarray(3, 20)],
  ])('is told before signing: %s', (_, value) => {
    expect(signedLength(signer, 'key', value, false, CLOCK)).toBe(signer.sign('key', value).length);
  });
});

describe('the characters of a signed value', () => {
  const signed = resignV2Fields({}, SECRET);
  const others = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit)).filter(
    (character) => character < '\x21' || character > '\x7e',
  );

  it('are visible ASCII: any other, wherever it stands, is malformed before the signature is seen', () => {
    const differing = others.filter((character) =>
      [`${character}${signed}`, `${signed}${character}`, signed.replace('key', `k${character}y`)]
        .map((forgery) => signer.verify('key', forgery))
        .some((result) => result.valid || result.reason !== 'malformed'),
    );

    expect(others).toHaveLength(0x1_0000 - 94);
    expect(differing).toEqual([]);
  });
});
