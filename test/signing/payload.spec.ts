import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeBase64 } from '../../lib/signing/payload.js';
import { SecureCookieSigner, signedLength } from '../../lib/signing/secure-cookie-signer.js';
import { resignV1, resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

const ALPHABET = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

const signer = new SecureCookieSigner({
  secret: SECRET,
  minVersion: 1,
  clock: () => 1_300_000_000,
});

function transferred(): Uint8Array {
  const bytes = Uint8Array.of(1, 2, 3);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

describe('base64 that is not canonical, under the right signature', () => {
  it.each([
    ['stray bits before one padding', 'dmFsdWV='],
    ['stray bits before two', 'dh=='],
    ['padding left out', 'dmFsdWU'],
    ['half of two', 'dg='],
    ['padding too much', 'dmFsdWU=='],
    ['a group of padding', 'dmFsdWU====='],
    ['padding behind a whole group', 'dmFs='],
    ['nothing but padding', '===='],
    ['padding in front', '=dmFs'],
    ['padding within', 'dg==dg=='],
    ['one character', 'd'],
    ['one character behind a group', 'dmFsd'],
    ['url-safe letters', '_-__'],
    ['mixed alphabets', '+-__'],
    ['a letter of none', 'dm!s'],
    ['text behind the end', 'dmFsdWU=x'],
    ['a comma', 'dmFs,mFs'],
    ['percent-encoding', 'dmFsdWU%3D'],
  ])('%s: %s is malformed', (_, base64) => {
    const malformed = { valid: false, reason: 'malformed' };

    expect(signer.verify('key', resignV2Fields({ base64 }, SECRET))).toEqual(malformed);
    expect(signer.verify('key', resignV1({ base64 }, SECRET))).toEqual(malformed);
    expect(signer.verify('key', resignV2Fields({ base64 }, SECRET), { encoding: 'bytes' })).toEqual(
      malformed,
    );
  });

  it.each([' dmFs', 'dmFs ', 'dm Fs', 'dmFs\n', 'dm\tFs', '\0dmFs', 'dmFs\u00a0', 'dmF\u0173'])(
    'white space and the like, in %p, is malformed',
    (base64) => {
      expect(signer.verify('key', resignV2Fields({ base64 }, SECRET))).toEqual({
        valid: false,
        reason: 'malformed',
      });
    },
  );

  it('of all endings of a value, one is canonical', () => {
    const accepted = ALPHABET.map((letter) => `d${letter}==`).filter(
      (base64) => signer.verify('key', resignV2Fields({ base64 }, SECRET)).valid,
    );

    expect(accepted).toEqual(['dA==', 'dQ==', 'dg==', 'dw=='].toSorted());
  });
});

describe('the bytes of base64', () => {
  it('are those of a Buffer for all texts that encode to themselves again, and no others', () => {
    const texts = fc.oneof(
      fc.base64String(),
      fc.string({ unit: fc.constantFrom(...ALPHABET, '=', '=', '-', '!'), maxLength: 12 }),
      fc
        .tuple(fc.base64String({ minLength: 4 }), fc.nat(), fc.constantFrom(...ALPHABET, '='))
        .map(([text, place, other]) => {
          const index = text.length - 1 - (place % 4);
          return text.slice(0, index) + other + text.slice(index + 1);
        }),
    );
    fc.assert(
      fc.property(texts, (base64) => {
        expect(decodeBase64(base64)).toBe(
          isCanonical(base64) ? Buffer.from(base64, 'base64').toString('latin1') : undefined,
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('of all ends of two characters or one before the padding, some are canonical', () => {
    const ends = ALPHABET.flatMap((first) =>
      ALPHABET.concat('=').flatMap((second) => [`${first}${second}==`, `A${first}${second}=`]),
    );

    expect(ends.filter((end) => decodeBase64(end) !== undefined)).toEqual(ends.filter(isCanonical));
    expect(ends.filter(isCanonical)).toHaveLength(64 * 4 + 64 * 16 + 4);
  });
});

describe('text', () => {
  it.each([
    ['empty', ''],
    ['ASCII with control characters', '\0\t\r\n\x7f;,"\\'],
    ['of two bytes a character', 'naïve'],
    ['of three', '名前'],
    ['of four', '🍪'],
    ['with a leading byte order mark, kept', '\ufeffvalue'],
    ['of byte order marks alone, kept', '\ufeff\ufeff'],
    ['not normalized', 'e\u0301'],
    ['with a replacement character that was there', '\ufffd'],
    ['with noncharacters', '\uffff\u{10ffff}'],
  ])('%s comes back as it was', (_, value) => {
    expect(signer.unsign('key', signer.sign('key', value))).toBe(value);
    expect(signer.unsign('key', signer.sign('key', value), { encoding: 'bytes' })).toEqual(
      new TextEncoder().encode(value),
    );
  });

  it.each([
    ['latin1', 'e9'],
    ['a continuation byte alone', '80'],
    ['a character cut short', 'f09f8d'],
    ['an overlong slash', 'c0af'],
    ['an overlong null', 'c080'],
    ['a surrogate', 'eda080'],
    ['past the last code point', 'f4908080'],
    ['a byte that UTF-8 never has', 'ff'],
    ['the byte order mark of UTF-16', 'fffe'],
    ['good text with one bad byte behind', '76616c7565ff'],
  ])('bytes that are not UTF-8 (%s) are refused as text, and read as bytes', (_, hex) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    const signed = signer.sign('key', bytes);

    expect(signer.verify('key', signed)).toEqual({ valid: false, reason: 'encoding' });
    expect(signer.unsign('key', signed, { encoding: 'bytes' })).toEqual(bytes);
  });

  it.each([
    ['a high surrogate alone', 'a\ud83c'],
    ['a low surrogate alone', '\udf6a'],
    ['surrogates the wrong way round', '\udf6a\ud83c'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['an object', { value: 1 }],
    ['an array of bytes', [118]],
    ['an ArrayBuffer', new ArrayBuffer(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a Uint16Array', Uint16Array.of(1)],
    ['a String object', Object('value')],
    ['bytes whose memory was transferred', transferred()],
  ])('%s is not signed', (_, value) => {
    const refusal = expect.objectContaining({
      name: 'SecureCookieError',
      code: 'value',
      message: expect.stringMatching(
        typeof value === 'string' ? 'sign its bytes instead' : 'must be text or a Uint8Array',
      ),
    });

    expect(() => signer.sign('key', value as never)).toThrow(refusal);
    expect(() => signedLength(signer, 'key', value as never, false, 1_300_000_000)).toThrow(
      refusal,
    );
  });
});

/** What encodes to itself again. */
function isCanonical(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('base64') === base64;
}
