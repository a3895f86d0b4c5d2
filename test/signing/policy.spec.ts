import { describe, expect, it } from '@jest/globals';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

/** A code to branch on, and a message that names the option to change. */
const refusal = (code: string, option: string): unknown =>
  expect.objectContaining({
    name: 'SecureCookieError',
    code,
    message: expect.stringContaining(`option "${option}" must`),
  });

const signerAt = (time: unknown): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, clock: () => time as never });

const notDurations = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -Number.MIN_VALUE,
  '3600',
  '',
  null,
  true,
  3600n,
  [3600],
  new Date(0),
];

const notVersions = [0, 3, 1.5, Number.NaN, '1', '2', null, true, [2]];

describe('the options of a signer', () => {
  it.each([
    ...notDurations.map((value) => ['maxAge', value] as const),
    ...notDurations.map((value) => ['clockTolerance', value] as const),
    ...notVersions.map((value) => ['minVersion', value] as const),
    ...['true', 1, 0, null].map((value) => ['allowWeakSecrets', value] as const),
    ...[1_300_000_000, 'now', null, {}, new Date(0)].map((value) => ['clock', value] as const),
  ])('%s: %p is refused at construction', (option, value) => {
    expect(() => new SecureCookieSigner({ secret: SECRET, [option]: value })).toThrow(
      refusal('option', option),
    );
  });

  it.each([
    ['maxAge', 0],
    ['maxAge', 0.5],
    ['maxAge', Number.MAX_SAFE_INTEGER],
    ['clockTolerance', 0],
    ['clockTolerance', 0.5],
    ['minVersion', 1],
    ['minVersion', 2],
  ])('%s: %p is accepted', (option, value) => {
    expect(() => new SecureCookieSigner({ secret: SECRET, [option]: value })).not.toThrow();
  });

  it('are, where left out or undefined, 31 days, format 2, and the system’s clock', () => {
    const signer = new SecureCookieSigner({
      secret: SECRET,
      maxAge: undefined,
      minVersion: undefined,
      clockTolerance: undefined,
      allowWeakSecrets: undefined,
      clock: undefined,
    });
    const before = Date.now() / 1000;
    const now = signer.now();

    expect(signer.maxAge).toBe(31 * 86_400);
    expect(signer.minVersion).toBe(2);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() / 1000);
  });
});

describe('the options of one call', () => {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const signed = signer.sign('key', 'value');

  it.each([
    ...notDurations.map((value) => ['maxAge', value] as const),
    ...notVersions.map((value) => ['minVersion', value] as const),
    ...['utf-8', 'hex', '', null].map((value) => ['encoding', value] as const),
    ...['true', 1, 0, null].map((value) => ['encrypted', value] as const),
  ])('reading with %s: %p throws, whatever the client sent', (option, value) => {
    const options = { [option]: value } as never;

    expect(() => signer.verify('key', signed, options)).toThrow(refusal('option', option));
    expect(() => signer.verify('key', undefined, options)).toThrow(refusal('option', option));
    expect(() => signer.unsign('key', 'forged', options)).toThrow(refusal('option', option));
    expect(() => new SecureCookieReader(signer, '').get('key', options)).toThrow(
      refusal('option', option),
    );
  });

  it.each(notVersions)('signing with version: %p throws', (version) => {
    expect(() => signer.sign('key', 'value', { version } as never)).toThrow(
      refusal('option', 'version'),
    );
  });

  it.each(['true', 1, 0, null])('signing with encrypt: %p throws', (encrypt) => {
    expect(() => signer.sign('key', 'value', { encrypt } as never)).toThrow(
      refusal('option', 'encrypt'),
    );
  });

  it('signing with both version 1 and encrypt throws, and says which to leave out', () => {
    expect(() => signer.sign('key', 'value', { version: 1, encrypt: true })).toThrow(
      expect.objectContaining({
        code: 'option',
        message: 'Format 1 cannot be encrypted: leave out "version: 1".',
      }),
    );
  });

  it('is refused if it is misspelt', () => {
    expect(() => signer.verify('key', signed, { maxage: 60 } as never)).toThrow(
      expect.objectContaining({
        name: 'SecureCookieError',
        code: 'option',
        message: expect.stringContaining('did you mean "maxAge"?'),
      }),
    );
  });

  it('may be undefined, as if left out', () => {
    const options = {
      maxAge: undefined,
      minVersion: undefined,
      encoding: undefined,
      encrypted: undefined,
    };
    const again = signer.sign('key', 'value', { version: undefined, encrypt: undefined });

    expect(signer.unsign('key', signed, options)).toBe('value');
    expect(signer.unsign('key', again)).toBe('value');
    expect(again).toMatch(/^2\|/);
  });

  it('may be what they are by default', () => {
    const options = {
      maxAge: signer.maxAge,
      minVersion: 2,
      encoding: 'utf8',
      encrypted: false,
    } as const;

    expect(signer.unsign('key', signed, options)).toBe('value');
    expect(signer.unsign('key', signer.sign('key', 'value', { version: 2, encrypt: false }))).toBe(
      'value',
    );
  });

  it('leave the next call as it was', () => {
    const old = resignV2Fields({ timestamp: String(Math.floor(signer.now()) - 10) }, SECRET);

    expect(signer.verify('key', old, { maxAge: 5 })).toEqual({ valid: false, reason: 'expired' });
    expect(signer.unsign('key', old)).toBe('value');
  });
});

it('a source of random bytes is not an option: reusing a nonce reveals plaintexts', () => {
  const options = { secret: SECRET, random: () => new Uint8Array(24) };

  expect(() => new SecureCookieSigner(options)).toThrow(
    expect.objectContaining({
      code: 'option',
      message: expect.stringContaining('There is no option "random"'),
    }),
  );
});

describe('a clock', () => {
  const authentic = resignV2Fields({}, SECRET);

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a negative number', -1],
    ['text', '1300000000'],
    ['undefined', undefined],
    ['null', null],
    ['a Date', new Date(1_300_000_000_000)],
    ['a bigint', 1_300_000_000n],
    ['a promise', Promise.resolve(1_300_000_000)],
    ['milliseconds', 1_300_000_000_000],
    ['the first second of thirteen digits', 1e12],
  ])('that gives %s is refused wherever it is asked', (_, time) => {
    const signer = signerAt(time);

    expect(() => signer.now()).toThrow(refusal('clock', 'clock'));
    expect(() => signer.sign('key', 'value')).toThrow(refusal('clock', 'clock'));
    expect(() => signer.sign('key', 'value', { version: 1 })).toThrow(refusal('clock', 'clock'));
    expect(() => signer.verify('key', authentic)).toThrow(refusal('clock', 'clock'));
    expect(() => signer.unsign('key', authentic)).toThrow(refusal('clock', 'clock'));
  });

  it.each([0, 0.5, 1_300_000_000, 999_999_999_999])('may give %d', (time) => {
    const signer = signerAt(time);

    expect(signer.verify('key', signer.sign('key', 'value'))).toMatchObject({
      value: 'value',
      issuedAt: Math.floor(time),
    });
  });

  it('that itself signs and verifies does not disturb the call that asked it', () => {
    let inner = '';
    const other = 'o'.repeat(3000);
    const signer: SecureCookieSigner = new SecureCookieSigner({
      secret: SECRET,
      clock: () => {
        if (inner === '') {
          inner = 'signing';
          inner = signer.sign('other', other);
          signer.verify('other', inner);
        }
        return 1_300_000_000;
      },
    });

    expect(signer.sign('key', 'value')).toBe(authentic);
    inner = '';
    expect(signer.verify('key', authentic)).toMatchObject({ valid: true, value: 'value' });
    expect(signer.unsign('other', inner)).toBe(other);
  });
});
