import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { NONCE_LENGTH, TAG_LENGTH, XaesKey } from '../../lib/signing/xaes-256-gcm.js';
import { XAES_256_GCM, XAES_256_GCM_ACCUMULATED } from '../vectors/xaes-256-gcm.js';

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const anyBytes = fc.uint8Array({ maxLength: 300 });

const messages = fc.record({
  key: bytesOf(32),
  nonce: bytesOf(NONCE_LENGTH),
  plaintext: anyBytes,
  additionalData: anyBytes,
});

/** The bit that falls out when the CMAC subkey is made (NIST SP 800-38B, section 6.1, step 2). */
function subkeyCarry(key: Uint8Array): number {
  const block = createCipheriv('aes-256-ecb', key, null).update(Buffer.alloc(16));
  return block.readUInt8(0) >> 7;
}

describe('XAES-256-GCM of published cases', () => {
  it.each(XAES_256_GCM)(
    'C2SP, where $subkeyCarry falls out of the subkey, with the additional data "$additionalData"',
    ({ key, nonce, plaintext, additionalData, sealed, ...expected }) => {
      const xaes = new XaesKey(key);
      const data = Buffer.from(additionalData);

      expect(subkeyCarry(key)).toBe(expected.subkeyCarry);
      expect(hex(xaes.seal(nonce, plaintext, data))).toBe(sealed);
      expect(hex(xaes.open(nonce, Buffer.from(sealed, 'hex'), data))).toBe(hex(plaintext));
    },
  );

  it('C2SP, accumulated over 10,000 keys, nonces, plaintexts and additional data', () => {
    const { iterations, digest } = XAES_256_GCM_ACCUMULATED;
    const longest = 32 + NONCE_LENGTH + 2 * 256;
    const source = createHash('shake128', { outputLength: iterations * longest }).digest();
    let position = 0;
    const take = (length: number): Buffer => source.subarray(position, (position += length));
    const takeField = (): Buffer => take(take(1).readUInt8(0));
    const seen = createHash('shake128', { outputLength: 32 });
    let carries = 0;
    let misread = 0;
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      const key = take(32);
      const nonce = take(NONCE_LENGTH);
      const plaintext = takeField();
      const data = takeField();
      const xaes = new XaesKey(key);
      const sealed = xaes.seal(nonce, plaintext, data);
      misread += hex(xaes.open(nonce, sealed, data)) === hex(plaintext) ? 0 : 1;
      carries += subkeyCarry(key);
      seen.update(sealed);
    }

    expect(misread).toBe(0);
    expect(seen.digest('hex')).toBe(digest);
    expect(carries / iterations).toBeCloseTo(0.5, 1);
  });
});

describe('what is sealed', () => {
  it('opens to what it was, for any key, nonce, plaintext and additional data', () => {
    fc.assert(
      fc.property(messages, ({ key, nonce, plaintext, additionalData }) => {
        const xaes = new XaesKey(key);
        const sealed = xaes.seal(nonce, plaintext, additionalData);

        expect(sealed).toHaveLength(plaintext.length + TAG_LENGTH);
        expect(xaes.open(nonce, sealed, additionalData)).toEqual(Buffer.from(plaintext));
      }),
      { numRuns: 500 },
    );
  });

  it('does not open with one bit of the key, nonce, message, tag or additional data flipped', () => {
    const parts = fc.constantFrom('key', 'nonce', 'sealed', 'additionalData');
    fc.assert(
      fc.property(messages, parts, fc.nat(), (message, part, bit) => {
        const { key, nonce, plaintext, additionalData } = message;
        const sealed = new XaesKey(key).seal(nonce, plaintext, additionalData);
        const whole = { key, nonce, additionalData, sealed };
        fc.pre(whole[part].length > 0);
        const changed = { ...whole, [part]: withFlippedBit(whole[part], bit) };

        expect(
          new XaesKey(changed.key).open(changed.nonce, changed.sealed, changed.additionalData),
        ).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('does not open where one message and tag stand behind another nonce', () => {
    fc.assert(
      fc.property(messages, bytesOf(NONCE_LENGTH), (message, other) => {
        const { key, nonce, plaintext, additionalData } = message;
        fc.pre(Buffer.compare(nonce, other) !== 0);
        const xaes = new XaesKey(key);

        expect(
          xaes.open(other, xaes.seal(nonce, plaintext, additionalData), additionalData),
        ).toBeUndefined();
      }),
    );
  });
});

const [vector] = XAES_256_GCM;
const xaes = new XaesKey(vector.key);
const sealed = Buffer.from(vector.sealed, 'hex');
const ciphertext = sealed.subarray(0, -TAG_LENGTH);
const none = Buffer.alloc(0);

describe('tags that are too short', () => {
  it.each(Array.from({ length: TAG_LENGTH }, (_, length) => length))(
    'the first %i bytes of the right one, behind the ciphertext and behind none',
    (length) => {
      const empty = xaes.seal(vector.nonce, none, none);

      expect(empty).toHaveLength(TAG_LENGTH);
      expect(xaes.open(vector.nonce, empty.subarray(0, length), none)).toBeUndefined();
      expect(
        xaes.open(vector.nonce, sealed.subarray(0, ciphertext.length + length), none),
      ).toBeUndefined();
    },
  );

  it('nothing at all', () => {
    expect(xaes.open(vector.nonce, none, none)).toBeUndefined();
  });
});

describe('the inputs', () => {
  it('are left as they are', () => {
    const copies = [vector.key, vector.nonce, vector.plaintext, sealed].map((bytes) =>
      Buffer.from(bytes),
    );
    new XaesKey(vector.key).seal(vector.nonce, vector.plaintext, none);
    xaes.open(vector.nonce, sealed, none);

    expect([vector.key, vector.nonce, vector.plaintext, sealed]).toEqual(copies);
  });

  it('may be views into larger memory', () => {
    expect(
      hex(
        new XaesKey(within(vector.key)).seal(
          within(vector.nonce),
          within(vector.plaintext),
          within(none),
        ),
      ),
    ).toBe(vector.sealed);
  });
});

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');
}

function withFlippedBit(bytes: Uint8Array, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const index = (bit >> 3) % bytes.length;
  changed.writeUInt8(changed.readUInt8(index) ^ (1 << (bit & 7)), index);
  return changed;
}

/** The same bytes, as a view into larger memory. */
function within(bytes: Uint8Array): Uint8Array {
  const larger = Buffer.concat([Buffer.alloc(7, 0xee), bytes, Buffer.alloc(9, 0xee)]);
  return larger.subarray(7, 7 + bytes.length);
}
