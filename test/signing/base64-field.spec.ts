import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  MAX_SHORT_FIELD,
  MAX_SHORT_PAYLOAD,
  writeBase64Field,
} from '../../lib/signing/base64-field.js';

const lengths = Array.from({ length: MAX_SHORT_PAYLOAD + 1 }, (_, length) => length);

/** What Node makes of the bytes. */
function fieldOf(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString('base64');
  return `${base64.length}:${base64}|`;
}

function written(payload: string | Uint8Array, start = 0): string | undefined {
  const memory = new Uint8Array(start + MAX_SHORT_FIELD);
  const end = writeBase64Field(payload, memory, start);
  return end === undefined
    ? undefined
    : Buffer.from(memory.subarray(start, end)).toString('latin1');
}

describe('the field of a short payload', () => {
  it.each([
    ['', '0:|'],
    ['f', '4:Zg==|'],
    ['fo', '4:Zm8=|'],
    ['foo', '4:Zm9v|'],
    ['foob', '8:Zm9vYg==|'],
    ['fooba', '8:Zm9vYmE=|'],
    ['foobar', '8:Zm9vYmFy|'],
  ])('is that of RFC 4648, section 10: %j', (text, expected) => {
    expect(written(text)).toBe(expected);
    expect(written(new TextEncoder().encode(text))).toBe(expected);
  });

  it('is the same as of Buffer, for every byte at every place and every length', () => {
    const payloads = lengths.flatMap((length) =>
      [0, 85, 170].map((first) => Uint8Array.from({ length }, (_, index) => first + index * 7)),
    );
    const every = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte, 255 - byte, byte));

    expect([...payloads, ...every].map((bytes) => written(bytes))).toEqual(
      [...payloads, ...every].map(fieldOf),
    );
  });

  it('is the same for ASCII and for its bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', maxLength: MAX_SHORT_PAYLOAD }),
        fc.nat(200),
        (text, start) => {
          expect(written(text, start)).toBe(fieldOf(Buffer.from(text)));
        },
      ),
    );
  });

  it('leaves what is before it, and has room for the longest', () => {
    const memory = new Uint8Array(3 + MAX_SHORT_FIELD).fill(0x2e);

    expect(writeBase64Field(new Uint8Array(MAX_SHORT_PAYLOAD), memory, 3)).toBe(memory.length);
    expect([...memory.subarray(0, 3)]).toEqual([0x2e, 0x2e, 0x2e]);
  });

  it.each(['\x80', '\xff', 'é', 'Ā', '\u0100a', '\ud83c\udf6a'])(
    'is not written for text that is not ASCII, wherever it stands: %j',
    (character) => {
      const texts = [0, 1, 2, 3, 40].map((before) => `${'m'.repeat(before)}${character}mm`);

      expect(texts.map((text) => written(text))).toEqual(texts.map(() => undefined));
    },
  );
});
