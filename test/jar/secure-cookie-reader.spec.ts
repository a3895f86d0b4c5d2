import { describe, expect, it } from '@jest/globals';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { signer } from '../support/signed-cookies.js';

const SIGNED = signer.sign('user', 'alice');
const FORGED = SIGNED.slice(0, -1);

const reader = (header: string | undefined): SecureCookieReader =>
  new SecureCookieReader(signer, header);

/** Behind so many cookies of its name that were not signed. */
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
