import { describe, expect, it } from '@jest/globals';
import { CurrentKeys } from '../../lib/signing/current-keys.js';
import {
  keepFresh,
  refuseSecrets,
  SecureCookieSigner,
} from '../../lib/signing/secure-cookie-signer.js';
import { resignV2Fields } from '../support/resign.js';
import { distinctText, OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;
const UNKNOWN_KEY = { valid: false, reason: 'unknown-key' };

const signed = resignV2Fields({ keyVersion: '1' }, SECRET);

/** A signer with key 1, and how often a value asked for keys that are not there. */
function signerWithFreshness(isStale: () => boolean) {
  const signer = new SecureCookieSigner({ secret: { 1: SECRET }, keyVersion: 1, clock: () => NOW });
  const asked = { times: 0 };
  keepFresh(signer, {
    isStale,
    hasten: () => {
      asked.times += 1;
    },
  });
  return { signer, asked };
}

describe('keys that are too old', () => {
  it('count as withdrawn, for as long as they are', () => {
    const state = { stale: false };
    const { signer } = signerWithFreshness(() => state.stale);
    const before = signer.unsign('key', signed);
    state.stale = true;
    const verdict = signer.verify('key', signed);
    const error = thrownBy(() => signer.sign('key', 'value'));
    state.stale = false;

    expect([before, verdict]).toEqual(['value', UNKNOWN_KEY]);
    expect(error).toMatchObject({ name: 'SecureCookieError', code: 'keys-stale' });
    expect(signer.sign('key', 'value')).toBe(signed);
  });
});

describe('a value that asks for keys that are not there', () => {
  it.each([
    ['with a key version that is not known', resignV2Fields({ keyVersion: '2' }, SECRET), 1],
    ['with a signature that is wrong', resignV2Fields({ keyVersion: '1' }, OTHER_SECRET), 0],
    ['under another name', resignV2Fields({ keyVersion: '1', name: 'other' }, SECRET), 0],
    ['that is no signed value', 'value', 0],
    ['that is missing', undefined, 0],
    ['that verifies', signed, 0],
  ])('is one %s: %3$s', (_, value, times) => {
    const { signer, asked } = signerWithFreshness(() => false);
    signer.verify('key', value);

    expect(asked.times).toBe(times);
  });

  it('is any signed one, once the keys were withdrawn', () => {
    const { signer, asked } = signerWithFreshness(() => false);
    signer.withdrawKeys();

    expect(signer.verify('key', signed)).toEqual(UNKNOWN_KEY);
    expect(asked.times).toBe(1);
  });

  it('is none for a single secret, which reads every version', () => {
    const { signer, asked } = signerWithFreshness(() => false);
    signer.replaceKeys({ secret: OTHER_SECRET });
    signer.verify('key', resignV2Fields({ keyVersion: '7' }, SECRET));

    expect(asked.times).toBe(0);
  });
});

describe('secrets that were refused', () => {
  const foreign = [distinctText(40), distinctText(41), distinctText(42)];

  it.each(foreign)('stay so, each of several: %s', (secret) => {
    const keys = new CurrentKeys({ secret: SECRET }, false, () => NOW);
    keys.refuse(foreign.slice(0, 1));
    keys.refuse(foreign.slice(1));

    expect(thrownBy(() => keys.replace({ secret }))).toMatchObject({ code: 'secret-reused' });
    expect(() => keys.replace({ secret: OTHER_SECRET })).not.toThrow();
  });

  it('are copied: bytes that are overwritten stay refused as they were', () => {
    const secret = new TextEncoder().encode(OTHER_SECRET);
    const signer = new SecureCookieSigner({ secret: SECRET });
    refuseSecrets(signer, [secret]);
    secret.fill(0);

    expect(thrownBy(() => signer.replaceKeys({ secret: OTHER_SECRET }))).toMatchObject({
      code: 'secret-reused',
    });
  });
});
