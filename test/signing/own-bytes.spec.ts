import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  latin1Bytes,
  MAX_LENGTH_IN_HEAP,
  shortAscii,
  utf8Bytes,
} from '../../lib/signing/own-bytes.js';

const LENGTHS = [0, 1, MAX_LENGTH_IN_HEAP - 1, MAX_LENGTH_IN_HEAP, MAX_LENGTH_IN_HEAP + 1, 500];
const LAST_CHARACTERS = ['', 'a', '\0', '\x7f', '\x80', '\xff', 'é', 'ŀ', '🍪', '\ufeff'];

const texts = LENGTHS.flatMap((length) =>
  LAST_CHARACTERS.map((last) => 'm'.repeat(length - 1 < 0 ? 0 : length - 1) + last),
);

describe('bytes of a text, short or long', () => {
  it.each([
    ['its UTF-8', utf8Bytes, 'utf8', texts],
    [
      'a byte for each character',
      latin1Bytes,
      'latin1',
      texts.filter((text) => !/[^\0-\xff]/.test(text)),
    ],
  ] as const)('are %s', (_, bytesOf, encoding, given) => {
    expect(given.map((text) => Buffer.from(bytesOf(text)).toString('hex'))).toEqual(
      given.map((text) => Buffer.from(text, encoding).toString('hex')),
    );
  });

  it('are its UTF-8, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
        expect(Buffer.from(utf8Bytes(text)).toString('hex')).toBe(
          Buffer.from(text).toString('hex'),
        );
      }),
    );
  });
});

describe('short ASCII', () => {
  it.each([0, 1, 63, 64])('of %i bytes is its text', (length) => {
    const text = Array.from({ length }, (_, index) => String.fromCharCode((index * 5) % 128)).join(
      '',
    );

    expect(shortAscii(Buffer.from(text))).toBe(text);
  });

  it('is not what is longer', () => {
    expect(shortAscii(new Uint8Array(65).fill(0x61))).toBeUndefined();
  });

  it.each([0x80, 0xc3, 0xff])('is nothing that holds the byte %i, wherever it stands', (byte) => {
    const found = [0, 20, 63].map((place) =>
      shortAscii(new Uint8Array(64).fill(byte, place, place + 1)),
    );

    expect(found).toEqual([undefined, undefined, undefined]);
  });
});
