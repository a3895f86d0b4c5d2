import { describe, expect, it } from '@jest/globals';
import {
  SecureCookieSigner,
  type SecureCookieSignerOptions,
} from '../../lib/signing/secure-cookie-signer.js';
import { resignV2Fields } from '../support/resign.js';
import { OTHER_SECRET, SECRET, TORNADO_EXAMPLE_SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;

const signerWith = (keys: object): SecureCookieSigner =>
  new SecureCookieSigner({ ...keys, clock: () => CLOCK } as SecureCookieSignerOptions);

const refusal = (code: string): unknown =>
  expect.objectContaining({ name: 'SecureCookieError', code });

const signed = (keyVersion: string, secret: string): string =>
  resignV2Fields({ keyVersion }, secret);

const record = (keyVersion: number, secrets: object): object => ({ secret: secrets, keyVersion });

describe('secrets that are accepted', () => {
  it.each([
    ['text of 32 bytes', { secret: 'x'.repeat(32) }],
    ['text of 32 bytes in 16 characters', { secret: 'é'.repeat(16) }],
    ['32 bytes', { secret: new Uint8Array(32) }],
    ['a Buffer', { secret: Buffer.alloc(32, 1) }],
    ['text far over the block size', { secret: 'x'.repeat(1000) }],
    ['a single secret with the key version that it has', { secret: SECRET, keyVersion: 0 }],
    ['a single secret under 32 bytes, as weak', { secret: 'x', allowWeakSecrets: true }],
    ['a published one, as weak', { secret: TORNADO_EXAMPLE_SECRET, allowWeakSecrets: true }],
    ['a record of one', record(0, { 0: SECRET })],
    ['a record of text and bytes', record(7, { 7: SECRET, 9: new Uint8Array(32) })],
    ['a record without a prototype', record(1, Object.assign(Object.create(null), { 1: SECRET }))],
    ['the highest key version', record(9_999_999_999, { 9999999999: SECRET })],
  ])('%s', (_, keys) => {
    const signer = signerWith(keys);

    expect(signer.unsign('key', signer.sign('key', 'value'))).toBe('value');
  });
});

describe('secrets that are refused at construction, and when keys are replaced', () => {
  it.each([
    ['none', 'secret-missing', {}],
    ['undefined', 'secret-missing', { secret: undefined }],
    ['null', 'secret-missing', { secret: null }],
    ['empty text', 'secret-missing', { secret: '' }],
    ['empty bytes', 'secret-missing', { secret: new Uint8Array() }],
    ['an empty record', 'secret-missing', record(0, {})],
    ['text of 31 bytes', 'secret-weak', { secret: 'x'.repeat(31) }],
    ['31 bytes', 'secret-weak', { secret: new Uint8Array(31) }],
    ['the example’s published one', 'secret-weak', { secret: TORNADO_EXAMPLE_SECRET }],
    ['its bytes', 'secret-weak', { secret: Buffer.from(TORNADO_EXAMPLE_SECRET) }],
    [
      'the variant of it in Tornado’s demos',
      'secret-weak',
      { secret: '11oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo=' },
    ],
    [
      'the placeholder of Tornado’s guide',
      'secret-weak',
      { secret: '__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__' },
    ],
    ['a number', 'option', { secret: 42 }],
    ['true', 'option', { secret: true }],
    ['a symbol', 'option', { secret: Symbol('secret') }],
    ['a function', 'option', { secret: () => SECRET }],
    ['an array', 'option', { secret: [SECRET] }],
    ['an empty array', 'option', { secret: [] }],
    ['a Map', 'option', { secret: new Map([[0, SECRET]]), keyVersion: 0 }],
    ['a Date', 'option', { secret: new Date(0) }],
    ['an ArrayBuffer', 'option', { secret: new ArrayBuffer(32) }],
    ['a Uint16Array', 'option', { secret: new Uint16Array(32) }],
    ['a promise', 'option', { secret: Promise.resolve(SECRET) }],
    ['text with a lone surrogate', 'option', { secret: `${SECRET}\ud800` }],
    ['a record with one empty secret', 'secret-missing', record(0, { 0: SECRET, 1: '' })],
    ['a record with one undefined', 'secret-missing', record(0, { 0: SECRET, 1: undefined })],
    ['a record with one weak secret', 'secret-weak', record(0, { 0: SECRET, 1: 'short' })],
    ['a record with one number', 'option', record(0, { 0: SECRET, 1: 1 })],
    ['a record within a record', 'option', record(0, { 0: SECRET, 1: { 2: SECRET } })],
    ['key version -1', 'key-version', record(0, { 0: SECRET, [-1]: SECRET })],
    ['key version 1.5', 'key-version', record(0, { 0: SECRET, 1.5: SECRET })],
    ['key version 01', 'key-version', record(0, { 0: SECRET, '01': SECRET })],
    ['key version +1', 'key-version', record(0, { 0: SECRET, '+1': SECRET })],
    ['key version 1e3', 'key-version', record(0, { 0: SECRET, '1e3': SECRET })],
    ['key version 0x1', 'key-version', record(0, { 0: SECRET, '0x1': SECRET })],
    ['an empty key version', 'key-version', record(0, { 0: SECRET, '': SECRET })],
    ['a key version of 11 digits', 'key-version', record(0, { 0: SECRET, 10000000000: SECRET })],
    ['a word for a key version', 'key-version', record(0, { 0: SECRET, current: SECRET })],
    [
      'an own key __proto__',
      'key-version',
      record(0, JSON.parse(`{ "0": "${SECRET}", "__proto__": "${SECRET}" }`)),
    ],
    ['a record and no keyVersion', 'key-version', { secret: { 0: SECRET } }],
    ['a keyVersion that is not in the record', 'key-version', record(1, { 0: SECRET })],
    ['a keyVersion of NaN', 'key-version', record(Number.NaN, { 0: SECRET })],
    ['a keyVersion as text', 'key-version', { secret: { 1: SECRET }, keyVersion: '1' }],
    ['a keyVersion of null', 'key-version', { secret: { 0: SECRET }, keyVersion: null }],
    ['a keyVersion of true', 'key-version', { secret: { 1: SECRET }, keyVersion: true }],
    [
      'a keyVersion of null beside a single secret',
      'key-version',
      { secret: SECRET, keyVersion: null },
    ],
    [
      'a symbol for a keyVersion',
      'key-version',
      { secret: { 1: SECRET }, keyVersion: Symbol('1') },
    ],
    ['a keyVersion in an array', 'key-version', { secret: { 1: SECRET }, keyVersion: [1] }],
    ['a single secret with keyVersion 1', 'key-version', { secret: SECRET, keyVersion: 1 }],
  ])('%s: %s', (_, code, keys) => {
    expect(() => signerWith(keys)).toThrow(refusal(code));
    expect(() => signerWith({ secret: SECRET }).replaceKeys(keys as never)).toThrow(refusal(code));
  });

  it.each([[undefined], [null], [SECRET], [42]])('%p instead of options', (options) => {
    expect(() => new SecureCookieSigner(options as never)).toThrow(refusal('secret-missing'));
  });
});

describe('secrets are copied', () => {
  it('bytes that are overwritten afterwards change nothing', () => {
    const secret = Buffer.alloc(32, 7);
    const signer = signerWith({ secret });
    secret.fill(0);

    expect(signer.sign('key', 'value')).toBe(resignV2Fields({}, Buffer.alloc(32, 7)));
  });

  it('so does a record that is changed afterwards', () => {
    const secret: Record<number, string> = { 1: SECRET };
    const signer = signerWith(record(1, secret));
    secret[1] = OTHER_SECRET;
    secret[2] = OTHER_SECRET;

    expect(signer.sign('key', 'value')).toBe(resignV2Fields({ keyVersion: '1' }, SECRET));
    expect(signer.verify('key', resignV2Fields({ keyVersion: '2' }, OTHER_SECRET))).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('text is used as its UTF-8 bytes, whatever encoding it looks like', () => {
    const secret = Buffer.alloc(32, 7).toString('base64');

    expect(signerWith({ secret }).sign('key', 'value')).toBe(
      resignV2Fields({}, Buffer.from(secret, 'utf8')),
    );
  });
});

describe('which key reads', () => {
  it.each(['0', '1', '7', '9999999999'])(
    'a single secret reads key version %s, as Tornado does',
    (keyVersion) => {
      expect(
        signerWith({ secret: SECRET }).verify('key', signed(keyVersion, SECRET)),
      ).toMatchObject({
        valid: true,
        keyVersion: Number(keyVersion),
        current: keyVersion === '0',
      });
    },
  );

  const ring = signerWith(record(2, { 0: SECRET, 2: OTHER_SECRET }));

  it('a record reads each key version with its own secret, and says which is current', () => {
    expect(ring.verify('key', signed('0', SECRET))).toMatchObject({
      keyVersion: 0,
      current: false,
    });
    expect(ring.verify('key', signed('2', OTHER_SECRET))).toMatchObject({
      keyVersion: 2,
      current: true,
    });
  });

  it.each([
    ['0', OTHER_SECRET, 'signature'],
    ['2', SECRET, 'signature'],
    ['1', SECRET, 'unknown-key'],
    ['9999999999', SECRET, 'unknown-key'],
  ])('a record does not read key version %s signed with %s: %s', (keyVersion, secret, reason) => {
    expect(ring.verify('key', signed(keyVersion, secret))).toEqual({ valid: false, reason });
  });
});

describe('replacing the keys', () => {
  it('turns all of them at once', () => {
    const signer = signerWith({ secret: SECRET });
    const before = signer.sign('key', 'value');
    signer.replaceKeys({ secret: { 0: SECRET, 1: OTHER_SECRET }, keyVersion: 1 });

    expect(signer.sign('key', 'value')).toBe(resignV2Fields({ keyVersion: '1' }, OTHER_SECRET));
    expect(signer.verify('key', before)).toMatchObject({ valid: true, current: false });

    signer.replaceKeys({ secret: { 1: OTHER_SECRET }, keyVersion: 1 });
    expect(signer.verify('key', before)).toEqual({ valid: false, reason: 'unknown-key' });
  });

  it.each([
    ['a bad secret behind good ones', { secret: { 1: OTHER_SECRET, 2: 'short' }, keyVersion: 1 }],
    ['a keyVersion that is not there', { secret: { 1: OTHER_SECRET }, keyVersion: 2 }],
    ['no secret', { secret: undefined }],
    ['no keys', undefined],
  ])('with %s throws, and the old ring stays whole', (_, keys) => {
    const signer = signerWith(record(0, { 0: SECRET }));
    const before = signer.sign('key', 'value');

    expect(() => signer.replaceKeys(keys as never)).toThrow(
      expect.objectContaining({ name: 'SecureCookieError' }),
    );
    expect(signer.sign('key', 'value')).toBe(before);
    expect(signer.unsign('key', before)).toBe('value');
    expect(signer.verify('key', resignV2Fields({ keyVersion: '1' }, OTHER_SECRET))).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('after they were withdrawn, brings signing and reading back', () => {
    const signer = signerWith({ secret: SECRET });
    const before = signer.sign('key', 'value');
    signer.withdrawKeys();

    expect(() => signer.sign('key', 'value')).toThrow(refusal('keys-stale'));
    expect(() => signer.signedLength('key', 'value')).toThrow(refusal('keys-stale'));
    expect(signer.verify('key', before)).toEqual({ valid: false, reason: 'unknown-key' });

    signer.replaceKeys({ secret: SECRET });
    expect(signer.unsign('key', before)).toBe('value');
  });
});
