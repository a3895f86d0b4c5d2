import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { HmacKey } from '../../lib/signing/hmac.js';
import { HmacInput } from '../../lib/signing/hmac-input.js';
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
  /** Around the longest that is laid out without allocating. */
  const lengths = [0, 1, 7, 448, 512, 4031, 4032, 4033, 4095, 4096, 4097, 10_000];

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
    const uses = fc.constantFrom('sign', 'verify', 'sign laid out', 'verify laid out');
    const call = fc.record({ ofFirst: fc.boolean(), message: textMessages, use: uses });
    fc.assert(
      fc.property(secrets, secrets, fc.array(call, { minLength: 2 }), (first, second, calls) => {
        const keys = { first: hmacKey(algorithm, first), second: hmacKey(algorithm, second) };
        const shared = new HmacInput();
        for (const { ofFirst, message, use } of calls) {
          const expected = nodeHmac(algorithm, ofFirst ? first : second, message);
          const used = ofFirst ? keys.first : keys.second;
          const results = {
            sign: () => used.sign(message) === expected,
            verify: () => used.verify(message, expected),
            'sign laid out': () => signed(used, shared, message) === expected,
            'verify laid out': () => verified(used, shared, message + expected, message.length),
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

  it.each(lengths)('finds the MAC behind %i laid out bytes, and no other', (length) => {
    const input = new HmacInput();
    const text = 'm'.repeat(length);
    const mac = key.sign(text);
    const other = hmacKey(algorithm, Buffer.alloc(32, 8)).sign(text);
    const wrong = [mac.slice(0, -1), `0${mac}`, other, mac.toUpperCase(), ''];

    expect(signed(key, input, text)).toBe(mac);
    expect(verified(key, input, text + mac, length)).toBe(true);
    expect(wrong.filter((forgery) => verified(key, input, text + forgery, length))).toEqual([]);
  });

  it('finds no MAC that a text before has left in memory', () => {
    const input = new HmacInput();
    const whole = `message${signature}`;

    expect(verified(key, input, whole, 7)).toBe(true);
    for (let end = 0; end < whole.length; end += 1) {
      expect(verified(key, input, whole.slice(0, end), 7)).toBe(false);
    }
  });

  it('takes no byte for a digit of the MAC but the one', () => {
    const input = new HmacInput();
    input.layOut(`message${signature}`);
    const accepted = Array.from(signature, (_, position) =>
      Array.from({ length: 256 }, (__, byte) => byte).filter((byte) => {
        const original = input.message[7 + position] ?? 0;
        input.message[7 + position] = byte;
        const isMac = key.verifyLaidOut(input, 7);
        input.message[7 + position] = original;
        return isMac;
      }),
    );

    expect(accepted).toEqual(Array.from(signature, (digit) => [digit.charCodeAt(0)]));
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

/** The MAC of a text, by way of memory that is laid out in. */
function signed(key: HmacKey, input: HmacInput, text: string): string {
  const room = input.withRoomFor(text.length);
  room.layOut(text);
  return key.signLaidOut(room, text.length);
}

/** Whether a MAC stands behind the first bytes of a text, by way of memory that is laid out in. */
function verified(key: HmacKey, input: HmacInput, text: string, length: number): boolean {
  const room = input.withRoomFor(text.length);
  return room.layOut(text) && key.verifyLaidOut(room, length);
}

/** Each character 256 above: the same low byte. */
function foldable(signature: string): string {
  return Array.from(signature, (digit) => String.fromCharCode(digit.charCodeAt(0) + 256)).join('');
}

/** Of the right length in characters, longer in UTF-8, and right in what fits. */
function twoByteEnd(signature: string): string {
  return `${signature.slice(0, -1)}é`;
}
