import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieError } from '../../lib/errors.js';
import type { SecureCookieAttributes } from '../../lib/http/set-cookie.js';
import { CookieDefaults } from '../../lib/jar/cookie-defaults.js';
import { thrownBy } from '../support/thrown-by.js';

const MONTH = 30 * 86_400;
const NAMES = ['user', '__Secure-user', '__Host-user', '__Http-user', '__Host-Http-user'];

const overTls = { isSecure: () => true };
const overPlainHttp = { isSecure: () => false };

/** A connection that must not be asked. */
const unasked = {
  isSecure(): boolean {
    throw new Error('The connection was asked.');
  },
};

function defaultsOf(cookie: SecureCookieAttributes = {}): CookieDefaults {
  return new CookieDefaults(cookie, MONTH);
}

describe("an app's default attributes", () => {
  it('are resolved once for all names without a prefix, and for each kind of connection', () => {
    const defaults = defaultsOf();
    const resolved = defaults.ofName('a', undefined, overPlainHttp);

    expect(resolved).toMatchObject({ secure: false, maxAge: MONTH });
    expect(defaults.ofName('b', undefined, overPlainHttp)).toBe(resolved);
    expect(defaults.ofName('a', undefined, overTls)).toEqual(
      Object.assign({}, resolved, { secure: true }),
    );
    expect(defaults.ofName('b', undefined, overTls)).toBe(defaults.ofName('a', undefined, overTls));
  });

  it.each(NAMES)('are those of the prefix, whatever was asked for before: %s', (name) => {
    const defaults = defaultsOf();
    const alone = defaultsOf().ofName(name, undefined, overPlainHttp);
    for (const other of NAMES) {
      defaults.ofName(other, undefined, overPlainHttp);
    }
    const upperCase = name.replace(/^__.+-/, (prefix) => prefix.toUpperCase());

    expect(defaults.ofName(name, undefined, overPlainHttp)).toEqual(alone);
    expect(defaults.ofName(upperCase, undefined, overPlainHttp)).toEqual(alone);
    expect(alone.secure).toBe(name !== 'user');
  });

  it('refuse a prefix that they do not suit each time, and an invalid name', () => {
    const defaults = defaultsOf({ httpOnly: false });
    defaults.ofName('user', undefined, overTls);
    for (let time = 0; time < 2; time += 1) {
      expect(() => defaults.ofName('__Http-user', undefined, overTls)).toThrow(
        new SecureCookieError(
          'attribute',
          'Browsers would refuse the cookie "__Http-user": its prefix needs "httpOnly".',
        ),
      );
      expect(() => defaults.ofName('a b', undefined, overTls)).toThrow(
        /A cookie name cannot hold " "/,
      );
    }
  });

  it.each([0, 0.5, 0.999])(
    'refuse a signer’s lifetime of %d seconds, with which every cookie would be a deletion',
    (signerMaxAge) => {
      expect(thrownBy(() => new CookieDefaults({}, signerMaxAge))).toMatchObject({
        code: 'attribute',
        message: expect.stringContaining(
          `"maxAge" (${signerMaxAge} seconds) is less than a second`,
        ),
      });
      expect(new CookieDefaults({ maxAge: null }, signerMaxAge).attributes.maxAge).toBeNull();
      expect(new CookieDefaults({}, 1 + signerMaxAge).attributes.maxAge).toBe(1);
    },
  );

  it('do not ask what the connection is like where nothing depends on it', () => {
    const defaults = defaultsOf();

    expect(defaults.ofName('__Secure-user', undefined, unasked).secure).toBe(true);
    expect(defaultsOf({ secure: true }).ofName('user', undefined, unasked).secure).toBe(true);
    expect(defaultsOf({ secure: false }).ofName('user', undefined, unasked).secure).toBe(false);
    expect(() => defaults.ofName('user', undefined, unasked)).toThrow('The connection was asked.');
  });

  it('are not those of a call that brings its own', () => {
    const defaults = defaultsOf({ path: '/app' });
    const resolved = defaults.ofName('user', undefined, overTls);

    expect(defaults.ofName('user', { maxAge: 60 }, overTls)).toEqual(
      Object.assign({}, resolved, { maxAge: 60 }),
    );
    expect(defaults.ofName('user', { maxAge: 70 }, overTls)).toEqual(
      Object.assign({}, resolved, { maxAge: 70 }),
    );
    expect(defaults.ofName('user', undefined, overTls)).toBe(resolved);
  });
});

describe("a definition's attributes", () => {
  it('are resolved once for each kind of connection', () => {
    const defaults = defaultsOf({ path: '/app' });
    const Theme = defineSecureCookie('theme', { maxAge: 60 });
    const resolved = defaults.ofDefinition(Theme, overPlainHttp);

    expect(resolved).toMatchObject({ path: '/app', maxAge: 60, secure: false });
    expect(defaults.ofDefinition(Theme, overPlainHttp)).toBe(resolved);
    expect(defaults.ofDefinition(Theme, overTls)).toEqual(
      Object.assign({}, resolved, { secure: true }),
    );
  });

  it('are those of this app, and of this definition', () => {
    const Theme = defineSecureCookie('theme');
    const Other = defineSecureCookie('theme', { path: '/other' });
    const one = defaultsOf({ path: '/one' });
    const two = defaultsOf({ path: '/two' });

    expect(one.ofDefinition(Theme, overTls).path).toBe('/one');
    expect(two.ofDefinition(Theme, overTls).path).toBe('/two');
    expect(two.ofDefinition(Other, overTls).path).toBe('/other');
  });

  it('throw each time where the app makes them impossible', () => {
    const defaults = defaultsOf({ secure: false });
    const Embedded = defineSecureCookie('embedded', { sameSite: 'none' });
    for (let time = 0; time < 2; time += 1) {
      expect(() => defaults.ofDefinition(Embedded, overTls)).toThrow(
        'Browsers would refuse the cookie "embedded": "sameSite: \'none\'" needs "secure".',
      );
    }
  });
});
