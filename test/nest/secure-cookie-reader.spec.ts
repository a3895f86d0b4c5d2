import { describe, expect, it } from '@jest/globals';
import { SecureCookieReader, SecureCookieSigner } from 'nestjs-secure-cookie';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const signer = new SecureCookieSigner({ secret: SECRET });
const forger = new SecureCookieSigner({ secret: OTHER_SECRET });

const good = signer.sign('user', 'alice');
const planted = signer.sign('user', 'mallory');
const forged = forger.sign('user', 'mallory');
const moved = signer.sign('nickname', 'mallory');

/** What a reader finds where these cookies come under one name. */
function read(...values: string[]) {
  const header = values.map((value) => `user=${value}`).join('; ');
  return new SecureCookieReader(signer, header).verify('user');
}

describe('of several cookies of one name', () => {
  it.each([
    ['a forged one first', [forged, good]],
    ['a forged one last', [good, forged]],
    ['one of another name around it', [moved, good, moved]],
    ['an empty one first', ['', good]],
    ['garbage around it', ['%', '"', good, '|', '2|']],
    ['15 bad ones first', [...Array.from({ length: 15 }, () => forged), good]],
    ['200 bad ones behind it', [good, ...Array.from({ length: 200 }, () => forged)]],
  ])('the one that verifies counts: %s', (_where, values) => {
    expect(read(...values)).toMatchObject({ valid: true, value: 'alice' });
  });

  it('the first of two that verify counts: a planted one can not be told', () => {
    expect(read(good, planted)).toMatchObject({ valid: true, value: 'alice' });
    expect(read(planted, good)).toMatchObject({ valid: true, value: 'mallory' });
  });

  it.each([
    ['forged', [forged, moved], 'signature'],
    ['of another name', [moved, forged], 'name'],
    ['malformed', ['2|', moved, forged], 'malformed'],
  ])('none verifies: the reason is that of the first, here %s', (_first, values, reason) => {
    expect(read(...values)).toEqual({ valid: false, reason });
  });

  it('16 are tried and no more', () => {
    expect(read(...Array.from({ length: 16 }, () => moved), good)).toEqual({
      valid: false,
      reason: 'name',
    });
  });
});

describe('a cookie that others wrote down', () => {
  it.each([
    ['as it is', good],
    ['in quotes, as Python does', `"${good}"`],
    ['percent-encoded, as Express does', encodeURIComponent(good)],
    ['percent-encoded in quotes', `"${encodeURIComponent(good)}"`],
  ])('%s is the same cookie', (_how, written) => {
    expect(read(written)).toMatchObject({ valid: true, value: 'alice' });
  });

  it('with escapes between its pipes is not: what has a pipe is not decoded', () => {
    expect(read(good.replace('4:user', '4:%75ser'))).toEqual({ valid: false, reason: 'malformed' });
  });
});
