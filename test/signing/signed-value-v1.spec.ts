import { describe, expect, it } from '@jest/globals';
import { KeyRing } from '../../lib/signing/key-ring.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { openSignedValueV1 } from '../../lib/signing/signed-value-v1.js';
import { resignV1 } from '../support/resign.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;
const signer = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => CLOCK });
const ringWith = (secret: Record<number, string>, keyVersion: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret, keyVersion, minVersion: 1, clock: () => CLOCK });

/** Fields under the signature of another value. */
const moved = (base64: string, timestamp: string, signedAs: string): string =>
  `${base64}|${timestamp}|${signedAs.slice(-40)}`;

describe('format 1', () => {
  it.each(['', 'dmFsdWU=', 'dmFsdWU=|1300000000', 'dmFsdWU=|1300000000|', '|||'])(
    'opens nothing of another shape, whoever asks: %j',
    (signed) => {
      const keys = new KeyRing({ secret: SECRET }, false, () => 0);

      expect(openSignedValueV1(keys, 'key', signed)).toEqual({ reason: 'malformed' });
    },
  );

  it('opens nothing under a name that no cookie can have', () => {
    const ofUndefined = resignV1({ name: 'undefined' }, SECRET);

    expect(signer.verify('undefined', ofUndefined)).toMatchObject({ valid: true });
    expect(signer.verify('a b', ofUndefined)).toEqual({ valid: false, reason: 'signature' });
    expect(signer.verify('a b', resignV1({ name: 'a b' }, SECRET))).toEqual({
      valid: false,
      reason: 'signature',
    });
  });

  it.each([
    ['no date', ''],
    ['a date of zero', '0'],
    ['a date with a leading zero', '01300000000'],
    ['a date with a sign', '+1300000000'],
    ['a date with a fraction', '1300000000.0'],
    ['a date with an underscore', '1_300000000'],
    ['a hexadecimal date', '0x4d7c6d00'],
    ['a date with an exponent', '13e8'],
    ['a date of 13 digits', '1300000000000'],
    ['a date of 400 digits', '1'.repeat(400)],
  ])('%s is malformed, under the right signature', (_, timestamp) => {
    expect(signer.verify('key', resignV1({ timestamp }, SECRET))).toEqual({
      valid: false,
      reason: 'malformed',
    });
  });

  const signed = resignV1({}, SECRET);
  it.each([
    ['in upper case', signed.replace(/[0-9a-f]{40}$/, (signature) => signature.toUpperCase())],
    ['a digit too short', signed.slice(0, -1)],
    ['a digit too long', `${signed}0`],
    ['of SHA-256', signed.replace(/[0-9a-f]{40}$/, '0'.repeat(64))],
    ['and a field behind it', `${signed}|`],
    ['and a field before it', `|${signed}`],
  ])('a signature %s is malformed', (_, forgery) => {
    expect(signer.verify('key', forgery)).toEqual({ valid: false, reason: 'malformed' });
  });

  it.each(['other', 'Key', 'ke', 'keyd', 'path', ''])(
    'has its name under the signature: read as "%s" it is signature',
    (name) => {
      expect(signer.verify(name, signed)).toEqual({ valid: false, reason: 'signature' });
    },
  );

  it('of a name that no cookie can have is not found under it', () => {
    expect(signer.verify('path', resignV1({ name: 'path' }, SECRET))).toEqual({
      valid: false,
      reason: 'signature',
    });
  });

  it('is never current: it would be written as format 2 now', () => {
    expect(signer.verify('key', signed)).toEqual({
      valid: true,
      value: 'value',
      issuedAt: CLOCK,
      version: 1,
      keyVersion: 0,
      current: false,
    });
  });
});

describe('format 1 under a key record', () => {
  const signed = resignV1({}, SECRET);

  it('is read with key 0, which it was signed with before there was a record', () => {
    expect(ringWith({ 0: SECRET, 1: OTHER_SECRET }, 1).verify('key', signed)).toMatchObject({
      valid: true,
      keyVersion: 0,
    });
  });

  it('is not read with any other key', () => {
    expect(ringWith({ 0: OTHER_SECRET, 1: SECRET }, 1).verify('key', signed)).toEqual({
      valid: false,
      reason: 'signature',
    });
    expect(ringWith({ 1: SECRET }, 1).verify('key', signed)).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('cannot be signed', () => {
    expect(() => ringWith({ 0: SECRET }, 0).sign('key', 'value', { version: 1 })).toThrow(
      expect.objectContaining({
        name: 'SecureCookieError',
        code: 'key-version',
        message: expect.stringContaining('sign with version 2'),
      }),
    );
  });
});

/**
 * Nothing stands between name, value and date when format 1 is signed. Tornado's advisory of 2010
 * was about it.
 */
describe('format 1, characters moved between its fields under the same signature', () => {
  const plain = resignV1({ base64: 'dmFs' }, SECRET);
  const digits = resignV1({ base64: 'dmFs1234' }, SECRET);
  const padded = resignV1({}, SECRET);

  it.each([
    [
      'the last group of the value to the date',
      moved('dmFs', '12341300000000', digits),
      'malformed',
    ],
    ['two digits of the value to the date', moved('dmFs12', '341300000000', digits), 'future'],
    ['one digit of the value to the date', moved('dmFs123', '41300000000', digits), 'future'],
    ['a letter of the value to the date', moved('dmF', 's1300000000', plain), 'malformed'],
    ['the padding of the value to the date', moved('dmFsdWU', '=1300000000', padded), 'malformed'],
    [
      'digits of the date, zeros behind, to the value',
      moved('dmFs13', '00000000', plain),
      'malformed',
    ],
    ['the whole date to the value', moved('dmFs1300000000', '', plain), 'malformed'],
  ])('%s: %s', (_, forgery, reason) => {
    expect(signer.verify('key', forgery)).toEqual({ valid: false, reason });
  });

  it.each([
    [
      'behind the padding',
      moved('dmFsdWU=1344', '359095', resignV1({ timestamp: '1344359095' }, SECRET)),
    ],
    [
      'behind a whole group',
      moved('dmFs1344', '359095', resignV1({ base64: 'dmFs', timestamp: '1344359095' }, SECRET)),
    ],
  ])('a group of the date to the value, %s, is a date of 1970: expired', (_, forgery) => {
    expect(signer.verify('key', forgery)).toEqual({ valid: false, reason: 'expired' });
  });

  it.each([
    ['three characters of the name to the value', 'k', 'eydmFsdWU='],
    ['a character of the value to the name', 'keyd', 'mFsdWU='],
    ['two characters of the value to the name', 'keydm', 'FsdWU='],
    ['the padding behind the whole value to the name', 'keydmFsdWU', '='],
  ])('%s is no base64: malformed', (_, name, base64) => {
    expect(signer.verify(name, moved(base64, '1300000000', padded))).toEqual({
      valid: false,
      reason: 'malformed',
    });
  });

  it('a group of four that is no text any more is refused as text: encoding', () => {
    const forgery = moved('namedmFsdWU=', '1300000000', resignV1({ name: 'username' }, SECRET));

    expect(signer.verify('user', forgery)).toEqual({ valid: false, reason: 'encoding' });
  });

  it('one case cannot be detected: a group of four between name and value that decodes to text', () => {
    const nickname = resignV1({ name: 'my', base64: 'blogYWRtaW4=' }, SECRET);
    const forgery = moved('YWRtaW4=', '1300000000', nickname);

    expect(signer.unsign('my', nickname)).toBe('nZ admin');
    expect(signer.unsign('myblog', forgery)).toBe('admin');
    expect(signer.verify('myblog', forgery, { minVersion: 2 })).toEqual({
      valid: false,
      reason: 'version',
    });
  });
});
