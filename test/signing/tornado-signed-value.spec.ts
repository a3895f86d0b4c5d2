import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { TORNADO_TEST_SECRET } from '../support/secrets.js';
import { TORNADO_SIGNED_VALUES } from '../vectors/tornado.js';

const PRESENT = 1_300_000_000;
const PAST = PRESENT - 86_400 * 32;

const signerAt = (time: number, secret: string = TORNADO_TEST_SECRET): SecureCookieSigner =>
  new SecureCookieSigner({ secret, allowWeakSecrets: true, minVersion: 1, clock: () => time });

describe('values that Tornado made', () => {
  it.each(TORNADO_SIGNED_VALUES)(
    'v$version of "$name" is written and read byte for byte ($source)',
    ({ secret, clock, version, name, value, signed }) => {
      const signer = signerAt(clock, secret);

      expect(signer.sign(name, value, { version })).toBe(signed);
      expect(signer.verify(name, signed)).toEqual({
        valid: true,
        value,
        issuedAt: Math.floor(clock),
        version,
        keyVersion: 0,
        current: version === 2,
      });
    },
  );
});

/** The cases of SignedValueTest in Tornado's tornado/test/web_test.py, under their own names. */
describe("Tornado's SignedValueTest", () => {
  const signer = signerAt(PRESENT);
  const PREFIX = '2|1:0|10:1300000000|3:key|8:dmFsdWU=|';
  const SIGNATURE = '3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152';

  it('test_known_values: format 2 is the default', () => {
    expect(signer.sign('key', 'value')).toBe(PREFIX + SIGNATURE);
    expect(signer.unsign('key', PREFIX + SIGNATURE, { minVersion: 2 })).toBe('value');
  });

  it('test_name_swap', () => {
    const first = signer.sign('key1', 'value');
    const second = signer.sign('key2', 'value');

    expect(signer.verify('key2', first)).toEqual({ valid: false, reason: 'name' });
    expect(signer.verify('key1', second)).toEqual({ valid: false, reason: 'name' });
  });

  it('test_expired', () => {
    const signed = signerAt(PAST).sign('key1', 'value');

    expect(signerAt(PAST).unsign('key1', signed)).toBe('value');
    expect(signer.verify('key1', signed)).toEqual({ valid: false, reason: 'expired' });
  });

  it.each([
    ['another key version', '2|1:1|10:1300000000|3:key|8:dmFsdWU=|', 'signature'],
    ['a field too short', '2|1:0|10:130000000|3:key|8:dmFsdWU=|', 'malformed'],
    ['a field too long', '2|1:0|10:1300000000|3:keey|8:dmFsdWU=|', 'malformed'],
  ])('test_payload_tampering: %s', (_, prefix, reason) => {
    expect(signer.verify('key', prefix + SIGNATURE)).toEqual({ valid: false, reason });
  });

  it.each([
    ['all zeros', '0'.repeat(32), 'malformed'],
    ['the first digit changed', SIGNATURE.replace(/^3/, '4'), 'signature'],
    ['a digit left out', SIGNATURE.slice(1), 'malformed'],
    ['the last digit changed', SIGNATURE.replace(/2$/, '3'), 'signature'],
    ['truncated', SIGNATURE.slice(0, -1), 'malformed'],
    ['lengthened', `${SIGNATURE}8`, 'malformed'],
  ])('test_signature_tampering: %s', (_, signature, reason) => {
    expect(signer.verify('key', PREFIX + signature)).toEqual({ valid: false, reason });
  });

  it('test_non_ascii', () => {
    const signed = signer.sign('key', Uint8Array.of(0xe9));

    expect(signer.unsign('key', signed, { encoding: 'bytes' })).toEqual(Uint8Array.of(0xe9));
  });

  const SECRETS = { 0: 'asdfbasdf', 1: '12312312', 2: '2342342' };
  const signerWith = (secret: Record<number, string>, keyVersion: number): SecureCookieSigner =>
    new SecureCookieSigner({ secret, keyVersion, allowWeakSecrets: true, clock: () => PRESENT });

  it.each([
    ['test_key_versioning_read_write_default_key', 0],
    ['test_key_versioning_read_write_non_default_key', 1],
  ])('%s', (_, keyVersion) => {
    const signed = signerWith(SECRETS, keyVersion).sign('key', 'value');

    expect(signerWith(SECRETS, 2).unsign('key', signed)).toBe('value');
  });

  it('test_key_versioning_invalid_key', () => {
    const signed = signerWith(SECRETS, 0).sign('key', 'value');
    const newKeys = { 1: SECRETS[1], 2: SECRETS[2] };

    expect(signerWith(newKeys, 1).verify('key', signed)).toEqual({
      valid: false,
      reason: 'unknown-key',
    });
  });

  it('test_key_version_retrieval', () => {
    const signed = signerWith(SECRETS, 1).sign('key', 'value');

    expect(signerWith(SECRETS, 2).verify('key', signed)).toMatchObject({ keyVersion: 1 });
  });
});
