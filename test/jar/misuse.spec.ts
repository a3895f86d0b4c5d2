import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { cookieSignature } from '../../lib/accepts/cookie-signature.js';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieJar } from '../../lib/jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const signer = new SecureCookieSigner({ secret: SECRET });
const User = defineSecureCookie('user');
const format = cookieSignature({ secrets: [OTHER_SECRET], until: new Date('2099-01-01') });

const request = new IncomingMessage(new Socket());
request.headers.cookie = `user=${signer.sign('user', 'alice')}`;
const response = new ServerResponse(request);

/** What the types forbid, and JavaScript does all the same. */
const jar = new SecureCookieJar({ signer, request, response }) as unknown as Record<
  'get' | 'verify' | 'set' | 'clear',
  (...given: readonly unknown[]) => unknown
>;
const reader = new SecureCookieReader(signer, request.headers.cookie) as unknown as typeof jar;
const define = defineSecureCookie as (...given: readonly unknown[]) => unknown;

describe('what is misused names its cure, and is never ignored', () => {
  it.each<[string, () => unknown, string, string]>([
    [
      'get(name, { maxage })',
      () => jar.get('user', { maxage: 60 }),
      'option',
      'did you mean "maxAge"?',
    ],
    [
      'get(name, {}, ...) of what is remembered',
      () => [jar.get('user'), jar.get('user', { maxage: 60 })],
      'option',
      'did you mean "maxAge"?',
    ],
    [
      'verify(name, { minversion })',
      () => jar.verify('user', { minversion: 1 }),
      'option',
      'did you mean "minVersion"?',
    ],
    ['get(definition, { maxAge })', () => jar.get(User, { maxAge: 60 }), 'option', '"maxAge"'],
    [
      'verify(definition, { maxAge })',
      () => jar.verify(User, { maxAge: 60 }),
      'option',
      '"maxAge"',
    ],
    [
      'set(definition, value, { bogus })',
      () => jar.set(User, 'alice', { bogus: 1 }),
      'option',
      '"bogus"',
    ],
    ['clear(definition, { path })', () => jar.clear(User, { path: '/' }), 'attribute', '"path"'],
    [
      'set(name, value, { maxage })',
      () => jar.set('user', 'alice', { maxage: 60 }),
      'attribute',
      'did you mean "maxAge"?',
    ],
    ['get(undefined)', () => jar.get(undefined), 'name', 'defineSecureCookie()'],
    ['get(null)', () => jar.get(null), 'name', 'defineSecureCookie()'],
    ['verify(5)', () => jar.verify(5), 'name', 'defineSecureCookie()'],
    ['set(undefined, value)', () => jar.set(undefined, 'alice'), 'name', 'defineSecureCookie()'],
    [
      'set of options in place of a definition',
      () => jar.set({ name: 'user' }, 'alice'),
      'name',
      'defineSecureCookie()',
    ],
    ['clear(undefined)', () => jar.clear(undefined), 'name', 'defineSecureCookie()'],
    ['a reader’s get(undefined)', () => reader.get(undefined), 'name', 'defineSecureCookie()'],
    [
      'a reader’s get(definition, { maxAge })',
      () => reader.get(User, { maxAge: 60 }),
      'option',
      '"maxAge"',
    ],
    [
      'a reader’s get(name, { maxage })',
      () => reader.get('user', { maxage: 60 }),
      'option',
      'did you mean "maxAge"?',
    ],
    ['defineSecureCookie(name, null)', () => define('user', null), 'option', 'plain object'],
    ['defineSecureCookie(undefined)', () => define(undefined), 'name', 'cookie name'],
    ['accepts: [null]', () => define('user', { accepts: [null] }), 'option', '"accepts"'],
    ['accepts: format', () => define('user', { accepts: format }), 'option', 'must be a list'],
    ['encyrpt: true', () => define('user', { encyrpt: true }), 'option', 'did you mean "encrypt"?'],
    ['samesite', () => define('user', { samesite: 'lax' }), 'option', 'did you mean "sameSite"?'],
  ])('%s', (_what, misuse, code, advice) => {
    expect(thrownBy(misuse)).toMatchObject({
      name: 'SecureCookieError',
      code,
      message: expect.stringContaining(advice),
    });
  });

  it('and nothing of it has reached the response', () => {
    expect(response.getHeaderNames()).toEqual([]);
  });
});

describe('a jar without a response', () => {
  const cookies = new SecureCookieJar({ signer, request });

  it('reads', () => {
    expect(cookies.get('user')).toBe('alice');
  });

  it.each<[string, () => void]>([
    ['set', () => cookies.set('user', 'bob')],
    ['set of a definition', () => cookies.set(User, 'bob')],
    ['clear', () => cookies.clear('user')],
    ['clear of a definition', () => cookies.clear(User)],
  ])('%s: no-response, with the line that hands the response on', (_what, write) => {
    expect(thrownBy(write)).toMatchObject({
      code: 'no-response',
      message: expect.stringContaining('context: (request, reply) => ({ reply })'),
    });
  });
});
