import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { HmacKey } from '../../lib/signing/hmac.js';
import { hmacKey } from '../support/hmac-key.js';
import { RFC_2202_SHA1 } from '../vectors/rfc2202.js';
import { RFC_4231_SHA256 } from '../vectors/rfc4231.js';

const secrets = fc.uint8Array({ minLength: 1, maxLength: 200 });

/** Past the longest value that is read, and so past any scratch memory. */
const MAX_MESSAGE_LENGTH = 17_000;

/** Repeated to a random length, because fast-check takes long for thousands of independent items. */
const byteMessages = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 97 }), fc.nat(MAX_MESSAGE_LENGTH))
  .map(([pattern, length]) => Buffer.alloc(length, pattern));

const textMessages = fc
  .tuple(
    fc.string({
      minLength: 1,
      maxLength: 40,
      unit: fc.constantFrom('a', 'Z', '0', '|', '\0', '\x7f'),
    }),
    fc.nat(MAX_MESSAGE_LENGTH),
  )
  .map(([pattern, length]) => pattern.repeat(length).slice(0, length));

const messages = fc.oneof(byteMessages, textMessages, fc.string({ unit: 'grapheme' }));

function nodeHmac(algorithm: string, secret: Uint8Array, message: string | Uint8Array): string {
  return createHmac(algorithm, secret).update(message).digest('hex');
}

describe('HMAC of published cases', () => {
  it.each(RFC_2202_SHA1)('RFC 2202, HMAC-SHA-1, case $testCase', ({ key, data, digest }) => {
    expect(hmacKey('sha1', key).sign(data)).toBe(digest);
    expect(hmacKey('sha1', key).verify(data, digest)).toBe(true);
  });

  it.each(RFC_4231_SHA256)('RFC 4231, HMAC-SHA-256, case $testCase', ({ key, data, digest }) => {
    const mac = hmacKey('sha256', key).sign(data);

    expect(mac.slice(0, digest.length)).toBe(digest);
    expect(hmacKey('sha256', key).verify(data, mac)).toBe(true);
    // Case 5 publishes half of it, which is no MAC here.
    expect(hmacKey('sha256', key).verify(data, digest)).toBe(digest.length === 64);
  });
});

describe.each(['sha1', 'sha256'] as const)('HMAC with %s', (algorithm) => {
  const key = hmacKey(algorithm, Buffer.alloc(32, 7));
  const signature = key.sign('message');
  const digits = signature.length;
  /** Around those up to which views are kept, and texts have room. */
  const lengths = [0, 1, 7, 448, 511, 512, 513, 4096, 8127, 8128, 8191, 8192, 8193, 10_000];

  it('is what createHmac gives, for any key and any message', () => {
    fc.assert(
      fc.property(secrets, messages, (secret, message) => {
        const expected = nodeHmac(algorithm, secret, message);

        expect(hmacKey(algorithm, secret).sign(message)).toBe(expected);
        expect(hmacKey(algorithm, secret).verify(message, expected)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([1, 2, 55, 56, 63, 64, 65, 127, 128, 129, 200])(
    'is what createHmac gives for a key of %i bytes, around the borders of blocks and memory',
    (keyLength) => {
      const secret = Buffer.alloc(keyLength, 0xa5);
      const borders = [1, 55, 64, 119, 128, 448, 512, 4096, 8128, 8192, 16_384];
      const differing = borders
        .flatMap((border) => [border - 1, border, border + 1])
        .flatMap((length) => ['m'.repeat(length), Buffer.alloc(length, 0xff)])
        .filter(
          (message) =>
            hmacKey(algorithm, secret).sign(message) !== nodeHmac(algorithm, secret, message),
        );

      expect(differing).toEqual([]);
    },
  );

  it('leaves nothing of one call in the result of another, in any order of calls', () => {
    const uses = fc.constantFrom(
      'sign',
      'verify',
      'verify laid out',
      'verify laid out by the other',
    );
    const call = fc.record({ ofFirst: fc.boolean(), message: textMessages, use: uses });
    fc.assert(
      fc.property(secrets, secrets, fc.array(call, { minLength: 2 }), (first, second, calls) => {
        const keys = { first: hmacKey(algorithm, first), second: hmacKey(algorithm, second) };
        for (const { ofFirst, message, use } of calls) {
          const expected = nodeHmac(algorithm, ofFirst ? first : second, message);
          const [used, other] = ofFirst ? [keys.first, keys.second] : [keys.second, keys.first];
          const results = {
            sign: () => used.sign(message) === expected,
            verify: () => used.verify(message, expected),
            'verify laid out': () => used.verifySigned(laidOut(used, message + expected)),
            'verify laid out by the other': () =>
              used.verifySigned(laidOut(other, message + expected)),
          };

          expect(results[use]()).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('copies the secret: overwriting it afterwards changes nothing', () => {
    const secret = Buffer.alloc(32, 7);
    const copying = hmacKey(algorithm, secret);
    secret.fill(0);

    expect(copying.sign('message')).toBe(signature);
  });

  it.each(['', '0', '0'.repeat(digits - 1), '0'.repeat(digits)])(
    'refuses a text that has no room for a message before its MAC: %j',
    (text) => {
      expect(key.verifySigned(Buffer.from(text))).toBe(false);
    },
  );

  it.each(lengths)('finds the MAC behind %i bytes, wherever they lie, and no other', (length) => {
    const text = 'm'.repeat(length);
    const signed = text + key.sign(text);
    const other = hmacKey(algorithm, Buffer.alloc(32, 8));
    const wrong = [`m${signed}`, `${signed}0`, signed.slice(0, -1), text + other.sign(text)];

    expect(key.verifySigned(laidOut(key, signed))).toBe(true);
    expect(key.verifySigned(laidOut(other, signed))).toBe(true);
    expect(key.verifySigned(Buffer.from(signed))).toBe(true);
    expect(other.verifySigned(laidOut(key, signed))).toBe(false);
    expect(wrong.filter((forgery) => key.verifySigned(laidOut(key, forgery)))).toEqual([]);
    expect(wrong.filter((forgery) => key.verifySigned(Buffer.from(forgery)))).toEqual([]);
  });

  it.each(lengths)('lays out %i characters of ASCII, and nothing of a text before', (length) => {
    laidOut(key, 'x'.repeat(9000));
    const text = Array.from({ length }, (_, index) => String.fromCharCode(index % 128)).join('');

    expect(Buffer.from(laidOut(key, text)).toString('latin1')).toBe(text);
  });

  it.each(lengths)('lays out no text with %i characters before one that is not ASCII', (length) => {
    const texts = ['\x80', '\xff', 'é', 'ŀ', '\ud800', '🍪'].flatMap((character) => [
      'm'.repeat(length) + character,
      `${'m'.repeat(length)}${character}m`,
    ]);

    expect(texts.filter((text) => key.layOut(text) !== undefined)).toEqual([]);
  });

  it('takes no byte for a digit of the MAC but the one', () => {
    const signed = Buffer.from(`message${signature}`);
    const accepted = Array.from(signed, (original, position) =>
      Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => {
        signed[position] = byte;
        const isMac = key.verifySigned(signed);
        signed[position] = original;
        return isMac;
      }),
    );

    expect(accepted).toEqual(Array.from(signed, (byte) => [byte]));
  });

  it('refuses a signature that differs in one digit, wherever it does', () => {
    const forgeries = Array.from(signature, (digit, position) => {
      const other = digit === '0' ? '1' : '0';
      return signature.slice(0, position) + other + signature.slice(position + 1);
    });

    expect(key.verify('message', signature)).toBe(true);
    expect(forgeries.filter((forgery) => key.verify('message', forgery))).toEqual([]);
  });

  it.each([
    ['an empty signature', ''],
    ['one digit too few', signature.slice(0, -1)],
    ['one digit too many', `${signature}0`],
    ['a null character too many', `${signature}\0`],
    ['the signature twice', signature.repeat(2)],
    ['upper case', signature.toUpperCase()],
    ['digits that latin1 would fold to the right ones', foldable(signature)],
    ['a right beginning that fills the memory in two-byte characters', twoByteEnd(signature)],
  ])('refuses %s, even where the right one was read before it', (_, forgery) => {
    expect(key.verify('message', signature)).toBe(true);
    expect(key.verify('message', forgery)).toBe(false);
  });
});

/** The bytes of a text in the key's scratch memory. */
function laidOut(key: HmacKey, text: string): Uint8Array {
  return key.layOut(text) ?? Uint8Array.of();
}

/** Each character 256 above: the same low byte. */
function foldable(signature: string): string {
  return Array.from(signature, (digit) => String.fromCharCode(digit.charCodeAt(0) + 256)).join('');
}

/** Of the right length in characters, longer in UTF-8, and right in what fits. */
function twoByteEnd(signature: string): string {
  return `${signature.slice(0, -1)}é`;
}
