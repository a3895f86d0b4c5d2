import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Query } from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { getWithCookies } from '../support/get-with-cookies.js';
import { SECRET } from '../support/secrets.js';
import { signer } from '../support/signed-cookies.js';

@Controller()
class ReadingController {
  @Get()
  read(@SecureCookies() cookies: SecureCookieJar, @Query('name') name = 'user'): object {
    return { value: cookies.get(name) ?? null };
  }

  @Get('reads')
  @RequireSecureCookie('user')
  @RequireSecureCookie('user', { maxAge: 60 })
  readOften(
    @SecureCookie('user') user: string | undefined,
    @SecureCookie('user', { required: true }) again: string,
    @SecureCookie('role') role: string | undefined,
    @SecureCookies() cookies: SecureCookieJar,
  ): object {
    return { user, again, role, jar: cookies.get('user') };
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [ReadingController],
})
class ReadingModule {}

const SIGNED = signer.sign('user', 'alice');
const EARLIER = signer.sign('user', 'bob');
const ENCODED = encodeURIComponent(SIGNED);
const FORGED = SIGNED.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));

/** A number of cookies that were not signed. */
const forged = (count: number): string => `user=${FORGED}; `.repeat(count);

/** What the client sends, and what the app reads. */
const headers: readonly (readonly [what: string, header: string, value: string | null])[] = [
  ['a signed value', `user=${SIGNED}`, 'alice'],
  ['among others', `a=1; user=${SIGNED}; b=2`, 'alice'],
  ['spaces and tabs around', ` \t user \t= \t${SIGNED} \t`, 'alice'],
  ['without spaces', `a=1;user=${SIGNED};b=2`, 'alice'],
  ['quoted, as Python does', `user="${SIGNED}"`, 'alice'],
  ['quoted twice', `user=""${SIGNED}""`, null],
  ['percent-encoded, as Express does', `user=${ENCODED}`, 'alice'],
  ['percent-encoded twice', `user=${encodeURIComponent(ENCODED)}`, null],
  ['percent-encoded in part', `user=${SIGNED.replace('=', '%3D')}`, null],
  ['with a broken escape', `user=${ENCODED}%E0%A4%A`, null],
  ['a forged one before', `user=${FORGED}; user=${SIGNED}`, 'alice'],
  ['a forged one behind', `user=${SIGNED}; user=${FORGED}`, 'alice'],
  ['the first of two valid ones', `user=${EARLIER}; user=${SIGNED}`, 'bob'],
  ['behind 15 forged ones', `${forged(15)}user=${SIGNED}`, 'alice'],
  ['behind 16 forged ones', `${forged(16)}user=${SIGNED}`, null],
  ['a name in another case', `User=${SIGNED}`, null],
  ['a name disguised by U+00A0', `\u00a0user=${SIGNED}`, null],
  ['a name with U+00A0 behind', `user\u00a0=${SIGNED}`, null],
  ['a name that is encoded', `%75ser=${SIGNED}`, null],
  ['a name in quotes', `"user"=${SIGNED}`, null],
  ['a pair without a name', `=user=${SIGNED}`, null],
  ['a name without a pair', 'user', null],
  ['separated by commas', `a=1, user=${SIGNED}`, null],
  ['the cookie sandwich', `$Version=1; a="start; user=${SIGNED}; b=end"`, 'alice'],
  ['an empty header', '', null],
  ['bytes beyond ASCII', `user=${SIGNED}\u00ff; \u0080\u00ff=\u00e9`, null],
];

describe.each(platforms)('reading the Cookie header on $platform', (platform) => {
  let running: RunningApp;
  let looks = 0;

  /** Counts how often the header is looked at. */
  function countLooks(request: IncomingMessage, _response: object, next: () => void): void {
    const { cookie } = request.headers;
    Object.defineProperty(request.headers, 'cookie', {
      get: () => {
        looks += 1;
        return cookie;
      },
    });
    next();
  }

  beforeAll(async () => {
    running = await startApp(platform, ReadingModule, (app) => {
      app.use(countLooks);
    });
  });
  afterAll(() => running.close());

  const get = (path: string, cookies: readonly string[]) =>
    getWithCookies(`${running.url}${path}`, cookies);

  it.each(headers)('%s', async (_what, header, value) => {
    expect(await get('/', [header])).toEqual({ status: 200, body: JSON.stringify({ value }) });
  });

  it('two Cookie headers are one', async () => {
    const { body } = await get('/', [`user=${FORGED}`, `user=${SIGNED}`]);

    expect(body).toBe('{"value":"alice"}');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'the name %s is a name like any other',
    async (name) => {
      const own = `${name}=${signer.sign(name, 'alice')}`;

      expect((await get(`/?name=${name}`, ['a=1'])).body).toBe('{"value":null}');
      expect((await get(`/?name=${name}`, [own])).body).toBe('{"value":"alice"}');
    },
  );

  it("a header beyond the server's limit is answered 431, and the next request as ever", async () => {
    expect((await get('/', [`a=${'a'.repeat(16 * 1024)}`])).status).toBe(431);
    expect((await get('/', [`user=${SIGNED}`])).body).toBe('{"value":"alice"}');
  });

  it('takes one look at the header for all guards, parameters and the jar of a request', async () => {
    const cookies = [`user=${SIGNED}; role=${signer.sign('role', 'admin')}`];
    looks = 0;

    const { status, body } = await get('/reads', cookies);

    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 200,
      body: { user: 'alice', again: 'alice', role: 'admin', jar: 'alice' },
    });
    expect(looks).toBe(1);
  });
});
