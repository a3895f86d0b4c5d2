import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import type { SecureCookieKeys } from '../../lib/signing/key-ring.js';
import { keepFresh, SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import type { SecureCookieSignerOptions } from '../../lib/signing/signer-options.js';
import { distinctText, OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const START = 1_300_000_000;
/** When the second key begins to sign, and when the first one ends to read. */
const TURN = START + 1000;
const END = START + 5000;

const date = (seconds: number): Date => new Date(seconds * 1000);

const ROTATION = {
  1: { secret: SECRET, readsUntil: date(END) },
  2: { secret: OTHER_SECRET, signsFrom: date(TURN) },
};

/** A signer, and the hand on its clock. */
function signerAt(keys: object, now = START) {
  const clock = { now };
  const options = { ...keys, maxAge: 86_400, clock: () => clock.now } as SecureCookieSignerOptions;
  return { clock, signer: new SecureCookieSigner(options) };
}

const versionOf = (signed: string): string | undefined => signed.split('|')[1]?.split(':')[1];

const say = (signer: SecureCookieSigner, signed: string): string => {
  const result = signer.verify('user', signed);
  return result.valid ? `valid, ${result.current ? 'current' : 'old'}` : result.reason;
};

describe('keys with dates', () => {
  it.each([
    ['before the second one begins', TURN - 0.001, '1'],
    ['as it begins', TURN, '2'],
    ['later', END + 1, '2'],
  ])('sign with the one that began last: %s', (_when, now, version) => {
    const { signer } = signerAt({ secret: ROTATION }, now);

    expect(versionOf(signer.sign('user', 'alice'))).toBe(version);
  });

  it('turn by the signer’s clock, in both directions, without a call', () => {
    const { signer, clock } = signerAt({ secret: ROTATION });
    const versions = [START, TURN - 1, TURN, TURN + 1, TURN - 1, TURN].map((now) => {
      clock.now = now;
      return versionOf(signer.sign('user', 'alice'));
    });

    expect(versions).toEqual(['1', '1', '2', '2', '1', '2']);
  });

  it('are three, and given in any order', () => {
    const secret = {
      9: { secret: SECRET, signsFrom: date(TURN) },
      3: { secret: OTHER_SECRET },
      5: { secret: distinctText(40), signsFrom: date(TURN + 1000) },
    };
    const { signer, clock } = signerAt({ secret });
    const versions = [START, TURN, TURN + 999, TURN + 1000].map((now) => {
      clock.now = now;
      return versionOf(signer.sign('user', 'alice'));
    });

    expect(versions).toEqual(['3', '9', '9', '5']);
  });

  it('read what an instance with a clock ahead has signed with the next one already', () => {
    const ahead = signerAt({ secret: ROTATION }, TURN).signer;
    const behind = signerAt({ secret: ROTATION }, TURN - 1).signer;

    expect(say(behind, ahead.sign('user', 'alice'))).toBe('valid, old');
    expect(say(ahead, behind.sign('user', 'alice'))).toBe('valid, old');
    expect(say(ahead, ahead.sign('user', 'alice'))).toBe('valid, current');
  });

  it('end to read at their date, signed or encrypted, and count as unknown then', () => {
    const { signer, clock } = signerAt({ secret: ROTATION });
    const signed = signer.sign('user', 'alice');
    const encrypted = signer.sign('user', 'alice', { encrypt: true });
    const verdicts = [START, TURN, END - 0.001, END].map((now) => {
      clock.now = now;
      const result = signer.verify('user', encrypted, { encrypted: true });
      return [say(signer, signed), result.valid ? result.current : result.reason];
    });

    expect(verdicts).toEqual([
      ['valid, current', true],
      ['valid, old', false],
      ['valid, old', false],
      ['unknown-key', 'unknown-key'],
    ]);
  });

  it('encrypt with the one that signs', () => {
    const { signer, clock } = signerAt({ secret: ROTATION });
    clock.now = TURN;
    const encrypted = signer.sign('user', 'alice', { encrypt: true });

    expect(versionOf(encrypted)).toBe('2');
    const alone = signerAt({ secret: { 2: OTHER_SECRET }, keyVersion: 2 }, TURN).signer;
    expect(alone.verify('user', encrypted, { encrypted: true })).toMatchObject({ value: 'alice' });
  });

  it('come by replaceKeys, and go by withdrawKeys', () => {
    const { signer, clock } = signerAt({ secret: SECRET });
    signer.replaceKeys({ secret: ROTATION });
    expect(versionOf(signer.sign('user', 'alice'))).toBe('1');
    clock.now = TURN;
    const signed = signer.sign('user', 'alice');
    expect(versionOf(signed)).toBe('2');

    signer.withdrawKeys();
    expect(say(signer, signed)).toBe('unknown-key');
    expect(thrownBy(() => signer.sign('user', 'alice'))).toMatchObject({ code: 'keys-stale' });
  });

  it('may be one alone that reads until a date, beside a keyVersion', () => {
    const secret = { 1: { secret: SECRET, readsUntil: date(END) }, 2: OTHER_SECRET };
    const { signer, clock } = signerAt({ secret, keyVersion: 2 });
    const old = signerAt({ secret: { 1: SECRET }, keyVersion: 1 }).signer.sign('user', 'alice');

    expect(say(signer, old)).toBe('valid, old');
    clock.now = END;
    expect(say(signer, old)).toBe('unknown-key');
    expect(versionOf(signer.sign('user', 'alice'))).toBe('2');
  });

  it('still read, but none signs, where the clock is set back before the first date', () => {
    const secret = { 2: ROTATION[2] };
    const { signer, clock } = signerAt({ secret }, TURN);
    const signed = signer.sign('user', 'alice');
    clock.now = TURN - 1;

    expect(say(signer, signed)).toBe('valid, old');
    expect(thrownBy(() => signer.sign('user', 'alice'))).toMatchObject({
      code: 'option',
      message:
        'No key signs yet: every "signsFrom" is in the future, by the clock of the signer. Leave it out for the oldest key.',
    });
  });

  it('have dates of another realm', () => {
    const secret = {
      1: { secret: SECRET },
      2: { secret: OTHER_SECRET, signsFrom: runInNewContext(`new Date(${START * 1000})`) },
    };

    expect(versionOf(signerAt({ secret }).signer.sign('user', 'alice'))).toBe('2');
  });

  it('are copied: a date that is changed later changes nothing', () => {
    const signsFrom = date(TURN);
    const entry = { secret: OTHER_SECRET, signsFrom };
    const { signer } = signerAt({ secret: { 1: { secret: SECRET }, 2: entry } });
    signsFrom.setTime(0);
    Object.assign(entry, { signsFrom: date(0) });

    expect(versionOf(signer.sign('user', 'alice'))).toBe('1');
  });

  it('bring no load forward by a key that ended, only by one that is not known', () => {
    const { signer, clock } = signerAt({ secret: ROTATION });
    let asked = 0;
    keepFresh(signer, { isStale: () => false, hasten: () => (asked += 1) });
    const signed = signer.sign('user', 'alice');
    clock.now = END;

    expect(say(signer, signed)).toBe('unknown-key');
    expect(asked).toBe(0);
    const other = signerAt({ secret: { 7: SECRET }, keyVersion: 7 }, END).signer;
    expect(say(signer, other.sign('user', 'alice'))).toBe('unknown-key');
    expect(asked).toBe(1);
  });
});

describe('keys with dates that cannot be', () => {
  it.each<[string, unknown]>([
    [
      'two that begin at one time',
      { secret: { ...ROTATION, 3: { secret: distinctText(40), signsFrom: date(TURN) } } },
    ],
    ['two without a beginning', { secret: { ...ROTATION, 3: distinctText(40) } }],
    ['none that signs yet', { secret: { 2: ROTATION[2] } }],
    ['a keyVersion beside them', { secret: ROTATION, keyVersion: 1 }],
    [
      'one that ends to read before it ends to sign',
      { secret: { ...ROTATION, 1: { secret: SECRET, readsUntil: date(TURN - 1) } } },
    ],
    [
      'one that ends to read before it begins to sign',
      {
        secret: { 1: ROTATION[1], 2: { ...ROTATION[2], readsUntil: date(TURN - 1) } },
      },
    ],
    [
      'the last one with an end',
      { secret: { ...ROTATION, 2: { ...ROTATION[2], readsUntil: date(END) } } },
    ],
    [
      'the one that signs with an end, by keyVersion',
      { secret: { 1: ROTATION[1], 2: OTHER_SECRET }, keyVersion: 1 },
    ],
    ['an invalid date', { secret: { ...ROTATION, 2: { ...ROTATION[2], signsFrom: date(NaN) } } }],
    ['a date as text', { secret: { ...ROTATION, 2: { ...ROTATION[2], signsFrom: '2030-01-01' } } }],
    ['seconds for a date', { secret: { ...ROTATION, 2: { ...ROTATION[2], signsFrom: TURN } } }],
    ['null for a date', { secret: { ...ROTATION, 1: { secret: SECRET, readsUntil: null } } }],
    ['a misspelt date', { secret: { ...ROTATION, 2: { ...ROTATION[2], signFrom: date(TURN) } } }],
  ])('throw, and the keys of before stay: %s', (_what, keys) => {
    const refusal = expect.objectContaining({ name: 'SecureCookieError', code: 'option' });
    const { signer } = signerAt({ secret: SECRET });

    expect(thrownBy(() => signerAt(keys as object))).toEqual(refusal);
    expect(thrownBy(() => signer.replaceKeys(keys as SecureCookieKeys))).toEqual(refusal);
    expect(versionOf(signer.sign('user', 'alice'))).toBe('0');
  });

  it.each<[string, object, string]>([
    [
      'two that begin at one time',
      { secret: { ...ROTATION, 3: { secret: distinctText(40), signsFrom: date(TURN) } } },
      'The keys of version 2 and 3 begin to sign at the same time: give each its own "signsFrom"; only the oldest may leave it out.',
    ],
    [
      'a keyVersion beside them',
      { secret: ROTATION, keyVersion: 1 },
      'The options "keyVersion" and "signsFrom" exclude each other: if a key has a "signsFrom", the dates select the key that signs.',
    ],
    [
      'a beginning that is no date',
      { secret: { ...ROTATION, 2: { ...ROTATION[2], signsFrom: TURN } } },
      '"signsFrom" of key version 2 must be a valid Date, such as new Date(\'2027-01-31T00:00:00Z\').',
    ],
    [
      'an end that is no date',
      { secret: { ...ROTATION, 1: { secret: SECRET, readsUntil: END } } },
      '"readsUntil" of key version 1 must be a valid Date, such as new Date(\'2027-01-31T00:00:00Z\').',
    ],
    [
      'the last one with an end',
      { secret: { ...ROTATION, 2: { ...ROTATION[2], readsUntil: date(END) } } },
      'The key of version 2 would sign values that are refused: its "readsUntil" must come after the "signsFrom" of the next key, and the last key must have no "readsUntil".',
    ],
  ])('say which key to change, and how: %s', (_what, keys, message) => {
    expect(thrownBy(() => signerAt(keys)).message).toBe(message);
  });

  it.each<[string, object, string]>([
    ['without a secret', { signsFrom: date(TURN) }, 'secret-missing'],
    ['with a weak secret', { secret: 'weak', signsFrom: date(TURN) }, 'secret-weak'],
  ])('throw as secrets do: one %s', (_what, entry, code) => {
    expect(thrownBy(() => signerAt({ secret: { ...ROTATION, 2: entry } }))).toMatchObject({ code });
  });

  it('throw for no dates and no keyVersion, as before', () => {
    const secret = { 1: { secret: SECRET }, 2: { secret: OTHER_SECRET } };

    expect(thrownBy(() => signerAt({ secret }))).toMatchObject({ code: 'key-version' });
  });

  it('say nothing of the secret', () => {
    const secret = { ...ROTATION, 2: { ...ROTATION[2], readsUntil: date(END) } };
    const { message } = thrownBy(() => signerAt({ secret }));

    expect(message).toContain('version 2');
    expect(message).not.toContain(OTHER_SECRET);
  });
});
