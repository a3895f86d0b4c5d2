import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  cookieSignature,
  defineSecureCookie,
  SecureCookieReader,
  SecureCookieSigner,
  tornadoV1,
} from 'nestjs-secure-cookie';
import { CookieMint } from '../../lib/testing/cookie-mint.js';

/*
 * Node gives small Buffers out of a pool that all code of the process shares, and clears nothing that
 * was in it: whoever sends a piece of it that was never written to, or reads `Buffer.from('x').buffer`,
 * sees what others left there.
 */

/** The memory that the next small Buffer comes out of. */
function pool(): Uint8Array {
  return new Uint8Array(Buffer.from('x').buffer);
}

/** A run of bytes this long is no accident. */
const TELLTALE_LENGTH = 8;

/** How many runs of these bytes lie in the pool, before or after it was replaced within a call. */
function leftInPool(call: () => unknown, ...traces: readonly Uint8Array[]): number {
  // Views, all of them: a copy would come out of the pool.
  const before = pool();
  call();
  const memory = [before, pool()].map((bytes) => Buffer.from(bytes.buffer));
  return traces
    .flatMap((trace) =>
      Array.from({ length: trace.length - TELLTALE_LENGTH + 1 }, (_, start) =>
        Buffer.from(trace.buffer, trace.byteOffset + start, TELLTALE_LENGTH),
      ),
    )
    .filter((run) => memory.some((bytes) => bytes.includes(run))).length;
}

/** Made in memory of its own, as everything here: the test must not leave what it looks for. */
function text(length: number): string {
  return Array.from({ length }, (_, index) =>
    String.fromCharCode(97 + ((index * 7 + random()) % 26)),
  ).join('');
}

function random(): number {
  return new DataView(crypto.getRandomValues(new Uint8Array(4)).buffer).getUint32(0);
}

const encoder = new TextEncoder();

/** All that is made of a secret: itself, padded for HMAC, and the keys of the cipher. */
function tracesOf(secret: Uint8Array): readonly Uint8Array[] {
  const key = new Uint8Array(
    hkdfSync('sha256', secret, '', 'nestjs-secure-cookie/xaes-256-gcm/v1', 32),
  );
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const block = new Uint8Array(aes.update(new Uint8Array(16)));
  const subkey = block.map((byte, index) => (byte << 1) | ((block[index + 1] ?? 0) >> 7));
  subkey[15] = (subkey[15] ?? 0) ^ (((block[0] ?? 0) >> 7) * 0x87);
  const pad = (byte: number): Uint8Array => secret.map((each) => each ^ byte);
  return [secret, pad(0x36), pad(0x5c), key, block, subkey];
}

const lengths = [32, 33, 64, 65, 200];

describe('the pool that all Buffers share', () => {
  it('shows what a Buffer of a text held: what is looked for is found', () => {
    const secret = text(40);

    expect(leftInPool(() => undefined, encoder.encode(secret))).toBe(0);
    expect(leftInPool(() => Buffer.from(secret), encoder.encode(secret))).toBe(33);
  });

  it.each(lengths)(
    'holds no secret of %i bytes, text or bytes, after a signer is made',
    (length) => {
      const secret = text(length);
      const bytes = randomBytes(length);

      expect(
        leftInPool(() => new SecureCookieSigner({ secret }), ...tracesOf(encoder.encode(secret))),
      ).toBe(0);
      expect(leftInPool(() => new SecureCookieSigner({ secret: bytes }), ...tracesOf(bytes))).toBe(
        0,
      );
    },
  );
  it.each(lengths)(
    'nor one of %i bytes after keys were replaced, and after others were refused',
    (length) => {
      const [first, second, weak] = [text(length), text(length), text(20)];
      const signer = new SecureCookieSigner({ secret: first });
      const calls = (): void => {
        signer.replaceKeys({ secret: { 1: first, 2: second }, keyVersion: 2 });
        for (const secret of [weak, ` ${second}`, [second]]) {
          try {
            signer.replaceKeys({ secret } as never);
          } catch {
            // As it should.
          }
        }
      };

      expect(
        leftInPool(
          calls,
          ...[first, second].flatMap((secret) => tracesOf(encoder.encode(secret))),
          encoder.encode(weak),
        ),
      ).toBe(0);
    },
  );

  const secret = text(40);
  const signer = new SecureCookieSigner({ secret, minVersion: 1 });
  const keys = tracesOf(encoder.encode(secret));

  it.each<[string, () => unknown]>([
    ['signing', () => signer.sign('key', 'value')],
    ['signing in format 1', () => signer.sign('key', 'value', { version: 1 })],
    ['encrypting', () => signer.sign('key', 'value', { encrypt: true })],
  ])('no key after %s, and reading that', (_, sign) => {
    let signed: unknown;

    expect(leftInPool(() => (signed = sign()), ...keys)).toBe(0);
    expect(
      leftInPool(
        () => {
          signer.verify('key', String(signed));
          signer.verify('key', String(signed), { encrypted: true });
          signer.verify('key', `${String(signed).slice(0, -1)}x`);
        },
        ...keys,
      ),
    ).toBe(0);
  });

  it.each([
    ['text', (plaintext: string) => plaintext],
    ['text beyond ASCII', (plaintext: string) => `ä${plaintext}🍪`],
    ['bytes', (plaintext: string) => encoder.encode(plaintext)],
  ])('no plaintext after %s was encrypted and decrypted', (_, valueOf) => {
    for (const length of [8, 20, 100, 1000, 4000]) {
      const plaintext = text(length);
      const trace = encoder.encode(plaintext);
      let signed = '';

      expect(
        leftInPool(() => {
          signed = signer.sign('key', valueOf(plaintext), { encrypt: true });
        }, trace),
      ).toBe(0);
      for (const encoding of ['utf8', 'bytes'] as const) {
        expect(
          leftInPool(() => {
            expect(signer.verify('key', signed, { encrypted: true, encoding }).valid).toBe(true);
          }, trace),
        ).toBe(0);
      }
    }
  });

  it('nor any value after it was signed, and read', () => {
    const value = `ä${text(100)}`;
    const trace = encoder.encode(value);
    let signed = '';

    expect(leftInPool(() => (signed = signer.sign('key', value)), trace)).toBe(0);
    expect(leftInPool(() => signer.unsign('key', signed), trace)).toBe(0);
    expect(leftInPool(() => signer.unsign('key', signed, { encoding: 'bytes' }), trace)).toBe(0);
  });

  it.each(['json', 'text', 'bytes'] as const)(
    'nor the value of a defined, encrypted cookie of codec %s',
    (codec) => {
      const plaintext = text(100);
      const given = codec === 'bytes' ? encoder.encode(plaintext) : plaintext;
      const Session = defineSecureCookie('session', {
        codec: codec as 'text',
        encrypt: true,
        absoluteMaxAge: 86_400 * 31,
      });
      const mint = new CookieMint({ secret });
      let header = '';

      expect(
        leftInPool(() => {
          header = mint.valid(Session, given as string);
        }, encoder.encode(plaintext)),
      ).toBe(0);
      expect(
        leftInPool(() => {
          expect(new SecureCookieReader(signer, header).get(Session)).toEqual(given);
        }, encoder.encode(plaintext)),
      ).toBe(0);
    },
  );

  it('nor the secrets of formats that came before', () => {
    const [first, second] = [text(40), text(70)];
    const until = new Date('2999-01-01');
    const make = (): void => {
      const formats = [
        cookieSignature({ secrets: [first], until }),
        tornadoV1({ secret: second, until }),
      ];
      for (const format of formats) {
        format.read({
          name: 'key',
          value: 's:value.jH4kF1s9sQeW6rTzUiOpAsDfGhJkLyXcVbNmQwErTz8',
          now: 1,
          maxAge: 1,
        });
        format.read({
          name: 'key',
          value: `dmFsdWU=|1300000000|${'0'.repeat(40)}`,
          now: 1,
          maxAge: 1,
        });
      }
    };

    expect(
      leftInPool(make, ...[first, second].flatMap((each) => tracesOf(encoder.encode(each)))),
    ).toBe(0);
  });
});
