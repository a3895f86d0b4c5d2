import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Query, Res } from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { callMethod } from '../support/call-method.js';
import { startProcess, type RunningProcess } from '../support/child-process.js';
import { hijacked, type PlatformResponse } from '../support/exits/node-response.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader, setCookieValues } from '../support/signed-cookies.js';

const SERVER = fileURLToPath(new URL('../support/chosen-header-server.ts', import.meta.url));

const NOW = 1_700_000_000;

/** Due after a minute. */
const Session = defineSecureCookie('session', { renewAfter: 60, absoluteMaxAge: 7200 });

const due = cookieHeader(
  'session',
  'alice',
  new SecureCookieSigner({ secret: SECRET, clock: () => NOW - 61 }),
);

/** Heads that Node refuses. */
const REFUSED: Readonly<Record<string, readonly [status: number, headers: object]>> = {
  'a character beyond Latin-1': [200, { 'X-Next': '/\u{100}' }],
  'a line break': [200, { 'X-Next': 'a\r\nb' }],
  'a header without a value': [200, { 'X-Next': undefined }],
  'a name that is none': [200, { 'X Next': 'a' }],
  'the status 1000': [1000, {}],
  'the status 99': [99, { 'X-Next': 'a' }],
  'trailers without chunks': [200, { Trailer: 'X-A', 'Content-Length': '6' }],
};

@Controller()
class RefusedController {
  /** Sends a head that is refused, and then one with another status. */
  @Get('twice')
  twice(
    @SecureCookies() cookies: SecureCookieJar,
    @SecureCookie(Session) _session: string | undefined,
    @Query('refused') refused: string,
    @Query('then') then: string,
    @Query('set') set: string | undefined,
    @Res() response: PlatformResponse,
  ): void {
    const raw = hijacked(response);
    raw.setHeader('Set-Cookie', 'other=1');
    if (set !== undefined) {
      cookies.set('late', 'set');
    }
    const [status, headers] = REFUSED[refused] ?? [200, {}];
    try {
      callMethod(raw, 'writeHead', status, headers);
    } catch {
      raw.removeHeader('Trailer');
      raw.removeHeader('Content-Length');
      if (set !== undefined) {
        cookies.set('later', 'set when the first head was refused');
      }
      raw.statusCode = Number(then);
    }
    raw.end('answer');
  }

  /** As Fastify and many an app: nothing is set, all is given. */
  @Get('given')
  given(
    @SecureCookies() cookies: SecureCookieJar,
    @Query('refused') refused: string,
    @Res() response: PlatformResponse,
  ): void {
    const raw = hijacked(response);
    for (const name of raw.getHeaderNames()) {
      raw.removeHeader(name);
    }
    cookies.set('late', 'set');
    const [status, headers] = REFUSED[refused] ?? [200, {}];
    try {
      callMethod(raw, 'writeHead', status, headers);
    } catch {
      raw.removeHeader('Trailer');
      raw.removeHeader('Content-Length');
      raw.writeHead(500, { 'Set-Cookie': 'other=1' });
    }
    raw.end('answer');
  }
}

@Module({
  imports: [SecureCookieModule.forRoot({ secret: SECRET, clock: () => NOW })],
  controllers: [RefusedController],
})
class RefusedModule {}

describe.each(platforms)('a head that Node refuses, on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, RefusedModule);
  });
  afterAll(() => running.close());

  const get = (path: string): Promise<Response> =>
    fetch(`${running.url}/${path}`, { headers: { cookie: due } });

  describe.each(Object.keys(REFUSED))('for %s', (refused) => {
    const query = `refused=${encodeURIComponent(refused)}`;

    it('has not been written: the next one carries the cookies, each once', async () => {
      const response = await get(`twice?${query}&then=200&set=yes`);

      expect(response.headers.getSetCookie()).toEqual([
        'other=1',
        expect.stringMatching(/^late=2\|/),
        expect.stringMatching(/^later=2\|/),
        expect.stringMatching(/^session=2\|/),
      ]);
      expect(response.headers.get('vary')).toBe('Cookie');
    });

    it('is not the one that a renewal is judged by', async () => {
      expect(setCookieValues(await get(`twice?${query}&then=200`), 'session')).toHaveLength(1);
      expect(setCookieValues(await get(`twice?${query}&then=500`), 'session')).toEqual([]);
    });

    it('and was given all its headers, likewise', async () => {
      const response = await get(`given?${query}`);

      expect(response.status).toBe(500);
      expect(response.headers.getSetCookie()).toEqual([
        'other=1',
        expect.stringMatching(/^late=2\|/),
      ]);
    });
  });
});

// As a process: in Jest, Fastify has another "Error" there, and does not recognise errors of Node.
describe.each(platforms)('where the user chooses a header, on $platform', ({ platform }) => {
  let server: RunningProcess;

  beforeAll(async () => {
    server = await startProcess(
      [process.execPath, '--import', 'tsx', SERVER, platform],
      { NODE_NO_WARNINGS: '1' },
      /^(http:.*)$/m,
    );
  }, 30_000);
  afterAll(() => server.stop());

  const get = (path: string): Promise<Response> =>
    fetch(`${server.ready[1]}/${path}?next=/%C4%80`, { redirect: 'manual' });

  it('such as the next page, with a character beyond Latin-1, it logs out all the same', async () => {
    const response = await get('logout');

    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^session=; Max-Age=0;/),
    ]);
    expect(response.headers.get('cache-control')).toBe('private');
  });

  it('it logs in all the same', async () => {
    const response = await get('login');

    expect(response.status).toBe(500);
    expect(setCookieValues(response, 'session')).toEqual([expect.stringMatching(/^2\|/)]);
  });
});
