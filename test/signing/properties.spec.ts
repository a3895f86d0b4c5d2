import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { isCookieName } from '../../lib/cookie-name.js';
import { resignV2 } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;
const signer = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => CLOCK });

const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const names = fc
  .string({ unit: fc.constantFrom(...Array.from(TCHARS)), minLength: 1, maxLength: 60 })
  .filter((name) => isCookieName(name));
const texts = fc.string({ unit: 'binary', maxLength: 300 });
const byteValues = fc.uint8Array({ maxLength: 300 });
const versions = fc.constantFrom(1 as const, 2 as const);

describe('what is signed verifies', () => {
  it('any permitted name with any text comes back as it was', () => {
    fc.assert(
      fc.property(names, texts, versions, (name, value, version) => {
        expect(signer.verify(name, signer.sign(name, value, { version }))).toEqual({
          valid: true,
          value,
          issuedAt: CLOCK,
          version,
          keyVersion: 0,
          current: version === 2,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('any permitted name with any bytes comes back as it was', () => {
    fc.assert(
      fc.property(names, byteValues, versions, (name, value, version) => {
        const signed = signer.sign(name, value, { version });

        expect(signer.unsign(name, signed, { encoding: 'bytes' })).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('and under another name it never does, in format 2', () => {
    fc.assert(
      fc.property(names, names, texts, (name, other, value) => {
        fc.pre(name !== other);

        expect(signer.verify(other, signer.sign(name, value))).toEqual({
          valid: false,
          reason: 'name',
        });
      }),
      { numRuns: 1000 },
    );
  });
});

/**
 * From few characters, so that two draws are often near to each other or equal: the same ones told
 * apart at another place, keys that differ in the zeros which HMAC pads them with.
 */
const signings = fc.record({
  name: fc.string({ unit: fc.constantFrom('a', '1', '|', '.'), minLength: 1, maxLength: 3 }),
  value: fc.string({ unit: fc.constantFrom('\0', 'a', 'i'), maxLength: 2 }),
  time: fc.constantFrom(1, 1.5, 2, 11, 12),
  secret: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3, max: 1 }),
    fc.constantFrom(64, 65).map((length) => new Uint8Array(length)),
  ),
});

type Signing = typeof signings extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** What a v2 value must tell apart: the key as HMAC pads it, and the date in whole seconds. */
function identity({ name, value, time, secret }: Signing): string {
  const key = secret.length > 64 ? 'hashed' : Buffer.from(secret).toString('hex').padEnd(128, '0');
  return JSON.stringify([name, value, Math.floor(time), key]);
}

function sign({ name, value, time, secret }: Signing): string {
  return new SecureCookieSigner({
    secret,
    allowWeakSecrets: true,
    clock: () => time,
  }).sign(name, value);
}

describe('what is signed in format 2 is told apart', () => {
  it('two are the same if and only if name, value, second and padded key are', () => {
    const seen = { same: 0, different: 0 };
    fc.assert(
      fc.property(signings, signings, (first, second) => {
        const same = identity(first) === identity(second);
        seen[same ? 'same' : 'different'] += 1;

        expect(sign(first) === sign(second)).toBe(same);
      }),
      { numRuns: 5000 },
    );

    expect(seen.different).toBeGreaterThan(1000);
  });

  it('also where a thousand are compared with each other', () => {
    fc.assert(
      fc.property(fc.array(signings, { minLength: 1000, maxLength: 1000 }), (drawn) => {
        const identities = new Map(drawn.map((signing) => [sign(signing), identity(signing)]));

        expect(new Set(identities.values()).size).toBe(identities.size);
        expect(identities.size).toBe(new Set(drawn.map(identity)).size);
        expect(identities.size).toBeLessThan(drawn.length);
      }),
      { numRuns: 3 },
    );
  });
});

/** Texts that come the nearer to a signed value the further down they stand. */
const forgeries = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...Array.from('2|:013=ad\0')), maxLength: 60 }),
  fc.stringMatching(/^2\|1:[0-9]\|10:[0-9]{10}\|3:key\|8:[A-Za-z0-9+/=]{8}\|[0-9a-f]{64}$/),
  fc.stringMatching(/^[A-Za-z0-9+/]{7}=\|13000000[0-9]{2}\|[0-9a-f]{40}$/),
);

describe('what was not signed never verifies, and never throws', () => {
  it('any text at all', () => {
    fc.assert(
      fc.property(forgeries, fc.boolean(), (forgery, asBytes) => {
        const options = { encoding: asBytes ? 'bytes' : 'utf8' } as const;

        expect(signer.verify('key', forgery, options).valid).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('any name at all, with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), forgeries, (name, forgery) => {
        expect(signer.verify(name, forgery).valid).toBe(false);
      }),
    );
  });

  it('any value at all in its place', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        expect(signer.verify('key', value as never).valid).toBe(false);
      }),
    );
  });

  it('any fields at all under the right signature, but the strict ones that it is made of', () => {
    const fields = fc.string({
      unit: fc.constantFrom(...Array.from('2|:013=ad key')),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fields, (text) => {
        expect(signer.verify('key', resignV2(`2|${text}`, SECRET)).valid).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
});
