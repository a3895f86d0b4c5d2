import { describe, expect, it } from '@jest/globals';
import {
  cookieSignature,
  defineSecureCookie,
  SecureCookieDefinition,
  SecureCookieSigner,
  tornadoV1,
  type SecureCookieAcceptedFormat,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { framed, mint, payloadOf, readHeader } from '../support/defined-cookies.js';
import { SECRET } from '../support/secrets.js';
import { signer as by } from '../support/signed-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

const until = new Date('2100-01-01');
const DAY = 86_400;

describe('a definition with attributes that no browser keeps throws where it is made', () => {
  it.each([
    ['a name with a space', 'a b', {}, 'name'],
    ['an empty name', '', {}, 'name'],
    ['a name that Python takes for an attribute', 'Path', {}, 'name'],
    ['__Host- with a domain', '__Host-a', { domain: 'example.com' }, 'attribute'],
    ['__Host- with another path', '__host-a', { path: '/shop' }, 'attribute'],
    ['__Host- without Secure', '__Host-a', { secure: false }, 'attribute'],
    ['__Secure- without Secure', '__Secure-a', { secure: false }, 'attribute'],
    ['__Http- without HttpOnly', '__Http-a', { httpOnly: false }, 'attribute'],
    ['SameSite=None without Secure', 'a', { sameSite: 'none', secure: false }, 'attribute'],
    ['Partitioned without Secure', 'a', { partitioned: true, secure: false }, 'attribute'],
    ['a path with a semicolon', 'a', { path: '/;domain=evil.example' }, 'attribute'],
    ['a relative path', 'a', { path: 'shop' }, 'attribute'],
    ['a domain with a line break', 'a', { domain: 'a\r\nb' }, 'attribute'],
    ['more than 400 days', 'a', { maxAge: 34_560_001 }, 'attribute'],
    ['half a second', 'a', { maxAge: 0.5 }, 'attribute'],
    ['no second, which would delete it', 'a', { maxAge: 0 }, 'attribute'],
    ['NaN seconds', 'a', { maxAge: Number.NaN }, 'attribute'],
    ['SameSite in upper case', 'a', { sameSite: 'Lax' }, 'attribute'],
    ['an option that is misspelt', 'a', { maxage: 60 }, 'option'],
    ['an option that there is not', 'a', { expires: new Date() }, 'option'],
    ['options that are null', 'a', null, 'option'],
    ['options that are an array', 'a', [], 'option'],
    ['options that are a Map', 'a', new Map([['maxAge', 60]]), 'option'],
    ['options that are inherited', 'a', Object.create({ maxAge: 60 }), 'option'],
  ])('%s', (_what, name, options, code) => {
    expect(thrownBy(() => defineSecureCookie(name, options as never))).toMatchObject({
      name: 'SecureCookieError',
      code,
    });
  });
});

it('a misspelt option of a definition is called an option, and the right one is named', () => {
  expect(thrownBy(() => defineSecureCookie('a', { encyrpt: true } as never)).message).toBe(
    'There is no option "encyrpt": use path, domain, maxAge, httpOnly, secure, sameSite, partitioned, priority, formerly, codec, schema, encrypt, accepts, renewAfter, renew, renewOn, absoluteMaxAge, revocableBy, deviceBound; did you mean "encrypt"?',
  );
});

const ownFormat: SecureCookieAcceptedFormat = {
  until,
  secrets: [],
  bindsName: true,
  read: () => undefined,
};

describe('a definition with an invalid policy throws where it is made', () => {
  const notDurations = [-1, Number.NaN, Number.POSITIVE_INFINITY, '3600', null];

  it.each<[string, object]>([
    ['renewAfter without absoluteMaxAge', { renewAfter: 60 }],
    ['renew without absoluteMaxAge', { renew: true }],
    ['renewAfter at maxAge', { renewAfter: 60, maxAge: 60, absoluteMaxAge: DAY }],
    ['renewAfter beyond maxAge', { renewAfter: 61, maxAge: 60, absoluteMaxAge: DAY }],
    ['renewOn of another word', { renewOn: 'navigate', renew: true, absoluteMaxAge: DAY }],
    ['renew that is no boolean', { renew: 'yes', absoluteMaxAge: DAY }],
    ['encrypt that is no boolean', { encrypt: 1 }],
    ['a schema that is none', { schema: { parse: () => 1 } }],
    ['a schema that is a function', { schema: () => true }],
    ...notDurations.map((value): [string, object] => [
      `renewAfter: ${value}`,
      { renewAfter: value, absoluteMaxAge: DAY },
    ]),
    ...notDurations.map((value): [string, object] => [
      `absoluteMaxAge: ${value}`,
      { absoluteMaxAge: value },
    ]),
    ['renewAfter at absoluteMaxAge', { renewAfter: 60, absoluteMaxAge: 60 }],
    ['an absoluteMaxAge that no cookie lives to see', { absoluteMaxAge: 0 }],
    ['half a second of absoluteMaxAge', { absoluteMaxAge: 0.5 }],
    ['a format without its list', { accepts: tornadoV1({ secret: SECRET, until }) }],
    ['null for a format', { accepts: [null] }],
    ['a text for a format', { accepts: ['tornadoV1'] }],
    ['a format without a date', { accepts: [{ ...ownFormat, until: undefined }] }],
    ['a format until no date', { accepts: [{ ...ownFormat, until: new Date('soon') }] }],
    ['a format until a text', { accepts: [{ ...ownFormat, until: '2100-01-01' }] }],
    ['a format without secrets', { accepts: [{ ...ownFormat, secrets: undefined }] }],
    ['a format with one secret, not in a list', { accepts: [{ ...ownFormat, secrets: SECRET }] }],
    ['a format with a number for a secret', { accepts: [{ ...ownFormat, secrets: [7] }] }],
    ['a format that does not say bindsName', { accepts: [{ ...ownFormat, bindsName: undefined }] }],
    ['a format that reads nothing', { accepts: [{ ...ownFormat, read: undefined }] }],
  ])('%s', (_what, options) => {
    expect(thrownBy(() => defineSecureCookie('a', options as never))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
    });
  });

  it.each(['', Uint8Array.of(), undefined, null])(
    'an empty secret of a format shows where it is defined: %p',
    (secret) => {
      const accepts = [{ ...ownFormat, secrets: [SECRET, secret as never] }];

      expect(thrownBy(() => defineSecureCookie('a', { accepts } as never))).toMatchObject({
        code: 'secret-missing',
        message: expect.stringContaining('"accepts"'),
      });
    },
  );

  it('a format that does not bind the name, without a schema', () => {
    const accepts = [cookieSignature({ secrets: [SECRET], until })];

    expect(thrownBy(() => defineSecureCookie('role', { accepts } as never))).toMatchObject({
      code: 'option',
      message: expect.stringContaining('replayed'),
    });
    expect(() => defineSecureCookie('role', { accepts, schema: z.enum(['admin']) })).not.toThrow();
  });

  it('a format of the app’s own that says it does not bind the name, without a schema', () => {
    const own = { ...ownFormat, bindsName: false };

    expect(thrownBy(() => defineSecureCookie('role', { accepts: [own] } as never))).toMatchObject({
      code: 'option',
    });
  });
});

describe('a definition', () => {
  it('is frozen, and so are its attributes and formats', () => {
    const options = { path: '/shop', accepts: [tornadoV1({ secret: SECRET, until })] };
    const Cart = defineSecureCookie('cart', options);

    expect(Object.isFrozen(Cart)).toBe(true);
    expect(Object.isFrozen(Cart.attributes)).toBe(true);
    expect(Object.isFrozen(Cart.accepts)).toBe(true);
    expect(Object.isFrozen(Cart.accepts[0])).toBe(true);
    expect(() => Object.assign(Cart, { encrypt: false })).toThrow(TypeError);
  });

  it('does not change with the options that made it', () => {
    const accepts = [tornadoV1({ secret: SECRET, until })];
    const options = { path: '/shop', maxAge: 60, accepts };
    const Cart = defineSecureCookie('cart', options);
    options.path = '/';
    options.maxAge = DAY;
    accepts.pop();

    expect(Cart.attributes).toEqual({ path: '/shop', maxAge: 60 });
    expect(Cart.accepts).toHaveLength(1);
  });

  it('is registered nowhere: two of one name do not know of each other', () => {
    const Plain = defineSecureCookie('cart');
    const Hidden = defineSecureCookie('cart', { codec: 'json', encrypt: true });

    expect(readHeader(Plain, mint.valid(Plain, 'apple'))).toMatchObject({ value: 'apple' });
    expect(readHeader(Hidden, mint.valid(Hidden, ['apple']))).toMatchObject({ value: ['apple'] });
    expect(readHeader(Hidden, mint.valid(Plain, 'apple'))).toEqual({
      valid: false,
      reason: 'decrypt',
    });
    expect(readHeader(Plain, mint.valid(Hidden, ['apple']))).toEqual({
      valid: false,
      reason: 'encoding',
    });
  });

  it('has the defaults of its options', () => {
    const Cart = defineSecureCookie('cart');

    expect(Cart).toBeInstanceOf(SecureCookieDefinition);
    expect(Cart).toMatchObject({
      name: 'cart',
      attributes: {},
      domainOf: undefined,
      formerly: [],
      codec: 'text',
      encrypt: false,
      accepts: [],
      renewAfter: undefined,
      renew: false,
      renewOn: 'any',
      absoluteMaxAge: undefined,
    });
  });
});

const NOW = 1_300_000_000;

const signerAt = (time: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, clock: () => time });

describe("a definition's maxAge on the server", () => {
  it.each([
    ['shorter than the signer’s, at its end', 3600, 3600, 'valid'],
    ['shorter than the signer’s, a second later', 3600, 3601, 'expired'],
    ['longer than the signer’s, at its end', 90 * DAY, 90 * DAY, 'valid'],
    ['longer than the signer’s, a second later', 90 * DAY, 90 * DAY + 1, 'expired'],
    ['left to the signer, at its end', undefined, 31 * DAY, 'valid'],
    ['left to the signer, a second later', undefined, 31 * DAY + 1, 'expired'],
    ['null, which is the browser’s session, at the signer’s end', null, 31 * DAY, 'valid'],
    ['null, a second later', null, 31 * DAY + 1, 'expired'],
  ])('%s', (_what, maxAge, age, expected) => {
    const Visit = defineSecureCookie('visit', { maxAge });
    const header = `visit=${signerAt(NOW).sign('visit', 'yes')}`;
    const result = readHeader(Visit, header, signerAt(NOW + age));

    expect(result.valid ? 'valid' : result.reason).toBe(expected);
  });
});

describe("a definition's absoluteMaxAge", () => {
  const Visit = defineSecureCookie('visit', { absoluteMaxAge: 100 });
  const Plain = defineSecureCookie('visit');

  it('writes the date of the first issue in front of the payload', () => {
    const header = mint.valid(Visit, 'yes');
    const date = Number(header.split('|')[2]?.split(':')[1]);

    expect(payloadOf(header)).toEqual(Buffer.from(framed('yes', date)));
  });

  it.each([
    ['at its end', 100, 'valid'],
    ['a second later', 101, 'absolute-age'],
  ])('counts from the first issue, however new the signature is: %s', (_what, age, expected) => {
    const signer = signerAt(NOW + age);
    const header = `visit=${signer.sign('visit', framed('yes', NOW))}`;
    const result = readHeader(Visit, header, signer);

    expect(result.valid ? 'valid' : result.reason).toBe(expected);
  });

  it.each([
    ['at its end', 100, 'valid'],
    ['a second later', 101, 'absolute-age'],
  ])('counts from a value’s own date where there is no other: %s', (_what, age, expected) => {
    const header = `visit=${signerAt(NOW).sign('visit', 'yes')}`;
    const result = readHeader(Visit, header, signerAt(NOW + age));

    expect(result.valid ? result.value : result.reason).toBe(
      expected === 'valid' ? 'yes' : expected,
    );
  });

  it('is asked after the signature’s own age', () => {
    const header = `visit=${signerAt(NOW).sign('visit', framed('yes', NOW))}`;

    expect(readHeader(Visit, header, signerAt(NOW + 32 * DAY))).toEqual({
      valid: false,
      reason: 'expired',
    });
  });

  it('that was taken away leaves cookies readable', () => {
    const header = mint.valid(Visit, 'yes');

    expect(readHeader(Plain, header)).toMatchObject({ valid: true, value: 'yes' });
  });

  it('goes inside the plaintext of an encrypted cookie', () => {
    const Hidden = defineSecureCookie('visit', { absoluteMaxAge: 100, encrypt: true });
    const signer = signerAt(NOW);
    const header = `visit=${signer.sign('visit', framed('yes', NOW - 101), { encrypt: true })}`;

    expect(payloadOf(header).subarray(0, 2)).toEqual(Buffer.of(0xff, 0x01));
    expect(readHeader(Hidden, header, signer)).toEqual({ valid: false, reason: 'absolute-age' });
    expect(
      by.unsign('visit', mint.valid(Hidden, 'yes').slice('visit='.length), {
        encrypted: true,
        encoding: 'bytes',
      }),
    ).toHaveLength(7 + 'yes'.length);
  });
});
