import { describe, expect, it, jest } from '@jest/globals';
import { KnownNames } from '../../lib/signing/known-names.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV2Fields } from '../support/resign.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

describe('the names that a signer knows', () => {
  it.each<[name: unknown, valid: boolean]>([
    ['user', true],
    ['__proto__', true],
    ['USER', true],
    ['expires', false],
    ['a b', false],
    ['', false],
    [undefined, false],
    [null, false],
    [['user'], false],
  ])('include %j each time it is asked: %s', (name, valid) => {
    const names = new KnownNames();

    expect([1, 2, 3].map(() => names.include(name))).toEqual([valid, valid, valid]);
    if (valid) {
      expect(() => names.assert(String(name))).not.toThrow();
    } else {
      expect(thrownBy(() => names.assert(name as never))).toMatchObject({ code: 'name' });
    }
  });

  it('are right for any number of names', () => {
    const names = new KnownNames();
    const many = Array.from({ length: 300 }, (_, index) => `user${index}`);

    for (const name of [...many, ...many]) {
      expect(names.include(name)).toBe(true);
      expect(names.include(`${name} `)).toBe(false);
    }
  });

  it('do not grow without end where an app makes names up', () => {
    const names = new KnownNames();
    const add = jest.spyOn(Set.prototype, 'add');
    for (let index = 0; index < 10_000; index += 1) {
      names.include(`user${index}`);
    }
    const added = add.mock.calls.filter(([name]) => String(name).startsWith('user'));
    add.mockRestore();

    expect(added).toHaveLength(100);
  });

  it('do not make another signer’s value of a bad name valid', () => {
    const signer = new SecureCookieSigner({ secret: SECRET, clock: () => 1_300_000_000 });
    const foreign = resignV2Fields({ name: 'expires' }, SECRET);

    expect([1, 2].map(() => signer.verify('expires', foreign))).toEqual([
      { valid: false, reason: 'name' },
      { valid: false, reason: 'name' },
    ]);
  });
});
