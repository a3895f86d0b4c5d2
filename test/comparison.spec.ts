import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Module, Post } from '@nestjs/common';
import { CookieSigner } from '@nestjs/core/helpers/cookies/cookie-signer.js';
import { parseCookieHeader } from '@nestjs/core/helpers/cookies/parse-cookie-header.js';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastifyCookie from '@fastify/cookie';
import secureSession from '@fastify/secure-session';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import cookieParser from 'cookie-parser';
import cookieSignature from 'cookie-signature';
import { H3, useSession, type SessionConfig } from 'h3';
import { getIronSession, sealData } from 'iron-session';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { document, tablesOf } from './documents/support/documents.js';
import { ROOT } from './package/support/project.js';
import { oldApps } from './support/old-apps.js';
import { platforms, startApp } from './support/platforms.js';
import { OTHER_SECRET, SECRET } from './support/secrets.js';
import { readSetCookies } from '../lib/testing/index.js';

// What docs/comparison.md says of others, where they are installed here and it can be tried.

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

describe('the versions in docs/comparison.md', () => {
  const NAMED: Readonly<Record<string, string>> = { Express: 'express', Nest: '@nestjs/core' };
  const tables = tablesOf(document('docs/comparison.md').text);
  const heads = tables.flatMap(({ head }) => head).join('\n');
  const versions = [...heads.matchAll(/([@\w/-]+) (\d+(?:\.\d+)+)/g)]
    .map(([, name = '', version = '']) => ({ name: NAMED[name] ?? name, version }))
    .filter(({ name }) => name !== 'Tornado');

  it.each(versions)('are those that are tried here: $name $version', ({ name, version }) => {
    const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8');

    expect(JSON.parse(manifest)).toMatchObject({ version });
  });

  it('are of seven packages', () => {
    expect(versions.map(({ name }) => name)).toHaveLength(7);
  });
});

/** The first `Set-Cookie` of a response, without its value. */
async function firstAttributes(response: Response | Promise<Response>): Promise<unknown> {
  return readSetCookies((await response).headers)[0]?.attributes;
}

describe('attributes where none are given', () => {
  it.each([
    { app: 'Express and cookie-parser', attributes: { path: '/' } },
    { app: '@fastify/cookie', attributes: { sameSite: 'lax' } },
    { app: 'Nest’s cookies.secret on Express', attributes: { path: '/' } },
    { app: 'Nest’s cookies.secret on Fastify', attributes: { path: '/' } },
  ])('of $app', async ({ app, attributes }) => {
    const old = await oldApps.find((one) => one.app === app)?.start();
    const found = await firstAttributes(fetch(`${old?.url}/text?value=dark`));
    await old?.close();

    expect(found).toEqual(attributes);
  });

  it('of @fastify/secure-session', async () => {
    const url = await startSecureSession(SECRET);

    expect(await firstAttributes(fetch(url))).toEqual({ httpOnly: true, sameSite: 'lax' });
  });

  it('of iron-session: 14 days, but for the minute that clocks may differ', async () => {
    const response = new Response();
    const session = await getIronSession<{ user?: string }>(
      new Request('http://localhost'),
      response,
      { cookieName: 'session', password: SECRET },
    );
    session.user = 'alice';
    await session.save();

    expect(await firstAttributes(response)).toEqual({
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      maxAge: 14 * 86_400 - 60,
    });
  });

  it('of h3', async () => {
    expect(await firstAttributes(h3Session({}))).toEqual({
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    });
  });
});

describe('of two cookies of one name', () => {
  it.each([
    ['Nest 12', parseCookieHeader('a=1; a=2')['a']],
    ['cookie-parser', parsed('a=1; a=2')['a']],
  ])('%s takes the first', (_package, value) => {
    expect(value).toBe('1');
  });

  it('@fastify/cookie takes the first', async () => {
    const fastify = new FastifyAdapter().getInstance();
    await fastify.register(fastifyCookie);
    expect(fastify.parseCookie('a=1; a=2')['a']).toBe('1');
    await fastify.close();
  });
});

function parsed(cookie: string): Record<string, string> {
  const request = { headers: { cookie } };
  cookieParser()(request as never, {} as never, () => undefined);
  return Reflect.get(request, 'cookies');
}

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

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A Fastify server that answers with the user of the session, and sets it. */
async function startSecureSession(secret: string): Promise<string> {
  const fastify = new FastifyAdapter().getInstance();
  await fastify.register(secureSession, { secret, salt: 'a salt, 16 bytes' });
  fastify.get('/', (request) => {
    const { session } = request as never as { session: Map<string, string> };
    const user = session.get('user') ?? 'nobody';
    session.set('user', 'alice');
    return user;
  });
  closing.push(() => fastify.close());
  return fastify.listen({ port: 0, host: '127.0.0.1' });
}

describe('@fastify/secure-session', () => {
  it('reads for 24 hours and a second', async () => {
    const url = await startSecureSession(SECRET);
    const [cookie = ''] = (await fetch(url)).headers.getSetCookie();
    const later = async (seconds: number): Promise<string> => {
      jest.useFakeTimers({ now: Date.now() + seconds * 1000, doNotFake: [...NODE_TIMERS] });
      const response = await fetch(url, { headers: { cookie: cookie.split(';', 1).join('') } });
      jest.useRealTimers();
      return response.text();
    };

    expect(await later(86_399)).toBe('alice');
    expect(await later(86_403)).toBe('nobody');
  });

  it('refuses secrets under 32 bytes', async () => {
    await expect(startSecureSession('x'.repeat(31))).rejects.toThrow(
      'secret must be at least 32 bytes',
    );
  });
});

/** All but the date: promises and sockets go on. */
const NODE_TIMERS = [
  'nextTick',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'performance',
  'hrtime',
] as const;

/** The session that iron-session finds in a cookie, and why it found none. */
async function unsealed(name: string, cookie: string) {
  const request = new Request('http://localhost', { headers: { cookie: `${name}=${cookie}` } });
  const reasons: string[] = [];
  const session = await getIronSession<{ user?: string }>(request, new Response(), {
    cookieName: name,
    password: SECRET,
    onUnsealError: (reason) => reasons.push(reason),
  });
  return { user: session.user, reasons };
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

    expect(await unsealed('session', seal)).toEqual({ user: undefined, reasons: ['expired'] });
  });

  it('tells three reasons apart, to a callback', async () => {
    const seal = await sealData({ user: 'alice' }, { password: { 2: SECRET } });

    expect(await unsealed('session', seal)).toEqual({
      user: undefined,
      reasons: ['unknown-password'],
    });
    expect(await unsealed('session', '1*2*3*4*5*6*7*8')).toEqual({
      user: undefined,
      reasons: ['invalid'],
    });
  });

  it('refuses secrets under 32 characters', async () => {
    await expect(
      getIronSession(new Request('http://localhost'), new Response(), {
        cookieName: 'session',
        password: 'x'.repeat(31),
      }),
    ).rejects.toThrow('at least 32 characters');
  });
});

/** An h3 app that sets its session, and answers with the user it had. */
async function h3Session(
  options: Partial<SessionConfig>,
  cookie = '',
): Promise<Response & { readonly status: number }> {
  const app = new H3({ silent: true });
  app.get('/', async (event) => {
    const session = await useSession(event, { password: SECRET, ...options });
    const user = String(session.data['user'] ?? 'nobody');
    await session.update({ user: 'alice' });
    return user;
  });
  return app.request('http://localhost/', { headers: { cookie } });
}

describe('h3', () => {
  it('seals no name, and no end unless it is told one', async () => {
    jest.useFakeTimers({ doNotFake: [...NODE_TIMERS] });
    const [cookie = ''] = (await h3Session({})).headers.getSetCookie();
    const value = /=([^;]*)/.exec(cookie)?.[1];
    jest.setSystemTime(Date.now() + 10 * YEAR_MS);

    expect(await (await h3Session({ name: 'other' }, `other=${value}`)).text()).toBe('alice');
    expect(await (await h3Session({ maxAge: 3600 }, `h3=${value}`)).text()).toBe('nobody');
  });

  it('refuses secrets under 32 characters', async () => {
    expect((await h3Session({ password: 'x'.repeat(31) })).status).toBe(500);
  });
});

@Controller()
class TransferController {
  @Post()
  transfer(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set('done', 'yes');
    return 'done';
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [TransferController] })
class TransferModule {}

describe.each(platforms)(
  'Nest’s enableCsrfProtection() beside this library, on $platform',
  (on) => {
    it('refuses requests from other sites, without a cookie, and lets the app’s own pass', async () => {
      const { url, close } = await startApp(on, TransferModule, (app) => {
        app.enableCsrfProtection();
      });
      const post = (site: string): Promise<Response> =>
        fetch(url, { method: 'POST', headers: { 'sec-fetch-site': site } });
      const [foreign, own] = [await post('cross-site'), await post('same-origin')];
      await close();

      expect(foreign.status).toBe(403);
      expect(foreign.headers.getSetCookie()).toEqual([]);
      expect(own.status).toBe(201);
      expect(own.headers.getSetCookie()).toHaveLength(1);
    });
  },
);

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
