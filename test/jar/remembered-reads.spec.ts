import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { tornadoV1 } from '../../lib/accepts/tornado-v1.js';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieJar } from '../../lib/jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { resignV1 } from '../support/resign.js';
import { OTHER_SECRET, SECRET, TORNADO_TEST_SECRET } from '../support/secrets.js';

const NOW = 1_300_000_000;
const CHANNELS = ['nestjs-secure-cookie:verified', 'nestjs-secure-cookie:rejected'] as const;

const clock = { now: NOW };
const signer = new SecureCookieSigner({ secret: SECRET, clock: () => clock.now });

const Cart = defineSecureCookie('cart', { schema: z.object({ items: z.array(z.string()) }) });
const Bytes = defineSecureCookie('bytes', { codec: 'bytes' });

const CART = `cart=${signer.sign('cart', '{"items":["apple"]}')}`;
const USER = `user=${signer.sign('user', 'alice')}`;

function jar(cookie: string): SecureCookieJar {
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = cookie;
  return new SecureCookieJar({ signer, request, response: new ServerResponse(request) });
}

describe('a jar verifies a cookie once, whoever asks for it', () => {
  const events: unknown[] = [];
  const record = (message: unknown): void => {
    events.push(message);
  };

  beforeEach(() => {
    clock.now = NOW;
    events.length = 0;
    CHANNELS.forEach((name) => subscribe(name, record));
  });
  afterEach(() => CHANNELS.forEach((name) => unsubscribe(name, record)));

  it('by its definition', () => {
    const cookies = jar(CART);

    expect([cookies.verify(Cart).valid, cookies.get(Cart), cookies.get(Cart)]).toEqual([
      true,
      { items: ['apple'] },
      { items: ['apple'] },
    ]);
    expect(events).toEqual([{ name: 'cart', keyVersion: 0 }]);
  });

  it('by its name and the same options, in whatever order they are written', () => {
    const cookies = jar(USER);

    cookies.get('user', { maxAge: 60, encoding: 'utf8' });
    cookies.verify('user', { encoding: 'utf8', maxAge: 60, minVersion: undefined });

    expect(events).toEqual([{ name: 'user', keyVersion: 0 }]);
  });

  it('and one that was refused as well', () => {
    const cookies = jar(`${USER}0; ${CART}0`);

    cookies.get('user');
    expect(cookies.verify('user')).toEqual({ valid: false, reason: 'malformed' });
    cookies.get(Cart);
    expect(cookies.verify(Cart)).toEqual({ valid: false, reason: 'malformed' });

    expect(events).toHaveLength(2);
  });

  it.each([
    [{ maxAge: 59 }, false],
    [{ minVersion: 1 }, true],
    [{ encoding: 'bytes' }, true],
    [{ encrypted: true }, false],
  ] as const)('but anew where it is asked with other options: %j', (options, valid) => {
    clock.now = NOW + 60;
    const cookies = jar(USER);

    expect(cookies.verify('user').valid).toBe(true);
    expect(cookies.verify('user', options).valid).toBe(valid);
    expect(events).toHaveLength(2);
  });

  it.each([
    ['shorter', undefined, 3600],
    ['longer', 60, 3600],
    ['its signer’s', 60, undefined],
  ])('by its name, and an age that is %s and still valid', (_age, first, second) => {
    const cookies = jar(USER);

    expect(cookies.get('user', { maxAge: first })).toBe('alice');
    expect(cookies.get('user', { maxAge: second })).toBe('alice');
    expect(events).toEqual([{ name: 'user', keyVersion: 0 }]);
  });

  it('anew where it was too old for the age that was asked before', () => {
    clock.now = NOW + 60;
    const cookies = jar(USER);

    expect(cookies.verify('user', { maxAge: 59 })).toEqual({ valid: false, reason: 'expired' });
    expect(cookies.get('user', { maxAge: 60 })).toBe('alice');
    expect(cookies.verify('user', { maxAge: 59 })).toEqual({ valid: false, reason: 'expired' });
    expect(events).toHaveLength(2);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '60'])(
    'a bad age of %p throws though a valid result is remembered',
    (maxAge) => {
      const cookies = jar(USER);
      cookies.get('user');

      expect(() => cookies.get('user', { maxAge: maxAge as number })).toThrow(
        expect.objectContaining({ code: 'option' }),
      );
    },
  );

  it('and anew for each definition: what one accepts, another may not', () => {
    const cookies = jar(CART);
    const Strict = defineSecureCookie('cart', { schema: z.object({ items: z.array(z.number()) }) });

    expect(cookies.get(Cart)).toEqual({ items: ['apple'] });
    expect(cookies.get(Strict)).toBeUndefined();
    expect(events).toHaveLength(2);
  });
});

describe('what one caller does to a value does not reach the next', () => {
  it('an object of JSON', () => {
    const cookies = jar(CART);
    cookies.get(Cart)?.items.push('pear');
    cookies.get(Cart)?.items.push('plum');

    expect(cookies.get(Cart)).toEqual({ items: ['apple'] });
  });

  it('bytes, defined and by name', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const cookies = jar(`bytes=${signer.sign('bytes', bytes)}`);
    for (const read of [
      () => cookies.get(Bytes),
      () => cookies.get('bytes', { encoding: 'bytes' }),
    ]) {
      read()?.fill(0);
      read()?.fill(0);

      expect(read()).toEqual(bytes);
    }
  });
});

describe('a result is remembered as long as its age allows', () => {
  beforeEach(() => {
    clock.now = NOW;
  });

  it.each([
    ["the signer's maxAge", (c: SecureCookieJar) => c.verify('user'), 31 * 86_400],
    ['its own', (c: SecureCookieJar) => c.verify('user', { maxAge: 60 }), 60],
  ] as const)('%s', (_what, read, end) => {
    const cookies = jar(USER);
    expect(read(cookies).valid).toBe(true);

    clock.now = NOW + end;
    expect(read(cookies).valid).toBe(true);
    clock.now = NOW + end + 1;
    expect(read(cookies)).toEqual({ valid: false, reason: 'expired' });
    expect(read(cookies)).toEqual({ valid: false, reason: 'expired' });
  });

  it.each([
    ['maxAge', { maxAge: 90 }, 90, 'expired'],
    ['absoluteMaxAge', { absoluteMaxAge: 70 }, 70, 'absolute-age'],
  ])("a definition's %s, to the second", (_what, lifetimes, end, reason) => {
    const Defined = defineSecureCookie('user', lifetimes);
    const cookies = jar(USER);
    const read = () => cookies.verify(Defined);
    expect(read().valid).toBe(true);

    clock.now = NOW + end;
    expect(read().valid).toBe(true);
    clock.now = NOW + end + 1;
    expect(read()).toEqual({ valid: false, reason });
  });

  it("the end of an accepted format's time", () => {
    const until = new Date((NOW + 50) * 1000);
    const Old = defineSecureCookie('old', {
      accepts: [tornadoV1({ secret: TORNADO_TEST_SECRET, until })],
    });
    const cookies = jar(
      `old=${resignV1({ name: 'old', timestamp: `${NOW}` }, TORNADO_TEST_SECRET)}`,
    );
    expect(cookies.verify(Old).valid).toBe(true);

    clock.now = NOW + 49;
    expect(cookies.verify(Old).valid).toBe(true);
    clock.now = NOW + 51;
    expect(cookies.verify(Old).valid).toBe(false);
  });
});

describe('a reader without a request remembers nothing', () => {
  it('so keys that turn under an open socket count at the next read', () => {
    const turning = new SecureCookieSigner({ secret: SECRET, clock: () => NOW });
    const reader = new SecureCookieReader(turning, `${USER}; ${CART}`);
    expect([reader.get('user'), reader.get(Cart)]).toEqual(['alice', { items: ['apple'] }]);

    turning.replaceKeys({ secret: OTHER_SECRET });

    expect([reader.get('user'), reader.get(Cart)]).toEqual([undefined, undefined]);
  });
});
