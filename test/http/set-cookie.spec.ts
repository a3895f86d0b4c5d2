import { describe, expect, it } from '@jest/globals';
import { SecureCookieError } from '../../lib/errors.js';
import {
  assertCookieSize,
  blankAttributes,
  cookiePrefix,
  ownCookieAttributes,
  serializeSetCookie,
  type SecureCookieAttributes,
} from '../../lib/http/set-cookie.js';
import { NOW, overPlainHttp, resolveAttributes, setCookie } from '../support/set-cookie.js';
import { thrownBy } from '../support/thrown-by.js';

const overTls = (): boolean => true;

/** The code of what a function throws; any other outcome is a failure of its own. */
function codeOf(call: () => unknown): string {
  try {
    return `returned ${JSON.stringify(call())}`;
  } catch (error) {
    return error instanceof SecureCookieError ? error.code : `threw ${String(error)}`;
  }
}

describe('a Set-Cookie header', () => {
  const month = 'Max-Age=2592000';
  const expires = 'Expires=Sat, 06 Oct 2012 17:04:55 GMT';

  it.each<[string, SecureCookieAttributes, string]>([
    ['nothing', {}, `user=a; ${month}; Path=/; ${expires}; HttpOnly; SameSite=Lax`],
    [
      'undefined, which is nothing',
      { path: undefined, domain: undefined, maxAge: undefined, httpOnly: undefined },
      `user=a; ${month}; Path=/; ${expires}; HttpOnly; SameSite=Lax`,
    ],
    [
      'everything',
      {
        path: '/shop',
        domain: 'example.com',
        maxAge: 60,
        httpOnly: true,
        secure: true,
        sameSite: 'none',
        partitioned: true,
        priority: 'high',
      },
      'user=a; Max-Age=60; Domain=example.com; Path=/shop; Expires=Thu, 06 Sep 2012 17:05:55 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None',
    ],
    [
      'false',
      { httpOnly: false, secure: false, partitioned: false },
      `user=a; ${month}; Path=/; ${expires}; SameSite=Lax`,
    ],
    ['maxAge: null', { maxAge: null }, 'user=a; Path=/; HttpOnly; SameSite=Lax'],
    [
      'maxAge: 1',
      { maxAge: 1 },
      'user=a; Max-Age=1; Path=/; Expires=Thu, 06 Sep 2012 17:04:56 GMT; HttpOnly; SameSite=Lax',
    ],
    [
      '400 days',
      { maxAge: 34_560_000 },
      'user=a; Max-Age=34560000; Path=/; Expires=Fri, 11 Oct 2013 17:04:55 GMT; HttpOnly; SameSite=Lax',
    ],
    [
      'sameSite: strict, priority: low',
      { sameSite: 'strict', priority: 'low' },
      `user=a; ${month}; Path=/; ${expires}; HttpOnly; Priority=Low; SameSite=Strict`,
    ],
    [
      'priority: medium',
      { priority: 'medium' },
      `user=a; ${month}; Path=/; ${expires}; HttpOnly; Priority=Medium; SameSite=Lax`,
    ],
  ])('for %s', (_attributes, attributes, header) => {
    expect(setCookie(attributes)).toBe(header);
  });

  it("counts Expires from the clock's whole seconds", () => {
    const attributes = resolveAttributes('user', { maxAge: 60 }, {}, overPlainHttp);

    expect(serializeSetCookie('user', 'a', attributes, NOW + 0.999)).toContain(
      'Expires=Thu, 06 Sep 2012 17:05:55 GMT',
    );
  });

  it('carries a signed value as it is, for Tornado does not decode', () => {
    const signed = '2|1:0|10:1300000000|3:key|8:dmFsdWU=|3d4e60b996ff9c5d5788e333a0cba6f238a22c6c';

    expect(setCookie({}, { value: signed }).split('; ')[0]).toBe(`user=${signed}`);
  });

  it('carries an empty value, which is what clearing sends', () => {
    expect(setCookie({}, { value: '', clears: true })).toBe(
      'user=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    );
  });

  it.each<[string, boolean, SecureCookieAttributes, () => boolean, string]>([
    ['over TLS', true, {}, overTls, 'user'],
    ['over plain HTTP', false, {}, overPlainHttp, 'user'],
    ['"auto" over TLS', true, { secure: 'auto' }, overTls, 'user'],
    ['true over plain HTTP', true, { secure: true }, overPlainHttp, 'user'],
    ['false over TLS', false, { secure: false }, overTls, 'user'],
    ['SameSite=None over plain HTTP', true, { sameSite: 'none' }, overPlainHttp, 'user'],
    ['Partitioned over plain HTTP', true, { partitioned: true }, overPlainHttp, 'user'],
    ['__Secure- over plain HTTP', true, {}, overPlainHttp, '__Secure-user'],
    ['__host- over plain HTTP', true, {}, overPlainHttp, '__host-user'],
    ['__Http- over plain HTTP', true, {}, overPlainHttp, '__Http-user'],
    ['__Host-Http- over plain HTTP', true, {}, overPlainHttp, '__Host-Http-user'],
    ['a name that only looks prefixed', false, {}, overPlainHttp, '_Secure-user'],
    ['a prefix without its hyphen', false, {}, overPlainHttp, '__SecureUser'],
    ['a prefix inside the name', false, {}, overPlainHttp, 'x__Host-user'],
  ])('Secure for %s: %s', (_case, secure, attributes, isSecure, name) => {
    const header = setCookie(attributes, { name, isSecure });

    expect(header.split('; ').includes('Secure')).toBe(secure);
  });
});

describe('the attributes of one cookie', () => {
  const defaults: SecureCookieAttributes = {
    path: '/app',
    domain: 'example.com',
    maxAge: 60,
    httpOnly: false,
    secure: true,
    sameSite: 'none',
    partitioned: true,
    priority: 'low',
  };

  it("are the app's where the call names none", () => {
    expect(resolveAttributes('user', {}, defaults, overPlainHttp)).toEqual(defaults);
  });

  it("are the call's where it names them", () => {
    const attributes: SecureCookieAttributes = {
      path: '/',
      domain: 'www.example.com',
      maxAge: null,
      httpOnly: true,
      secure: false,
      sameSite: 'strict',
      partitioned: false,
      priority: 'high',
    };

    expect(resolveAttributes('user', attributes, defaults, overTls)).toEqual(attributes);
  });

  it.each<[string, SecureCookieAttributes, string | undefined]>([
    ['none', { domain: null }, undefined],
    ['another', { domain: 'b.example' }, 'b.example'],
    ['that of the app', { domain: undefined }, 'a.example'],
    ['that of the app', {}, 'a.example'],
  ])("against the app's domain can have %s: %j", (_what, attributes, domain) => {
    const ofTheApp = { domain: 'a.example' };

    expect(resolveAttributes('user', attributes, ofTheApp, overTls).domain).toBe(domain);
    expect(resolveAttributes('user', attributes, { domain: null }, overTls).domain).toBe(
      attributes.domain ?? undefined,
    );
  });

  it.each(['__Host-a', '__HOST-a', '__host-http-a'])(
    "of %s pass over the app's domain and path, which such a cookie cannot have",
    (name) => {
      const ofTheApp = { domain: 'a.example', path: '/shop' };

      expect(resolveAttributes(name, {}, ofTheApp, overTls)).toMatchObject({
        domain: undefined,
        path: '/',
      });
      expect(resolveAttributes('__Secure-a', {}, ofTheApp, overTls)).toMatchObject(ofTheApp);
    },
  );

  it("can override the app's browser-session lifetime, and be overridden by none", () => {
    const session = { maxAge: null };

    expect(resolveAttributes('user', { maxAge: 1 }, session, overTls).maxAge).toBe(1);
    expect(resolveAttributes('user', {}, session, overTls).maxAge).toBeNull();
  });

  it.each<[string, string, SecureCookieAttributes, boolean]>([
    ['SameSite=None', 'user', { sameSite: 'none' }, true],
    ['Partitioned', 'user', { partitioned: true }, true],
    ['its prefix', '__Secure-user', {}, true],
    ['its prefix, with "auto"', '__Host-user', { secure: 'auto' }, true],
    ['nothing', 'user', {}, false],
    ['what the app asked for', '__Host-user', { secure: true }, false],
    ['what the app refused', 'user', { secure: false }, false],
  ])('need TLS for the sake of %s, or not', (_what, name, attributes, needsTls) => {
    for (const isSecure of [overTls, overPlainHttp]) {
      expect(resolveAttributes(name, attributes, {}, isSecure).needsTls).toBe(needsTls);
    }
  });

  it('ask for the connection only where "auto" depends on it', () => {
    const asked: string[] = [];
    const ask = (name: string, attributes: SecureCookieAttributes): void => {
      resolveAttributes(name, attributes, {}, () => asked.push(name) > 0);
    };
    ask('__Host-user', {});
    ask('none', { sameSite: 'none' });
    ask('plain', { secure: false });
    ask('auto', {});

    expect(asked).toEqual(['auto']);
  });
});

describe('a call without attributes', () => {
  it('has none of its own', () => {
    expect(ownCookieAttributes(undefined)).toEqual(blankAttributes());
    expect(ownCookieAttributes(undefined)).toStrictEqual(ownCookieAttributes({}));
  });
});

describe('the prefix of a name', () => {
  it.each([
    ['__Secure-user', '__secure-'],
    ['__HOST-user', '__host-'],
    ['__Http-user', '__http-'],
    ['__host-HTTP-user', '__host-http-'],
    ['user', ''],
    ['__user', ''],
    ['user__', ''],
    ['x__Host-user', ''],
    ['__x__Host-user', ''],
    ['__Host', ''],
  ])('of %s is %j', (name, prefix) => {
    expect(cookiePrefix(name)).toBe(prefix);
  });
});

describe('an attribute', () => {
  const longLabel = 'a'.repeat(63);

  it.each<[keyof SecureCookieAttributes, unknown]>([
    ['path', '/'],
    ['path', '/a b/%20~!"#$&\'()*+,-.:=>?@[\\]^_`{|}'],
    ['path', `/${'a'.repeat(1023)}`],
    ['domain', 'example.com'],
    ['domain', '.example.com'],
    ['domain', 'a.example'],
    ['domain', 'EXAMPLE.com'],
    ['domain', 'localhost'],
    ['domain', '127.0.0.1'],
    ['domain', 'xn--bcher-kva.example'],
    ['domain', `${longLabel}.example`],
    ['domain', `${'abc.'.repeat(255)}abcd`],
    ['maxAge', null],
    ['maxAge', 1],
    ['maxAge', 34_560_000],
    ['httpOnly', false],
    ['secure', 'auto'],
    ['secure', false],
    ['sameSite', 'strict'],
    ['sameSite', 'lax'],
    ['sameSite', 'none'],
    ['partitioned', true],
    ['priority', 'low'],
    ['priority', 'medium'],
    ['priority', 'high'],
  ])('%s may be %j', (attribute, value) => {
    expect(() => ownCookieAttributes({ [attribute]: value })).not.toThrow();
  });

  it.each<[keyof SecureCookieAttributes, unknown]>([
    ['path', ''],
    ['path', 'a'],
    ['path', ' /'],
    ['path', '/ '],
    ['path', '/a;b'],
    ['path', '/<'],
    ['path', '/a\r\nSet-Cookie: evil=1'],
    ['path', '/\n'],
    ['path', '/\0'],
    ['path', '/\x7f'],
    ['path', '/é'],
    ['path', `/${'a'.repeat(1024)}`],
    ['path', null],
    ['path', 1],
    ['path', ['/']],
    ['domain', ''],
    ['domain', '.'],
    ['domain', 'example.com.'],
    ['domain', 'a..b'],
    ['domain', '..example.com'],
    ['domain', '-a.example'],
    ['domain', 'a-.example'],
    ['domain', 'exa mple.com'],
    ['domain', 'example.com; Path=/'],
    ['domain', 'example.com:80'],
    ['domain', 'https://example.com'],
    ['domain', 'bücher.example'],
    ['domain', '[::1]'],
    ['domain', `${longLabel}a.example`],
    ['domain', `${'abc.'.repeat(255)}abcde`],
    ['domain', 'example.com\n'],
    ['domain', false],
    ['domain', ['example.com']],
    ['maxAge', -1],
    ['maxAge', 0],
    ['maxAge', 0.5],
    ['maxAge', 34_560_001],
    ['maxAge', Number.NaN],
    ['maxAge', Infinity],
    ['maxAge', '60'],
    ['maxAge', 60n],
    ['httpOnly', 'true'],
    ['httpOnly', null],
    ['secure', 'true'],
    ['secure', 'AUTO'],
    ['secure', 1],
    ['sameSite', true],
    ['sameSite', 'Lax'],
    ['sameSite', 'no'],
    ['sameSite', 'lax; Domain=evil.example'],
    ['partitioned', 1],
    ['priority', 'High'],
    ['priority', 'urgent'],
  ])('%s may not be %o', (attribute, value) => {
    const attributes = { [attribute]: value };

    expect(codeOf(() => ownCookieAttributes(attributes))).toBe('attribute');
    expect(codeOf(() => setCookie(attributes))).toBe('attribute');
  });

  it.each([
    'maxage',
    'max-age',
    'expires',
    'signed',
    'samesite',
    'encode',
    'Path',
    'toString',
    'constructor',
  ])('that does not exist is refused, and the ones that do are named: %s', (attribute) => {
    const set = () => ownCookieAttributes({ [attribute]: undefined });

    expect(codeOf(set)).toBe('attribute');
    expect(set).toThrow(
      `There is no cookie attribute "${attribute}": use path, domain, maxAge, httpOnly, secure, sameSite, partitioned, priority`,
    );
  });

  it.each([null, 'path=/', 1])('is not to be had from %j', (attributes) => {
    const set = () => ownCookieAttributes(attributes as never);

    expect(codeOf(set)).toBe('attribute');
    expect(set).toThrow('The cookie attributes must be a plain object, such as { path, domain, ');
  });

  it.each<[keyof SecureCookieAttributes, string]>([
    [
      'path',
      'a path of at most 1024 bytes that begins with "/", holds only printable ASCII except ";" and "<", and does not end with a space',
    ],
    ['domain', 'a host name of at most 1024 bytes, or null for only the host that sets it'],
    [
      'maxAge',
      'a whole number of seconds from 1 up to 34560000 (400 days), or null for a browser-session cookie; "clear" deletes one',
    ],
    ['httpOnly', 'true or false'],
    ['secure', 'true, false or "auto"'],
    ['sameSite', '"strict", "lax" or "none"'],
    ['partitioned', 'true or false'],
    ['priority', '"low", "medium" or "high"'],
  ])(
    'is named in the message with what it must be, and its value is not: %s',
    (attribute, expected) => {
      const set = () => ownCookieAttributes({ [attribute]: 'hidden value' });

      expect(thrownBy(set).message).toBe(
        `The cookie attribute "${attribute}" must be ${expected}.`,
      );
    },
  );
});

describe('what browsers would refuse in silence', () => {
  it.each<[string, SecureCookieAttributes, string]>([
    ['__Secure-a', { secure: false }, 'its prefix needs "secure"'],
    ['__SECURE-a', { secure: false }, 'its prefix needs "secure"'],
    ['__Host-a', { secure: false }, 'its prefix needs "secure"'],
    ['__hOST-a', { secure: false }, 'its prefix needs "secure"'],
    ['__Http-a', { secure: false }, 'its prefix needs "secure"'],
    ['__Host-Http-a', { secure: false }, 'its prefix needs "secure"'],
    ['__Host-a', { domain: 'example.com' }, 'its prefix forbids "domain"'],
    ['__HOST-a', { domain: 'example.com' }, 'its prefix forbids "domain"'],
    ['__host-http-a', { domain: 'example.com' }, 'its prefix forbids "domain"'],
    ['__Host-a', { path: '/a' }, 'its prefix needs the path "/"'],
    ['__host-a', { path: '/a' }, 'its prefix needs the path "/"'],
    ['__Host-Http-a', { path: '/a' }, 'its prefix needs the path "/"'],
    ['__Http-a', { httpOnly: false }, 'its prefix needs "httpOnly"'],
    ['__HTTP-a', { httpOnly: false }, 'its prefix needs "httpOnly"'],
    ['__Host-Http-a', { httpOnly: false }, 'its prefix needs "httpOnly"'],
    ['__host-HTTP-a', { httpOnly: false }, 'its prefix needs "httpOnly"'],
    ['a', { sameSite: 'none', secure: false }, '"sameSite: \'none\'" needs "secure"'],
    ['a', { partitioned: true, secure: false }, '"partitioned" needs "secure"'],
  ])('%s with %j throws', (name, attributes, fault) => {
    const set = () => setCookie(attributes, { name, isSecure: overTls });

    expect(codeOf(set)).toBe('attribute');
    expect(set).toThrow(`Browsers would refuse the cookie "${name}": ${fault}.`);
  });

  it.each<[string, SecureCookieAttributes]>([
    ['__Host-a', { secure: false }],
    ['__Http-a', { httpOnly: false }],
    ['a', { sameSite: 'none', secure: false }],
    ['a', { partitioned: true, secure: false }],
  ])("%s with the app's %j throws as well", (name, defaults) => {
    expect(codeOf(() => resolveAttributes(name, {}, defaults, overTls))).toBe('attribute');
  });

  it.each<[string, SecureCookieAttributes]>([
    ['__Secure-a', { domain: 'example.com', path: '/a', httpOnly: false }],
    ['__Host-a', { httpOnly: false }],
    ['__Http-a', { domain: 'example.com', path: '/a' }],
    ['__Host-Http-a', { path: '/' }],
    ['__Http', { secure: false, httpOnly: false }],
    ['x__Http-a', { secure: false, httpOnly: false }],
    ['x__Host-a', { secure: false, domain: 'example.com', path: '/a' }],
    ['a', { sameSite: 'none', partitioned: true, secure: true }],
  ])('%s with %j is accepted', (name, attributes) => {
    expect(setCookie(attributes, { name })).toMatch(new RegExp(`^${name}=a; `));
  });

  it.each(['path', 'Domain', 'max-age', 'HttpOnly', 'a b', 'a=b', 'a;b', '', 'é', '"a"', 'a,b'])(
    'a cookie cannot be named %j',
    (name) => {
      expect(codeOf(() => setCookie({}, { name }))).toBe('name');
    },
  );

  it.each(['a b', 'a;b', 'a,b', '"a"', 'a\\b', 'a\r\nb', 'é', 'a\x7f', 'a\0'])(
    'a value is never encoded, but refused: %j',
    (value) => {
      const set = () => setCookie({}, { value });

      expect(codeOf(set)).toBe('value');
      expect(thrownBy(set).message).toBe(
        'The value of the cookie "user" holds characters that a cookie cannot carry.',
      );
    },
  );

  it('name and value may have 4,096 bytes together, and not one more', () => {
    const name = 'n'.repeat(96);
    const header = setCookie({}, { name, value: 'v'.repeat(4000) });

    expect(header.indexOf('; ')).toBe(4097);
    expect(codeOf(() => setCookie({}, { name, value: 'v'.repeat(4001) }))).toBe('cookie-too-large');
    expect(codeOf(() => setCookie({}, { name: `${name}n`, value: 'v'.repeat(4000) }))).toBe(
      'cookie-too-large',
    );
    expect(codeOf(() => assertCookieSize(name, 4000))).toBe('returned undefined');
    expect(codeOf(() => assertCookieSize(name, 4001))).toBe('cookie-too-large');
    expect(() => assertCookieSize(name, 4001)).toThrow(
      `The name and value of the cookie "${name}" would have 4097 bytes, and browsers drop a cookie of more than 4096:`,
    );
  });
});
