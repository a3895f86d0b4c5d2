import { describe, expect, it } from '@jest/globals';
import { signDated, SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV1, resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;

const signer = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => NOW });

describe('the options of sign', () => {
  it.each([
    ['nothing', undefined, resignV2Fields({}, SECRET)],
    ['no option', {}, resignV2Fields({}, SECRET)],
    ['version 2, not encrypted', { version: 2, encrypt: false }, resignV2Fields({}, SECRET)],
    ['version 1', { version: 1 }, resignV1({}, SECRET)],
  ] as const)('%s', (_, options, signed) => {
    expect(signer.sign('key', 'value', options)).toBe(signed);
  });

  it.each([
    [
      'one that is misspelt',
      { encrypted: true },
      'There is no option "encrypted": use version, encrypt; did you mean "encrypt"?',
    ],
    [
      'text instead of options',
      'encrypt',
      'The options must be a plain object, such as { version, encrypt }, and not a string.',
    ],
    ['text for encrypt', { encrypt: 'true' }, 'The option "encrypt" must be true or false.'],
    [
      'both, which exclude each other',
      { version: 1, encrypt: true },
      'Format 1 cannot be encrypted: leave out "version: 1".',
    ],
  ])('are refused: %s', (_, options, message) => {
    expect(thrownBy(() => signer.sign('key', 'value', options as never))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
      message,
    });
  });
});

describe('a date that is given', () => {
  it('is signed in the place of the clock’s', () => {
    expect(signDated(signer, 'key', 'value', false, NOW - 5)).toBe(
      resignV2Fields({ timestamp: `${NOW - 5}` }, SECRET),
    );
  });

  it('is signed with an encrypted value', () => {
    const signed = signDated(signer, 'key', 'value', true, NOW - 5);

    expect(signer.verify('key', signed, { encrypted: true })).toMatchObject({
      value: 'value',
      issuedAt: NOW - 5,
    });
  });
});
