import { describe, expect, it } from '@jest/globals';
import { beginHint, finishHint } from '../../lib/revocation/key-hint.js';
import {
  hashesOf,
  isHint,
  isRevocationMark,
  markKey,
} from '../../lib/revocation/revocation-mark.js';
import { runProcess } from '../support/child-process.js';

const good = { key: '0123456789abcdef0123456789abcdef', at: 1_700_000_000, until: 1_700_003_600 };

describe('the key of a mark', () => {
  it.each([
    ['__Host-session', 'user:42'],
    ['session', ''],
    ['session', 'Zoë'],
  ])('of the cookie %j and the key %j is what the documented command prints', async (name, key) => {
    const command = 'printf "$COOKIE=$KEY" | sha256sum | cut -c 1-32';
    const { output } = await runProcess(['bash', '-c', command], { COOKIE: name, KEY: key });

    expect(`${markKey(name, key)}\n`).toBe(output);
  });
});

describe('the hint of a mark', () => {
  it.each([
    // Landon Curt Noll's test vectors for FNV-1a of 32 bits; of each, the low 31 bits.
    ['', 0x811c_9dc5],
    ['a', 0xe40c_292c],
    ['b', 0xe70c_2de5],
    ['foobar', 0xbf9c_f968],
  ])('is FNV-1a, as published: %j', (text, published) => {
    expect(finishHint(0x811c_9dc5, text)).toBe(published & 0x7fff_ffff);
  });

  it.each([
    ['__Host-session', 'user:42'],
    ['session', ''],
    ['session', 'Zoë \u{1f36a}'],
  ])('of the cookie %j and the key %j is that of the text that is hashed', (name, key) => {
    let hash = 0x811c_9dc5n;
    for (const unit of Array.from({ length: `${name}=${key}`.length }, (_, index) =>
      `${name}=${key}`.charCodeAt(index),
    )) {
      hash = ((hash ^ BigInt(unit)) * 0x0100_0193n) & 0xffff_ffffn;
    }

    expect(hashesOf(name, key)).toEqual({
      key: markKey(name, key),
      hint: Number(hash & 0x7fff_ffffn),
    });
    expect(finishHint(beginHint(name), key)).toBe(Number(hash & 0x7fff_ffffn));
  });

  it.each([
    [0, true],
    [0x7fff_ffff, true],
    [0x8000_0000, false],
    [-1, false],
    [1.5, false],
    [Number.NaN, false],
    ['1', false],
    [null, false],
    [undefined, false],
  ])('may be %j: %j', (hint, isOne) => {
    expect(isHint(hint)).toBe(isOne);
  });
});

describe('a mark from a store', () => {
  it.each<[string, unknown]>([
    ['as it is recorded', good],
    ['with a hint', { ...good, hint: 1 }],
    ['with a hint that is none', { ...good, hint: 'none' }],
    ['with more in it', { ...good, by: 'an operator' }],
    ['at the epoch', { ...good, at: 0 }],
    ['that ends in the last second', { ...good, until: 0xffff_ffff }],
  ])('is one %s', (_what, mark) => {
    expect(isRevocationMark(mark)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'mark'],
    ['empty', {}],
    ['an array', [good.key, good.at, good.until]],
    ['without a key', { ...good, key: undefined }],
    ['with a key that is not hashed', { ...good, key: 'user:42' }],
    ['with an empty key', { ...good, key: '' }],
    ['with a key of 31 digits', { ...good, key: good.key.slice(1) }],
    ['with a key of 33 digits', { ...good, key: `${good.key}0` }],
    ['with a key in upper case', { ...good, key: good.key.toUpperCase() }],
    ['with a line break behind the key', { ...good, key: `${good.key}\n` }],
    ['with a date as text', { ...good, at: '1700000000' }],
    ['with a date of NaN', { ...good, at: Number.NaN }],
    ['with a date before the epoch', { ...good, at: -1 }],
    ['with half a second', { ...good, at: 1.5 }],
    ['with a date in milliseconds', { ...good, at: good.at * 1000, until: good.until * 1000 }],
    ['with an end in milliseconds', { ...good, until: good.until * 1000 }],
    ['without an end', { key: good.key, at: good.at }],
    ['with an end of Infinity', { ...good, until: Number.POSITIVE_INFINITY }],
    ['that ends as it begins', { ...good, until: good.at }],
  ])('is refused if it is %s', (_what, mark) => {
    expect(isRevocationMark(mark)).toBe(false);
  });
});
