import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const clock = (): number => 1_300_000_000;
const single = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock });
const ring = new SecureCookieSigner({
  secret: { 0: OTHER_SECRET, 12: SECRET },
  keyVersion: 12,
  minVersion: 1,
  clock,
});

/** Of each kind of character that a field knows, and of each that a lax reader folds or drops. */
const ALPHABET = Array.from('0129afAFgzZ|:=+-_/." \t\n\0\x7f%;,é\u0133\u0164\u2028\ud800');

/** Each text that one edit makes of another, at every position. */
function* edits(text: string): Generator<string> {
  for (let position = 0; position <= text.length; position += 1) {
    const before = text.slice(0, position);
    const after = text.slice(position);
    const afterNext = text.slice(position + 1);
    if (position < text.length) {
      yield before;
      yield text.slice(position + 1);
      yield before + afterNext;
      yield before + text.charAt(position) + after;
      yield before + afterNext.slice(0, 1) + text.charAt(position) + afterNext.slice(1);
    }
    for (const character of ALPHABET) {
      yield before + character + after;
      if (position < text.length) {
        yield before + character + afterNext;
      }
    }
  }
}

describe('a signed value that was edited is refused', () => {
  it.each([
    ['a v2 value', single, single.sign('key', 'value')],
    ['a v2 value without content', single, single.sign('key', '')],
    ['a v2 value of digits', single, single.sign('key', Buffer.from('12345678', 'base64'))],
    ['a v2 value of a record', ring, ring.sign('key', 'value of key 12')],
    ['a v1 value', single, single.sign('key', 'value', { version: 1 })],
    ['a v1 value without content', single, single.sign('key', '', { version: 1 })],
  ])('%s, wherever and however, and nothing throws', (_, signer, signed) => {
    const forgeries = [...edits(signed)].filter((edited) => edited !== signed);
    const accepted = forgeries.filter(
      (forgery) => signer.verify('key', forgery, { encoding: 'bytes' }).valid,
    );

    expect(signer.verify('key', signed, { encoding: 'bytes' }).valid).toBe(true);
    expect(forgeries.length).toBeGreaterThan(signed.length * ALPHABET.length * 2);
    expect(accepted).toEqual([]);
  });

  it.each([
    ['two v2 values', single.sign('key', 'value'), single.sign('key', 'other')],
    [
      'two v2 values of other lengths',
      single.sign('key', 'value'),
      single.sign('key', 'longer value'),
    ],
    ['v2 and v1', single.sign('key', 'value'), single.sign('key', 'value', { version: 1 })],
    [
      'two v1 values',
      single.sign('key', 'value', { version: 1 }),
      single.sign('key', 'other', { version: 1 }),
    ],
  ])('%s that were cut and joined, at every two positions', (_, first, second) => {
    const joined = Array.from({ length: first.length + 1 }, (__, end) =>
      Array.from(
        { length: second.length + 1 },
        (___, start) => first.slice(0, end) + second.slice(start),
      ),
    ).flat();
    const accepted = joined
      .filter((forgery) => forgery !== first && forgery !== second)
      .filter((forgery) => single.verify('key', forgery).valid);

    expect(accepted).toEqual([]);
  });
});
