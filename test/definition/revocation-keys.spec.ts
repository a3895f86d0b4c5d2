import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie } from 'nestjs-secure-cookie';
import { z } from 'zod';
import { thrownBy } from '../support/thrown-by.js';

const schema = z.object({ userId: z.string().transform(Number), devices: z.array(z.string()) });

/** A definition whose keys are whatever the function returns. */
function definitionOf(revocableBy: (value: unknown) => unknown) {
  return defineSecureCookie('session', { codec: 'json', revocableBy: revocableBy as never });
}

describe('the keys that a value can be revoked by', () => {
  it('are those of what reading returns, not of what is stored', () => {
    const seen: unknown[] = [];
    const Session = defineSecureCookie('session', {
      schema,
      revocableBy: (value) => {
        seen.push(value);
        return [`user:${value.userId}`, ...value.devices.map((device) => `device:${device}`)];
      },
    });

    expect(Session.revocable).toBe(true);
    expect(Session.revocationKeys({ userId: 42, devices: ['a'] })).toEqual(['user:42', 'device:a']);
    expect(seen).toEqual([{ userId: 42, devices: ['a'] }]);
  });

  it.each([
    ['none', []],
    ['eight', Array.from({ length: 8 }, (_, index) => `key ${index}`)],
    ['one character', ['k']],
    ['256 characters', ['k'.repeat(256)]],
    ['characters beyond ASCII', ['Zoë', '\u{1f36a}', '\0']],
    ['the same key twice', ['user:42', 'user:42']],
  ])('may be %s', (_what, keys) => {
    expect(definitionOf(() => keys).revocationKeys(1)).toEqual(keys);
  });

  it.each<[string, unknown]>([
    ['nine', Array.from({ length: 9 }, (_, index) => `key ${index}`)],
    ['an empty text', ['user:42', '']],
    ['257 characters', ['k'.repeat(257)]],
    ['a lone surrogate', ['\ud800']],
    ['a number', [42]],
    ['undefined', [undefined]],
    ['a hole', Object.assign([], { length: 1 })],
    ['a text and no array', 'user:42'],
    ['a set', new Set(['user:42'])],
    ['an object like an array', { length: 1, 0: 'user:42' }],
    ['nothing', undefined],
    ['null', null],
    ['a promise', Promise.resolve(['user:42'])],
  ])('cannot be %s', (_what, keys) => {
    expect(definitionOf(() => keys).revocationKeys(1)).toBeUndefined();
  });

  it('are unknown if the function throws', () => {
    const Session = definitionOf((value) => [(value as { user: { id: string } }).user.id]);

    expect(Session.revocationKeys({})).toBeUndefined();
  });

  it('are unknown if the function is asynchronous, and its rejection does not end the process', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): number => rejections.push(reason);
    process.on('unhandledRejection', note);
    const Session = definitionOf(async () => Promise.reject(new Error('no database')));

    expect(Session.revocationKeys(1)).toBeUndefined();

    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('are none without revocableBy, which is then not revocable', () => {
    const Theme = defineSecureCookie('theme');

    expect(Theme.revocable).toBe(false);
    expect(Theme.revocationKeys('light')).toEqual([]);
  });

  it.each([['user'], [['user']], [null], [{}], [true]])(
    'come from a function: %p throws where it is defined',
    (revocableBy) => {
      const define = () => defineSecureCookie('session', { revocableBy: revocableBy as never });

      expect(thrownBy(define)).toMatchObject({ name: 'SecureCookieError', code: 'option' });
    },
  );
});
