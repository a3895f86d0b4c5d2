import { once } from 'node:events';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { CookieMint, readSetCookies } from '../../lib/testing/index.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const keys = { secret: { 1: OTHER_SECRET, 2: SECRET }, keyVersion: 2 } as const;
const mint = new CookieMint(keys);

const Session = defineSecureCookie('session', {
  encrypt: true,
  maxAge: 3600,
  renewAfter: 600,
  absoluteMaxAge: 7200,
  sameSite: 'strict',
});

@Controller()
class TestedController {
  @Get('named')
  named(@SecureCookie('user', { required: true }) user: string): string {
    return user;
  }

  @Get('defined')
  @RequireSecureCookie(Session)
  defined(@SecureCookie(Session) session: string): string {
    return session;
  }

  @Get('sets')
  sets(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(Session, 'alice');
    cookies.clear('user');
    return 'set';
  }
}

@Module({ imports: [SecureCookieModule.forRoot(keys)], controllers: [TestedController] })
class AppModule {}

describe.each(platforms)('what a test mints and reads, with an app on $platform', (platform) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp(platform, AppModule);
  });
  afterAll(() => app.close());

  const statusOf = async (path: string, cookie: string): Promise<number> =>
    (await fetch(`${app.url}/${path}`, { headers: { cookie } })).status;

  it.each([
    ['valid', mint.valid('user', 'alice'), mint.valid(Session, 'alice'), 200],
    ['of an old key', mint.oldKey('user', 'alice'), mint.oldKey(Session, 'alice'), 200],
    ['expired', mint.expired('user', 'alice'), mint.expired(Session, 'alice'), 401],
    ['not yet valid', mint.notYetValid('user', 'alice'), mint.notYetValid(Session, 'alice'), 401],
    ['tampered', mint.tampered('user', 'alice'), mint.tampered(Session, 'alice'), 401],
    [
      'renamed',
      mint.renamed('user', 'nickname', 'alice'),
      mint.renamed('session', 'nickname', 'alice'),
      401,
    ],
  ])('a cookie that is %s', async (_kind, named, defined, status) => {
    expect(await statusOf('named', named)).toBe(status);
    expect(await statusOf('defined', defined)).toBe(status);
    expect(await statusOf('named', `${named}; ${defined}`)).toBe(status);
  });

  it('the response’s cookies, from the headers of fetch and of node:http, as supertest has them', async () => {
    const { headers } = await fetch(`${app.url}/sets`);
    const [response] = await once(get(`${app.url}/sets`), 'response');
    response.resume();

    for (const cookies of [
      readSetCookies(headers),
      readSetCookies(response.headers['set-cookie']),
    ]) {
      expect(cookies).toMatchObject([
        { name: 'session', attributes: { maxAge: 3600, httpOnly: true, sameSite: 'strict' } },
        { name: 'user', value: '', attributes: { maxAge: 0, path: '/' } },
      ]);
      const [session] = cookies;
      const sent = await fetch(`${app.url}/defined`, {
        headers: { cookie: `session=${session?.value}` },
      });
      expect(await sent.text()).toBe('alice');
    }
  });
});
