import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { SECRET } from '../support/secrets.js';
import { signer } from '../support/signed-cookies.js';

const SIGNED = signer.sign('user', 'alice');
const FORGED = SIGNED.slice(0, -1);

const reader = (header: string | undefined): SecureCookieReader =>
  new SecureCookieReader(signer, header);

/** The value of a cookie that was signed at a date, in seconds since the epoch. */
const at = (date: number, value: string): string =>
  new SecureCookieSigner({ secret: SECRET, clock: () => date }).sign('user', value);

/** Follows this many cookies of its name that were not signed. */
const behind = (count: number): string => `${'user=x; '.repeat(count)}user=${SIGNED}`;

/** A header that counts the passes over it. */
class CountedHeader extends String {
  passes = 0;

  override indexOf(searched: string, position?: number): number {
    this.passes += searched === ';' && position === 0 ? 1 : 0;
    return super.indexOf(searched, position);
  }
}

describe('a reader of a Cookie header', () => {
  it('gives the value, or undefined', () => {
    expect(reader(`a=1; user=${SIGNED}`).get('user')).toBe('alice');
    expect(reader(`a=1; user=${SIGNED}`).get('a')).toBeUndefined();
    expect(reader('').get('user')).toBeUndefined();
    expect(reader(undefined).get('user')).toBeUndefined();
  });

  it('gives the result with its date, format and key version', () => {
    expect(reader(`user=${SIGNED}`).verify('user')).toEqual({
      valid: true,
      value: 'alice',
      issuedAt: Number(/\|10:([0-9]+)\|/.exec(SIGNED)?.[1]),
      version: 2,
      keyVersion: 0,
      current: true,
    });
  });

  it.each([
    ['no header', undefined, 'missing'],
    ['another cookie', 'a=1', 'missing'],
    ['an empty one', 'user=', 'missing'],
    ['a truncated one', `user=${FORGED}`, 'malformed'],
    ['one of another name', `user=${signer.sign('admin', 'alice')}`, 'name'],
    ['two, of which the first is the reason', `user=x; user=${FORGED}x`, 'malformed'],
    ['two, of which the first one is empty', `user=; user=${FORGED}`, 'missing'],
  ])('gives the reason why there is none: %s', (_what, header, reason) => {
    expect(reader(header).verify('user')).toEqual({ valid: false, reason });
  });

  it('reads with the options of the call', () => {
    const bytes = Uint8Array.of(0, 255);
    const header = `user=${SIGNED}; bytes=${signer.sign('bytes', bytes)}; v1=${signer.sign('v1', 'a', { version: 1 })}`;

    expect(reader(header).get('bytes')).toBeUndefined();
    expect(reader(header).get('bytes', { encoding: 'bytes' })).toEqual(bytes);
    expect(reader(header).get('v1')).toBeUndefined();
    expect(reader(header).get('v1', { minVersion: 1 })).toBe('a');
    expect(() => reader(header).get('user', { maxAge: -1 })).toThrow(
      expect.objectContaining({ code: 'option' }),
    );
  });

  describe('of several that verify, the newest counts', () => {
    const now = Math.floor(signer.now());
    const [old, new1, new2] = [at(now - 60, 'old'), at(now, 'new'), at(now, 'as new')];
    const tampered = `${at(now, 'forged').slice(0, -1)}x`;
    const expired = at(now - 40 * 86_400, 'expired');
    const future = at(now + 3600, 'future');
    const Defined = defineSecureCookie('user', {
      schema: z.string().startsWith('new'),
      codec: 'text',
    });

    it.each([
      ['the older first, as browsers send them', [old, new1], 'new'],
      ['the newer first', [new1, old], 'new'],
      ['of one date, the first', [new1, new2], 'new'],
      ['among what does not verify', [tampered, old, expired, new1, future], 'new'],
      ['a date to come is none', [old, future], 'old'],
    ])('%s', (_what, values, expected) => {
      const header = values.map((value) => `user=${value}`).join('; ');

      expect(reader(header).get('user')).toBe(expected);
      expect(reader(header).verify('user')).toMatchObject({ valid: true, value: expected });
    });

    it('and what the schema refuses does not verify', () => {
      const header = `user=${old}; user=${at(now - 1, 'new, but not newest')}; user=${new2}`;

      expect(reader(header).get(Defined)).toBe('new, but not newest');
      expect(reader(`user=${old}; user=${new2}`).verify(Defined)).toEqual({
        valid: false,
        reason: 'schema',
      });
    });
  });

  it('tries 16 cookies of one name, and no more', () => {
    expect(reader(behind(15)).get('user')).toBe('alice');
    expect(reader(behind(16)).get('user')).toBeUndefined();
  });

  it('passes over the header once for each name, however often it is read', () => {
    const header = new CountedHeader(`user=${SIGNED}`);
    // A string to all who read it.
    const counted = reader(header as unknown as string);

    expect([counted.get('user'), counted.get('user'), counted.verify('user').valid]).toEqual([
      'alice',
      'alice',
      true,
    ]);
    expect(header.passes).toBe(1);
    expect([counted.get('absent'), counted.get('absent')]).toEqual([undefined, undefined]);
    expect(header.passes).toBe(2);
  });
});
