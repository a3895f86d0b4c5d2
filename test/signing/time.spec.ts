import { describe, expect, it } from '@jest/globals';
import { isTimely, SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV1, resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';

const SIGNED_AT = 1_300_000_000;
const MAX_AGE = 31 * 86_400;
const TOLERANCE = 300;

/** The least that a clock of today's seconds can tell: a double has 52 bits behind the first. */
const INSTANT = 2 ** -22;

const signed = resignV2Fields({ timestamp: String(SIGNED_AT) }, SECRET);
const signedV1 = resignV1({ timestamp: String(SIGNED_AT) }, SECRET);

const signerAt = (time: number, policy: object = {}): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => time, ...policy });

const verdict = (signer: SecureCookieSigner, options?: { maxAge: number }): string[] =>
  [signed, signedV1].map((value) => {
    const result = signer.verify('key', value, options);
    return result.valid ? 'valid' : result.reason;
  });

describe('the age of a value, by the signer’s maxAge', () => {
  it.each([
    ['at its date', 0, 'valid'],
    ['a day before the limit', MAX_AGE - 86_400, 'valid'],
    ['an instant before the limit', MAX_AGE - INSTANT, 'valid'],
    ['at the limit', MAX_AGE, 'valid'],
    ['an instant past it', MAX_AGE + INSTANT, 'expired'],
    ['half a second past it', MAX_AGE + 0.5, 'expired'],
    ['a second past it', MAX_AGE + 1, 'expired'],
    ['a year past it', MAX_AGE + 365 * 86_400, 'expired'],
  ])('%s it is %3$s', (_, age, expected) => {
    expect(verdict(signerAt(SIGNED_AT + age))).toEqual([expected, expected]);
  });

  it.each([
    [0, 0, 'valid'],
    [0, INSTANT, 'expired'],
    [0.5, 0.5, 'valid'],
    [0.5, 0.5 + INSTANT, 'expired'],
    [Number.MAX_SAFE_INTEGER, 90_000_000_000, 'valid'],
  ])('of %d seconds, after %d seconds it is %s', (maxAge, age, expected) => {
    expect(verdict(signerAt(SIGNED_AT + age, { maxAge }))).toEqual([expected, expected]);
  });
});

describe('the age of a value, by the maxAge of the call', () => {
  it.each([
    ['narrower', 3600, 3600, 'valid'],
    ['narrower', 3600, 3600 + INSTANT, 'expired'],
    ['none', 0, 0, 'valid'],
    ['none', 0, INSTANT, 'expired'],
    ['with a fraction', 0.25, 0.25, 'valid'],
    ['with a fraction', 0.25, 0.25 + INSTANT, 'expired'],
    ['wider', MAX_AGE * 2, MAX_AGE * 2, 'valid'],
    ['wider', MAX_AGE * 2, MAX_AGE * 2 + INSTANT, 'expired'],
  ])('%s: %d seconds, after %d seconds it is %s', (_, maxAge, age, expected) => {
    expect(verdict(signerAt(SIGNED_AT + age), { maxAge })).toEqual([expected, expected]);
  });
});

describe('a date in the future', () => {
  it.each([
    ['at the tolerance', {}, TOLERANCE, 'valid'],
    ['an instant past it', {}, TOLERANCE + INSTANT, 'future'],
    ['half a second past it', {}, TOLERANCE + 0.5, 'future'],
    ['a second past it', {}, TOLERANCE + 1, 'future'],
    ['without tolerance, at the date', { clockTolerance: 0 }, 0, 'valid'],
    ['without tolerance, an instant ahead', { clockTolerance: 0 }, INSTANT, 'future'],
    ['with half a second, at it', { clockTolerance: 0.5 }, 0.5, 'valid'],
    ['with half a second, past it', { clockTolerance: 0.5 }, 0.5 + INSTANT, 'future'],
    ['whatever maxAge is', { maxAge: 0 }, TOLERANCE, 'valid'],
    ['whatever maxAge is, past it', { maxAge: 1e9 }, TOLERANCE + INSTANT, 'future'],
    ['at the epoch', {}, SIGNED_AT, 'future'],
  ])('%s', (_, policy, ahead, expected) => {
    expect(verdict(signerAt(SIGNED_AT - ahead, policy))).toEqual([expected, expected]);
  });
});

describe('the date of a value in another format', () => {
  it.each([
    ['at its date', 0, true],
    ['at the limit', 60, true],
    ['an instant past it', 60 + INSTANT, false],
    ['before its date, at the tolerance', -TOLERANCE, true],
    ['an instant earlier', -TOLERANCE - INSTANT, false],
  ])('is judged by the same clock and tolerance, and a maxAge of its own: %s', (_, age, timely) => {
    expect(isTimely(signerAt(SIGNED_AT + age), SIGNED_AT, 60)).toBe(timely);
  });
});

describe('the date that is signed', () => {
  it.each([
    [1_300_000_000.999_999, 1_300_000_000],
    [1_300_000_000, 1_300_000_000],
    [0.999, 0],
    [999_999_999_999.75, 999_999_999_999],
  ])('at %d is %d: whole seconds, floored', (time, issuedAt) => {
    const signer = signerAt(time);

    expect(signer.verify('key', signer.sign('key', 'value'))).toMatchObject({ issuedAt });
  });

  it('loses its fraction, which the age keeps: a value lives from the whole second', () => {
    const policy = { maxAge: 10 };
    const late = signerAt(100.75, policy).sign('key', 'value');

    expect(signerAt(110, policy).unsign('key', late)).toBe('value');
    expect(signerAt(110.25, policy).verify('key', late)).toEqual({
      valid: false,
      reason: 'expired',
    });
  });
});

describe('a clock that steps', () => {
  const clock = { time: SIGNED_AT };
  const signer = new SecureCookieSigner({ secret: SECRET, clock: () => clock.time });
  const verdictAt = (time: number, value: string): string => {
    clock.time = time;
    const result = signer.verify('key', value);
    return result.valid ? 'valid' : result.reason;
  };

  it('back leaves what it signed valid as far as the tolerance reaches, and not beyond', () => {
    clock.time = SIGNED_AT;
    const value = signer.sign('key', 'value');

    expect(verdictAt(SIGNED_AT - TOLERANCE, value)).toBe('valid');
    expect(verdictAt(SIGNED_AT - TOLERANCE - INSTANT, value)).toBe('future');
    expect(verdictAt(SIGNED_AT, value)).toBe('valid');
  });

  it('back brings to life again what had expired: nothing is remembered', () => {
    expect(verdictAt(SIGNED_AT + MAX_AGE + 1, signed)).toBe('expired');
    expect(verdictAt(SIGNED_AT + MAX_AGE, signed)).toBe('valid');
  });

  it('is asked once for one value, so that it is judged by one time', () => {
    const times = [SIGNED_AT + MAX_AGE, 0];
    const stepping = new SecureCookieSigner({ secret: SECRET, clock: () => times.shift() ?? 0 });

    expect(stepping.unsign('key', signed)).toBe('value');
    expect(times).toEqual([0]);
  });
});
