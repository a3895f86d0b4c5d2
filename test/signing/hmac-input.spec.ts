import { describe, expect, it } from '@jest/globals';
import { BLOCK_LENGTH, HmacInput, hmacInput } from '../../lib/signing/hmac-input.js';

const lengths = [0, 1, 448, 4095, 4096, 4097, 10_000];

/** Padded. */
const KEY = new Uint8Array(BLOCK_LENGTH).fill(1);
const OTHER_KEY = new Uint8Array(BLOCK_LENGTH).fill(2);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('a text that is laid out', () => {
  it.each(lengths)(
    'of %i characters of ASCII is there, ended, and nothing of a text before',
    (length) => {
      const input = new HmacInput().withRoomFor(length);
      input.layOut('x'.repeat(4096));
      const text = Array.from({ length }, (_, index) => String.fromCharCode(index % 128)).join('');

      expect(input.layOut(text)).toBe(true);
      expect(latin1(input.message.subarray(0, length + 1))).toBe(`${text}\0`);
      expect(latin1(input.upTo(length, KEY).subarray(BLOCK_LENGTH))).toBe(text);
      expect(input.text(length)).toBe(text);
    },
  );

  it.each(lengths)('with %i characters before one that is not ASCII is refused', (length) => {
    const texts = ['\x80', '\xff', 'é', 'ŀ', '\ud800', '🍪'].flatMap((character) => [
      'm'.repeat(length) + character,
      `${'m'.repeat(length)}${character}m`,
    ]);
    const input = new HmacInput();

    expect(texts.filter((text) => input.withRoomFor(text.length).layOut(text))).toEqual([]);
  });

  it('has as many bytes behind the block as it is asked for, in any order', () => {
    const input = new HmacInput();
    input.layOut('message');

    expect(
      [7, 0, 3, 3, 7].map((length) => latin1(input.upTo(length, KEY).subarray(BLOCK_LENGTH))),
    ).toEqual(['message', '', 'mes', 'mes', 'message']);
  });
});

describe('the key before a message', () => {
  it('is that of the call, whichever were there before', () => {
    const input = new HmacInput();
    const keys = [KEY, KEY, OTHER_KEY, KEY, OTHER_KEY, OTHER_KEY];
    const blocks = keys.map((key, length) => {
      input.layOut('message');
      return Uint8Array.from(input.upTo(length, key).subarray(0, BLOCK_LENGTH));
    });

    expect(blocks).toEqual(keys);
  });

  it('is there in new memory too', () => {
    expect([...hmacInput('ab', OTHER_KEY)]).toEqual([...OTHER_KEY, 97, 98]);
  });
});

describe('memory', () => {
  it('is the same for every message that a cookie can hold, and of its own for a longer one', () => {
    const input = new HmacInput();

    expect(input.withRoomFor(4096)).toBe(input);
    expect(input.withRoomFor(4097)).not.toBe(input);
    expect(input.withRoomFor(4097)).not.toBe(input.withRoomFor(4097));
  });

  it('is not of the pool that others share', () => {
    const pool = Buffer.from('x').buffer;

    expect(new HmacInput().message.buffer).not.toBe(pool);
    expect(hmacInput('text', KEY).buffer).not.toBe(pool);
    expect(hmacInput('text', KEY).buffer.byteLength).toBe(BLOCK_LENGTH + 4);
  });
});
