import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import {
  drawNoncesFrom,
  signedLength,
  SecureCookieSigner,
} from '../../lib/signing/secure-cookie-signer.js';
import type { SecureCookieSignerOptions } from '../../lib/signing/signer-options.js';
import { XaesKey } from '../../lib/signing/xaes-256-gcm.js';
import { encrypted, NONCE } from '../support/encrypt.js';
import { field, resignV1, resignV2, resignV2Fields } from '../support/resign.js';
import { distinctBytes, OTHER_SECRET, SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;
const ENVELOPE = '2|1:0|10:1300000000|3:key|';
const HEADER = Buffer.of(0xff, 0x01);
const TAG_LENGTH = 16;

const signerWith = (options: Partial<SecureCookieSignerOptions> = {}): SecureCookieSigner =>
  new SecureCookieSigner({
    secret: SECRET,
    clock: () => CLOCK,
    ...options,
  } as SecureCookieSignerOptions);

/** A signer whose nonces the test chooses. */
function signerDrawing(
  random: (length: number) => Uint8Array,
  options: Partial<SecureCookieSignerOptions> = {},
): SecureCookieSigner {
  const drawing = signerWith(options);
  drawNoncesFrom(drawing, random);
  return drawing;
}

const signer = signerWith();

/** The payload of a v2 value: its fifth field, out of base64. */
function payloadOf(signed: string): Buffer {
  return Buffer.from(signed.split('|')[4]?.split(':')[1] ?? '', 'base64');
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** An authentic value, whatever its payload is. */
const carrying = (payload: Uint8Array): string =>
  resignV2(`${ENVELOPE}${field(base64(payload))}`, SECRET);

const payload = encrypted('value', ENVELOPE, SECRET);

describe('the layout of an encrypted payload', () => {
  it('is 0xFF 0x01, nonce, ciphertext and tag, in an envelope like any other', () => {
    const signed = signerDrawing(() => NONCE).sign('key', 'value', { encrypt: true });

    expect(signed).toBe(carrying(payload));
    expect(payload.subarray(0, 26)).toEqual(Buffer.concat([HEADER, NONCE]));
    expect(payload).toHaveLength(2 + 24 + 'value'.length + TAG_LENGTH);
  });

  it.each([
    ['', 42],
    ['v', 43],
    ['é', 44],
    [new Uint8Array(1000), 1042],
  ])('of %j has %i bytes, and the length that was foretold', (value, length) => {
    const signed = signer.sign('key', value, { encrypt: true });

    expect(payloadOf(signed)).toHaveLength(length);
    expect(signedLength(signer, 'key', value, true, CLOCK)).toBe(signed.length);
  });

  it('asks once for 24 random bytes, of which each value has its own', () => {
    const asked: number[] = [];
    signerDrawing((length) => {
      asked.push(length);
      return NONCE;
    }).sign('key', 'value', { encrypt: true });
    const nonces = Array.from({ length: 1000 }, () =>
      payloadOf(signer.sign('key', 'value', { encrypt: true })).toString('hex', 2, 26),
    );

    expect(asked).toEqual([24]);
    expect(new Set(nonces).size).toBe(1000);
  });

  it('may be signed as long as any value, and no longer', () => {
    const longest = 'v'.repeat(12_174);
    const signed = signer.sign('ke', longest, { encrypt: true });

    expect(signed).toHaveLength(16_384);
    expect(signer.unsign('ke', signed, { encrypted: true })).toBe(longest);
    expect(() => signer.sign('ke', `${longest}v`, { encrypt: true })).toThrow(
      expect.objectContaining({ code: 'value' }),
    );
    expect(() => signedLength(signer, 'ke', `${longest}v`, true, CLOCK)).toThrow(
      expect.objectContaining({ code: 'value' }),
    );
  });
});

describe('what is encrypted reads as it was', () => {
  const names = fc.stringMatching(/^[A-Za-z0-9_|~-]{1,40}$/).map((name) => `__Host-${name}`);

  it('any text under any name', () => {
    fc.assert(
      fc.property(names, fc.string({ unit: 'binary', maxLength: 300 }), (name, value) => {
        const signed = signer.sign(name, value, { encrypt: true });

        expect(signer.verify(name, signed, { encrypted: true })).toEqual({
          valid: true,
          value,
          issuedAt: CLOCK,
          version: 2,
          keyVersion: 0,
          current: true,
        });
      }),
    );
  });

  it('any bytes, which own their memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
        const signed = signer.sign('key', value, { encrypt: true });
        const read = signer.unsign('key', signed, { encrypted: true, encoding: 'bytes' });

        expect(read).toEqual(value);
        expect(read?.buffer.byteLength).toBe(value.length);
      }),
    );
  });

  it('but shows neither itself nor its key in what is sent', () => {
    const value = 'a value that nobody else should read';
    const sent = payloadOf(signer.sign('key', value, { encrypt: true })).toString('latin1');

    expect(sent).not.toContain(value.slice(0, 8));
    expect(sent).not.toContain(SECRET.slice(0, 8));
  });

  it('with bytes that are not UTF-8, it is refused with the reason "encoding"', () => {
    const signed = signer.sign('key', Uint8Array.of(0xe9), { encrypt: true });

    expect(signer.verify('key', signed, { encrypted: true })).toEqual({
      valid: false,
      reason: 'encoding',
    });
  });
});

describe('authentic payloads that were not encrypted so are refused', () => {
  const nonce = payload.subarray(2, 26);
  const ciphertext = payload.subarray(26, -TAG_LENGTH);
  const tag = payload.subarray(-TAG_LENGTH);
  const emptyTag = encrypted('', ENVELOPE, SECRET).subarray(-TAG_LENGTH);

  it.each([
    ['nothing', Buffer.of()],
    ['text', Buffer.from('value')],
    ['text of 42 bytes', Buffer.alloc(42, 'v')],
    ['0xFF alone', Buffer.of(0xff)],
    ['0xFF 0x01 alone', HEADER],
    ['no ciphertext and no tag', Buffer.concat([HEADER, nonce])],
    ['41 bytes, the tag cut by one', Buffer.concat([HEADER, nonce, emptyTag.subarray(0, -1)])],
    ['41 bytes, the tag cut in front', Buffer.concat([HEADER, nonce, emptyTag.subarray(1)])],
    ['the tag cut to 4 bytes', Buffer.concat([HEADER, nonce, ciphertext, tag.subarray(0, 4)])],
    ['the tag cut to 12 bytes', Buffer.concat([HEADER, nonce, ciphertext, tag.subarray(0, 12)])],
    ['no ciphertext, the tag of one', Buffer.concat([HEADER, nonce, tag])],
    ['the tag before the ciphertext', Buffer.concat([HEADER, nonce, tag, ciphertext])],
    ['the nonce behind the tag', Buffer.concat([HEADER, ciphertext, tag, nonce])],
    ['a nonce of 12 bytes', Buffer.concat([HEADER, nonce.subarray(12), ciphertext, tag])],
    ['no header', payload.subarray(2)],
    ['half a header', payload.subarray(1)],
    ['a second header', Buffer.concat([HEADER, payload])],
    ['another layout, 0xFF 0x02', Buffer.concat([Buffer.of(0xff, 0x02), payload.subarray(2)])],
    ['a date in front, 0xFE 0x01', Buffer.concat([Buffer.of(0xfe, 0x01), payload.subarray(2)])],
    ['one byte too few', payload.subarray(0, -1)],
    ['one byte too many', Buffer.concat([payload, Buffer.of(0)])],
  ])('%s', (_, changed) => {
    expect(signer.verify('key', carrying(changed), { encrypted: true })).toEqual({
      valid: false,
      reason: 'decrypt',
    });
  });

  it('with any one bit flipped', () => {
    const flipped = Array.from({ length: payload.length * 8 }, (_, bit) => {
      const changed = Buffer.from(payload);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return signer.verify('key', carrying(changed), { encrypted: true });
    });

    expect(flipped).toEqual(flipped.map(() => ({ valid: false, reason: 'decrypt' })));
    expect(signer.unsign('key', carrying(payload), { encrypted: true })).toBe('value');
  });
});

describe('a payload reads in its own envelope alone', () => {
  // One secret twice: the key of the cipher is the same, so the envelope alone can make the difference.
  const ring = signerWith({ secret: { 1: SECRET, 2: SECRET }, keyVersion: 1 });
  const own = { keyVersion: '1', timestamp: String(CLOCK), name: 'key' };
  const moved = base64(encrypted('value', '2|1:1|10:1300000000|3:key|', SECRET));

  it.each([
    ['another key version', { keyVersion: '2' }],
    ['a second later', { timestamp: String(CLOCK + 1) }],
    ['a second earlier', { timestamp: String(CLOCK - 1) }],
    ['another name', { name: 'kez' }],
    ['a longer name', { name: 'key2' }],
    ['the name in upper case', { name: 'KEY' }],
  ])('and not with %s, though it is signed', (_, changes) => {
    const envelope = { ...own, ...changes };
    const read = (base64Text: string) =>
      ring.verify(envelope.name, resignV2Fields({ ...envelope, base64: base64Text }, SECRET), {
        encrypted: true,
      });
    const { keyVersion, timestamp, name } = envelope;
    const text = `2|${field(keyVersion)}${field(timestamp)}${field(name)}`;

    expect(read(moved)).toEqual({ valid: false, reason: 'decrypt' });
    expect(read(base64(encrypted('value', text, SECRET)))).toMatchObject({ value: 'value' });
  });

  it('as it came, it reads', () => {
    const signed = resignV2Fields({ ...own, base64: moved }, SECRET);

    expect(ring.unsign('key', signed, { encrypted: true })).toBe('value');
  });

  it('without the right signature it does not come to the cipher', () => {
    const signed = signer.sign('key', 'value', { encrypt: true });

    expect(signer.verify('other', signed, { encrypted: true })).toEqual({
      valid: false,
      reason: 'name',
    });
    expect(signerWith({ secret: OTHER_SECRET }).verify('key', signed, { encrypted: true })).toEqual(
      { valid: false, reason: 'signature' },
    );
  });

  it('with the key of another secret it does not read', () => {
    const foreign = encrypted('value', ENVELOPE, OTHER_SECRET);

    expect(signer.verify('key', carrying(foreign), { encrypted: true })).toEqual({
      valid: false,
      reason: 'decrypt',
    });
  });

  it('with the secret itself for a key it does not read: the cipher has its own', () => {
    const secret = distinctBytes(32);
    const additionalData = Buffer.concat([HEADER, Buffer.from(ENVELOPE)]);
    const sealed = new XaesKey(secret).seal(NONCE, Buffer.from('value'), additionalData);
    const foreign = base64(Buffer.concat([HEADER, NONCE, sealed]));

    expect(
      signerWith({ secret }).verify('key', resignV2Fields({ base64: foreign }, secret), {
        encrypted: true,
      }),
    ).toEqual({ valid: false, reason: 'decrypt' });
  });
});

describe('one kind of reader refuses what the other wrote', () => {
  const plain = signer.sign('key', 'value');
  const hidden = signer.sign('key', '{"value":1}', { encrypt: true });
  const reader = new SecureCookieReader(
    signer,
    `key=${hidden}; plain=${signer.sign('plain', '1')}`,
  );

  it('text: any encrypted payload at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
        const signed = signer.sign('key', value, { encrypt: true });

        expect(signer.verify('key', signed)).toEqual({ valid: false, reason: 'encoding' });
      }),
    );
  });

  it('encrypted: text and bytes', () => {
    expect(signer.verify('key', plain, { encrypted: true })).toEqual({
      valid: false,
      reason: 'decrypt',
    });
    expect(
      signer.verify('key', signer.sign('key', payload.subarray(0, 41)), {
        encrypted: true,
        encoding: 'bytes',
      }),
    ).toEqual({ valid: false, reason: 'decrypt' });
  });

  it.each(['text', 'json'] as const)('a definition of %s: an encrypted payload', (codec) => {
    expect(reader.verify(defineSecureCookie('key', { codec } as { codec: 'text' }))).toEqual({
      valid: false,
      reason: 'encoding',
    });
  });

  it.each(['text', 'json', 'bytes'] as const)('an encrypted definition of %s: text', (codec) => {
    const definition = defineSecureCookie('plain', { codec, encrypt: true } as { codec: 'text' });

    expect(reader.verify(definition)).toEqual({ valid: false, reason: 'decrypt' });
  });

  it('and the right one reads it', () => {
    expect(reader.get(defineSecureCookie('key', { codec: 'json', encrypt: true }))).toEqual({
      value: 1,
    });
    expect(reader.get(defineSecureCookie('plain', { codec: 'json' }))).toBe(1);
  });
});

describe('format 1 carries nothing encrypted', () => {
  it('signing it throws', () => {
    expect(() => signer.sign('key', 'value', { version: 1, encrypt: true })).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'option' }),
    );
  });

  it.each(['', 'undefined', 'null'])('reading it is refused, even if it were bound to %j', (to) => {
    const signed = resignV1({ base64: base64(encrypted('value', to, SECRET)) }, SECRET);

    expect(signer.verify('key', signed, { encrypted: true, minVersion: 1 })).toEqual({
      valid: false,
      reason: 'decrypt',
    });
  });
});

describe('encryption and signature share one key and one time', () => {
  const BOTH = { 1: SECRET, 2: OTHER_SECRET };
  const reader = signerWith({ secret: BOTH, keyVersion: 2 });

  it.each([
    ['clock', 2],
    ['random', 1],
  ] as const)('also where keys are turned by the %s', (where, keyVersion) => {
    const turning: SecureCookieSigner = signerDrawing(() => turnIf('random', NONCE), {
      secret: { 1: SECRET },
      keyVersion: 1,
      clock: () => turnIf('clock', CLOCK),
    });
    function turnIf<Given>(here: 'clock' | 'random', given: Given): Given {
      if (here === where) {
        turning.replaceKeys({ secret: { 2: OTHER_SECRET }, keyVersion: 2 });
      }
      return given;
    }
    const before = turning.sign('key', 'value', { encrypt: true });
    const after = turning.sign('key', 'value', { encrypt: true });

    expect(reader.verify('key', before, { encrypted: true })).toMatchObject({
      value: 'value',
      keyVersion,
    });
    expect(reader.verify('key', after, { encrypted: true })).toMatchObject({
      value: 'value',
      keyVersion: 2,
    });
  });

  it('which is asked for once, for writing and for reading', () => {
    const times = [CLOCK, CLOCK + 1, CLOCK + 2];
    const stepping = signerWith({ clock: () => times.shift() ?? 0 });
    const signed = stepping.sign('key', 'value', { encrypt: true });

    expect(stepping.verify('key', signed, { encrypted: true })).toMatchObject({
      value: 'value',
      issuedAt: CLOCK,
    });
    expect(times).toEqual([CLOCK + 2]);
  });
});
