import { CookieSigner } from '@nestjs/core/helpers/cookies/cookie-signer.js';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastifyCookie from '@fastify/cookie';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import cookieParser from 'cookie-parser';
import cookieSignature from 'cookie-signature';
import { getIronSession, sealData } from 'iron-session';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { OTHER_SECRET, SECRET } from './support/secrets.js';

// What README.md says of others in its table, where they are installed here and it can be tried.

const YEAR_MS = 365 * 86_400_000;

/** Signs a text for a cookie, and reads it under a name. */
interface Scheme {
  readonly scheme: string;
  readonly sign: (secret: string, value: string) => string;
  readonly read: (secrets: string[], cookie: string) => string | false | null | undefined;
}

const schemes: readonly Scheme[] = [
  {
    scheme: 'Nest 12',
    sign: (secret, value) => new CookieSigner(secret).sign(value),
    read: (secrets, cookie) => new CookieSigner(secrets).unsign(cookie),
  },
  {
    scheme: 'cookie-parser',
    sign: (secret, value) => `s:${cookieSignature.sign(value, secret)}`,
    read: (secrets, cookie) => cookieParser.signedCookie(cookie, secrets),
  },
  {
    scheme: '@fastify/cookie',
    sign: (secret, value) => fastifyCookie.sign(value, secret),
    read: (secrets, cookie) => {
      const { valid, value } = new fastifyCookie.Signer(secrets).unsign(cookie);
      return valid ? value : undefined;
    },
  },
];

afterEach(() => {
  jest.useRealTimers();
});

describe.each(schemes)('$scheme', ({ sign, read }) => {
  it('signs neither a date nor a name: ten years later, the same value has the same text', () => {
    jest.useFakeTimers();
    const signed = sign(SECRET, 'alice');
    jest.setSystemTime(Date.now() + 10 * YEAR_MS);

    expect(sign(SECRET, 'alice')).toBe(signed);
    expect(read([SECRET], signed)).toBe('alice');
  });

  it('tries all of its secrets, with nothing in the value to choose by', () => {
    expect(read([OTHER_SECRET, SECRET], sign(SECRET, 'alice'))).toBe('alice');
  });

  it('takes a secret of one byte', () => {
    expect(read(['x'], sign('x', 'alice'))).toBe('alice');
  });
});

describe('a cookie that one signed and another reads, with one secret', () => {
  it.each([
    ['Nest 12', ['Nest 12', 'cookie-parser']],
    ['cookie-parser', ['Nest 12', 'cookie-parser']],
    ['@fastify/cookie', ['Nest 12', '@fastify/cookie']],
  ])('of %s: by %j', (writer, readers) => {
    const signed = schemes.find(({ scheme }) => scheme === writer)?.sign(SECRET, 'alice') ?? '';
    const able = schemes.filter(({ read }) => read([SECRET], signed) === 'alice');

    expect(able.map(({ scheme }) => scheme)).toEqual(readers);
  });
});

describe('@fastify/cookie', () => {
  it('sends no cookie behind a hijacked reply', async () => {
    const fastify = new FastifyAdapter().getInstance();
    await fastify.register(fastifyCookie);
    fastify.get('/', (_request, reply) => {
      reply.setCookie('user', 'alice');
      reply.hijack();
      reply.raw.end('answered');
    });
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(url);
    await fastify.close();

    expect(await response.text()).toBe('answered');
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

/** The session that iron-session finds in a cookie. */
function unsealed(name: string, cookie: string) {
  const request = new Request('http://localhost', { headers: { cookie: `${name}=${cookie}` } });
  const options = { cookieName: name, password: SECRET };
  return getIronSession<{ user?: string }>(request, new Response(), options);
}

describe('iron-session', () => {
  it('seals no name', async () => {
    const seal = await sealData({ user: 'alice' }, { password: SECRET });

    expect((await unsealed('first', seal)).user).toBe('alice');
    expect((await unsealed('second', seal)).user).toBe('alice');
  });

  it('reads for 14 days', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const seal = await sealData({ user: 'alice' }, { password: SECRET });
    jest.setSystemTime(Date.now() + 14 * 86_400_000 + 61_000);

    expect((await unsealed('session', seal)).user).toBeUndefined();
  });

  it('throws on some cookies that no one sealed', async () => {
    await expect(unsealed('session', '1*2*3*4*5*6*7*8')).rejects.toThrow('Wrong mac prefix');
  });
});

describe('this library', () => {
  it('reads for the limit of the reader, under the one name, and throws on nothing', () => {
    jest.useFakeTimers();
    const signer = new SecureCookieSigner({ secret: SECRET });
    const signed = signer.sign('user', 'alice');

    expect(signer.unsign('user', signed)).toBe('alice');
    expect(signer.verify('role', signed)).toEqual({ valid: false, reason: 'name' });
    expect(signer.verify('user', '1*2*3*4*5*6*7*8')).toEqual({ valid: false, reason: 'malformed' });
    jest.setSystemTime(Date.now() + 3_601_000);
    expect(signer.verify('user', signed, { maxAge: 3600 })).toEqual({
      valid: false,
      reason: 'expired',
    });
  });
});
