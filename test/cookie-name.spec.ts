import { describe, expect, it } from '@jest/globals';
import { assertCookieName, isCookieName } from '../lib/cookie-name.js';
import { thrownBy } from './support/thrown-by.js';

/** RFC 9110, section 5.6.2: tchar. */
const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Python's http.cookies.Morsel._reserved, `partitioned` since Python 3.14. */
const RESERVED = [
  'comment',
  'domain',
  'expires',
  'httponly',
  'max-age',
  'partitioned',
  'path',
  'samesite',
  'secure',
  'version',
];

const codeUnits = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));

const refusal = expect.objectContaining({ name: 'SecureCookieError', code: 'name' });

describe('the names that cookies can have', () => {
  it('of all characters, exactly the 77 of an RFC 9110 token', () => {
    expect(codeUnits.filter((character) => isCookieName(character)).toSorted()).toEqual(
      Array.from(TCHARS).toSorted(),
    );
  });

  it('are refused for one other character, first, within or last', () => {
    const accepted = codeUnits
      .filter((character) => !TCHARS.includes(character))
      .filter((character) =>
        [`${character}a`, `a${character}a`, `a${character}`].some((name) => isCookieName(name)),
      );

    expect(accepted).toEqual([]);
  });

  it.each(['session', '__Host-session', '__proto__', 'constructor', '1', 'a|b', TCHARS])(
    '%s is one',
    (name) => {
      expect(isCookieName(name)).toBe(true);
      expect(() => assertCookieName(name)).not.toThrow();
    },
  );

  it.each(
    RESERVED.flatMap((name) => [
      name,
      name.toUpperCase(),
      name.replace(/^./, (first) => first.toUpperCase()),
    ]),
  )('%s is not one: Python takes it for an attribute', (name) => {
    expect(isCookieName(name)).toBe(false);
    expect(() => assertCookieName(name)).toThrow(refusal);
  });

  it.each(RESERVED)('%s within a longer name is one', (name) => {
    expect(isCookieName(`${name}s`)).toBe(true);
    expect(isCookieName(`_${name}`)).toBe(true);
  });

  it.each([
    ['empty text', ''],
    ['text with a space', 'a b'],
    ['text with a line break at its end', 'session\n'],
    ['text beyond ASCII', 'naïve'],
    ['a lone surrogate', '\ud800'],
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['a bigint', 1n],
    ['a symbol', Symbol('session')],
    ['an array of one name', ['session']],
    ['an object that prints as one', { toString: () => 'session' }],
    ['a String object', Object('session')],
    ['an object without a prototype', Object.create(null)],
  ])('%s is not one', (_, name) => {
    expect(isCookieName(name)).toBe(false);
    expect(() => assertCookieName(name)).toThrow(refusal);
  });

  it('never quote an invalid name: if name and value were swapped, it is the value', () => {
    expect(thrownBy(() => assertCookieName('alice@example.com')).message).toBe(
      'A cookie name cannot hold "@", as this one does at character 6: use letters, digits and !#$%&\'*+-.^_`|~ only (an RFC 6265 token).',
    );
    expect(thrownBy(() => assertCookieName('')).message).toContain('cannot be empty');
  });
});
