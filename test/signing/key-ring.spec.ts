import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { KeyRing, type SecureCookieKeys } from '../../lib/signing/key-ring.js';
import {
  refuseSecrets,
  signedLength,
  SecureCookieSigner,
} from '../../lib/signing/secure-cookie-signer.js';
import type { SecureCookieSignerOptions } from '../../lib/signing/signer-options.js';
import { resignV2Fields } from '../support/resign.js';
import {
  distinctBytes,
  distinctText,
  OTHER_SECRET,
  SECRET,
  TORNADO_EXAMPLE_SECRET,
} from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

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
    ['text of 32 bytes', { secret: distinctText(32) }],
    ['text of 32 bytes in 16 characters', { secret: 'àáâãäåæçèéêëìíîï' }],
    ['32 bytes', { secret: new Uint8Array(distinctBytes(32)) }],
    ['a Buffer', { secret: distinctBytes(32) }],
    ['32 bytes, twice', { secret: distinctText(32).repeat(2) }],
    ['31 bytes twice, and one more that differs', { secret: `${distinctText(31).repeat(2)}!` }],
    ['text with white space within', { secret: `${distinctText(16)} \n ${distinctText(16)}` }],
    ['bytes with white space at both ends', { secret: Buffer.from(` ${SECRET}\n`) }],
    ['one that a published one begins', { secret: `${TORNADO_EXAMPLE_SECRET}x` }],
    ['one that a published one ends', { secret: `x${TORNADO_EXAMPLE_SECRET}` }],
    ['text far over the block size', { secret: distinctText(1000) }],
    ['a single secret with the key version that it has', { secret: SECRET, keyVersion: 0 }],
    ['a single secret under 32 bytes, as weak', { secret: 'x', allowWeakSecrets: true }],
    ['a published one, as weak', { secret: TORNADO_EXAMPLE_SECRET, allowWeakSecrets: true }],
    ['a record of one', record(0, { 0: SECRET })],
    ['a record of text and bytes', record(7, { 7: SECRET, 9: distinctBytes(32) })],
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
    ['text of 31 bytes', 'secret-weak', { secret: distinctText(31) }],
    ['31 bytes', 'secret-weak', { secret: distinctBytes(31) }],
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
    ...['\n', '\r\n', ' ', '\t', '\u00a0', '\ufeff'].flatMap((space) => [
      [`text that ends with ${inspect(space)}`, 'option', { secret: SECRET + space }] as const,
      [`text that begins with ${inspect(space)}`, 'option', { secret: space + SECRET }] as const,
    ]),
    ['white space alone', 'option', { secret: ' '.repeat(40) }],
    [
      'text with a line break, even as weak',
      'option',
      { secret: `${SECRET}\n`, allowWeakSecrets: true },
    ],
    ['one of a record with a line break', 'option', record(1, { 1: SECRET, 2: `${SECRET}\n` })],
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

describe('a refusal says what is wrong with which secret, and what to do', () => {
  const make =
    "Make one with: node -p \"require('node:crypto').randomBytes(32).toString('base64')\".";
  const passes = 'For tests and demos only, "allowWeakSecrets: true" accepts it.';
  const isSet = 'Is the environment variable it comes from set, and loaded before this line runs?';

  it.each([
    ['none', {}, `The option "secret" is undefined. ${isSet} ${make}`],
    ['null', { secret: null }, `The option "secret" is null. ${isSet} ${make}`],
    ['empty text', { secret: '' }, `The option "secret" is empty. ${isSet} ${make}`],
    ['empty bytes', { secret: new Uint8Array() }, `The option "secret" is empty. ${make}`],
    [
      'an empty one in a record',
      record(0, { 0: SECRET, 12: '' }),
      `The option "secret" of key version 12 is empty. ${isSet} ${make}`,
    ],
    ['an empty record', record(0, {}), 'The key record of the option "secret" is empty.'],
    [
      'white space at the end',
      record(0, { 0: `${SECRET}\n` }),
      'The option "secret" of key version 0 begins or ends with white space, as text read from a file often does. An instance that has it without the white space would refuse this one\'s cookies: trim it. If the white space belongs to the secret, pass its bytes, which are used as they are: new TextEncoder().encode(secret).',
    ],
    [
      'a repetition',
      { secret: 'undefined'.repeat(4) },
      `The secret repeats its first 9 bytes to the end, and is as easy to guess as they are. ${make} ${passes}`,
    ],
    [
      '31 bytes',
      { secret: new Uint8Array(31) },
      `The secret has 31 bytes; it needs 32 or more. ${make} ${passes}`,
    ],
    [
      'a published one',
      { secret: TORNADO_EXAMPLE_SECRET },
      `The secret is printed in public documentation: anyone can forge cookies with it. ${make} ${passes}`,
    ],
    [
      'an array',
      { secret: [SECRET] },
      'The option "secret" must be well-formed text or a Uint8Array. To rotate secrets, give a record { [version]: secret } and "keyVersion".',
    ],
    [
      'a record the wrong way round, whose secret it does not show',
      record(0, { [SECRET]: 0 }),
      'A key of the record "secret" is not a key version: { [version]: secret }, where versions are whole numbers from 0 to 9999999999.',
    ],
    [
      'a record and no keyVersion',
      { secret: { 0: SECRET } },
      'The option "keyVersion" is required with a key record: name the version that signs.',
    ],
    [
      'a keyVersion that is not there',
      record(1, { 0: SECRET }),
      'The option "keyVersion" names no key of the record "secret".',
    ],
    [
      'a keyVersion beside a single secret',
      { secret: SECRET, keyVersion: 1 },
      'A single secret always signs as key version 0: leave "keyVersion" out, or give "secret" as a record { [version]: secret }.',
    ],
  ])('%s', (_, keys, message) => {
    expect(thrownBy(() => signerWith(keys)).message).toBe(message);
  });

  it('no options', () => {
    expect(thrownBy(() => new SecureCookieSigner(undefined as never)).message).toBe(
      'The signer needs its options: new SecureCookieSigner({ secret }).',
    );
  });
});

describe('secrets that verify a foreign format', () => {
  const longSecret = distinctText(65);
  const reused = expect.objectContaining({
    name: 'SecureCookieError',
    code: 'secret-reused',
    message:
      'A secret of "accepts" is also a secret of the signer: with it, an old cookie can be turned into a forged new one. Give the signer a new secret, and leave the old one to "accepts".',
  });

  it.each([
    ['text', { secret: SECRET }, SECRET],
    ['its bytes', { secret: SECRET }, Buffer.from(SECRET)],
    ['one padded as HMAC pads it', { secret: SECRET }, `${SECRET}\0`],
    ['a long one', { secret: longSecret }, longSecret],
    ['any of a record', record(2, { 0: SECRET, 2: OTHER_SECRET }), SECRET],
    [
      'what HMAC-SHA256 makes of a long one',
      { secret: longSecret },
      createHash('sha256').update(longSecret).digest(),
    ],
    [
      'what HMAC-SHA1 makes of a long one',
      { secret: longSecret },
      createHash('sha1').update(longSecret).digest(),
    ],
    [
      'a long one, of which HMAC-SHA1 makes the key',
      { secret: createHash('sha1').update(longSecret).digest(), allowWeakSecrets: true },
      longSecret,
    ],
  ])('cannot be among the keys: %s', (_, keys, foreign) => {
    expect(() => refuseSecrets(signerWith(keys), [foreign])).toThrow(reused);
    expect(() => refuseSecrets(signerWith(keys), [Buffer.alloc(32, 9), foreign])).toThrow(reused);
  });

  it('cannot become keys later either, and the old ring stays', () => {
    const signer = signerWith({ secret: SECRET });
    refuseSecrets(signer, [OTHER_SECRET]);

    expect(() => signer.replaceKeys({ secret: OTHER_SECRET })).toThrow(reused);
    expect(() =>
      signer.replaceKeys({ secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 1 }),
    ).toThrow(reused);
    expect(signer.sign('key', 'value')).toBe(resignV2Fields({}, SECRET));
  });

  it('that were refused, because the signer had them, may become keys later', () => {
    const signer = signerWith({ secret: SECRET });

    expect(() => refuseSecrets(signer, [SECRET])).toThrow(reused);
    expect(() => signer.replaceKeys({ secret: SECRET })).not.toThrow();
  });

  it('may be declared while there are no keys', () => {
    const signer = signerWith({ secret: SECRET });
    signer.withdrawKeys();
    refuseSecrets(signer, [SECRET]);

    expect(() => signer.replaceKeys({ secret: SECRET })).toThrow(reused);
    expect(() => signer.replaceKeys({ secret: OTHER_SECRET })).not.toThrow();
  });

  it('are refused as the option "secret" if they are empty', () => {
    const signer = signerWith({ secret: SECRET });
    const declare = (): void => refuseSecrets(signer, ['']);

    expect(declare).toThrow(refusal('secret-missing'));
    expect(declare).toThrow('The option "secret" is empty.');
  });
});

describe('secrets are copied', () => {
  it('bytes that are overwritten afterwards change nothing', () => {
    const secret = distinctBytes(32);
    const signer = signerWith({ secret });
    secret.fill(0);

    expect(signer.sign('key', 'value')).toBe(resignV2Fields({}, distinctBytes(32)));
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
    const secret = distinctBytes(32).toString('base64');

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

describe('keys without dates', () => {
  it.each<[string, SecureCookieKeys, number]>([
    ['a single secret', { secret: SECRET }, 0],
    ['a record', { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 }, 2],
  ])('ask no clock which one signs or reads: %s', (_, keys, version) => {
    const ring = new KeyRing(keys, false, () => {
      throw new Error('The clock was asked.');
    });

    expect(ring.signingKey?.version).toBe(version);
    expect(ring.find(version)).toBe(ring.signingKey);
    expect(ring.find(2)?.version).toBe(version);
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

  it.each([undefined, null])('with %s says what to give', (keys) => {
    const signer = signerWith({ secret: SECRET });

    expect(thrownBy(() => signer.replaceKeys(keys as never))).toMatchObject({
      code: 'secret-missing',
      message: `The keys are ${keys}: give { secret }, or { secret: { [version]: secret }, keyVersion }.`,
    });
  });

  it('after they were withdrawn, brings signing and reading back', () => {
    const signer = signerWith({ secret: SECRET });
    const before = signer.sign('key', 'value');
    signer.withdrawKeys();

    expect(() => signer.sign('key', 'value')).toThrow(refusal('keys-stale'));
    expect(() => signedLength(signer, 'key', 'value', false, 1_300_000_000)).toThrow(
      refusal('keys-stale'),
    );
    expect(() => signer.sign('key', 'value')).toThrow(
      'The keys were withdrawn, so nothing can be signed:',
    );
    expect(signer.verify('key', before)).toEqual({ valid: false, reason: 'unknown-key' });

    signer.replaceKeys({ secret: SECRET });
    expect(signer.unsign('key', before)).toBe('value');
  });
});
