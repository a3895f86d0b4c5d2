import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Inject, Module, Res } from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { hijacked, type PlatformResponse } from '../support/exits/node-response.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';

const VALUE = 'a value that no log may hold';

/** Sets a cookie, and takes the keys away before it is signed. */
@Controller()
class WithdrawingController {
  constructor(@Inject(SecureCookieSigner) private readonly signer: SecureCookieSigner) {}

  @Get('answers')
  answers(@SecureCookies() cookies: SecureCookieJar): string {
    this.#setUnsigned(cookies);
    return 'answered';
  }

  @Get('throws')
  throws(@SecureCookies() cookies: SecureCookieJar): never {
    this.#setUnsigned(cookies);
    throw new ForbiddenException();
  }

  @Get('sends')
  sends(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    this.#setUnsigned(cookies);
    hijacked(response).setHeader('Set-Cookie', 'other=1').end('sent');
  }

  #setUnsigned(cookies: SecureCookieJar): void {
    cookies.set('user', VALUE);
    this.signer.withdrawKeys();
    cookies.clear('theme');
  }
}

/** Names and values of the cookies that a response sets. */
function setCookies(response: Response): string[] {
  return response.headers.getSetCookie().map((header) => header.split(';', 1)[0] ?? '');
}

describe.each(platforms)('a cookie that can no longer be signed, on $platform', (platform) => {
  const errors: unknown[][] = [];
  let logFails = false;
  let running: RunningApp;

  beforeEach(async () => {
    @Module({
      imports: [SecureCookieModule.forRoot(SECRET)],
      controllers: [WithdrawingController],
    })
    class AppModule {}
    errors.length = 0;
    logFails = false;
    running = await startApp(platform, AppModule, (app) =>
      app.useLogger({
        log: () => undefined,
        warn: () => undefined,
        // Between the message and the context stands the stack of an error: there is none.
        error: (...logged: unknown[]) => {
          errors.push(logged.filter((part) => part !== undefined));
          if (logFails) {
            throw new Error('The log is full.');
          }
        },
      }),
    );
  });
  afterEach(() => running.close());

  it('is an exception within the pipeline, where filters see it', async () => {
    const response = await fetch(`${running.url}/answers`);

    expect(response.status).toBe(500);
    expect(setCookies(response)).toEqual(['theme=']);
  });

  it.each([
    ['throws', 403, ['theme=']],
    ['sends', 200, ['other=1', 'theme=']],
  ])('at the head is left out, and the response goes on: %s', async (path, status, others) => {
    const response = await fetch(`${running.url}/${path}`);

    expect(response.status).toBe(status);
    expect(setCookies(response)).toEqual(others);
    expect(errors).toEqual([
      [
        `The cookie "user" was left out of a response: SecureCookieError 'keys-stale'`,
        'SecureCookieModule',
      ],
    ]);
  });

  it.each([
    ['throws', 403],
    ['sends', 200],
  ])('does not fail the response either where the logger throws: %s', async (path, status) => {
    logFails = true;
    const response = await fetch(`${running.url}/${path}`);

    expect(response.status).toBe(status);
    expect(errors).toHaveLength(1);
  });

  it('has its name in the log and its value nowhere', async () => {
    const responses = await Promise.all(
      ['answers', 'throws', 'sends'].map((path) => fetch(`${running.url}/${path}`)),
    );
    const bodies = await Promise.all(responses.map((response) => response.text()));
    const shown = `${errors.join('\n')}\n${bodies.join('\n')}`;

    expect(shown).toContain('The cookie "user" was left out');
    expect(shown).not.toContain(VALUE);
    expect(shown).not.toContain(Buffer.from(VALUE).toString('base64'));
    expect(shown).not.toContain(SECRET);
  });
});

describe('a logger that throws', () => {
  const logger = {
    warn: (): never => {
      throw new Error('The log is full.');
    },
    error: (): never => {
      throw new Error('The log is full.');
    },
  };
  let now = 1_300_000_000;
  const signer = new SecureCookieSigner({ secret: SECRET, clock: () => now });
  afterEach(() => signer.replaceKeys({ secret: SECRET }));
  const Visits = defineSecureCookie('visits', { renewAfter: 60, absoluteMaxAge: 86_400 });

  function answer(use: (cookies: SecureCookieJar, response: ServerResponse) => void): unknown {
    now = 1_300_000_000;
    const request = new IncomingMessage(new Socket());
    request.headers.cookie = `visits=${signer.sign('visits', '7')}`;
    now += 3600;
    const response = new ServerResponse(request);
    use(new SecureCookieJar({ signer, request, response, logger }), response);
    response.writeHead(200);
    return response.getHeader('Set-Cookie') ?? [];
  }

  it.each<[string, number, (cookies: SecureCookieJar, response: ServerResponse) => void]>([
    [
      'a response that was meant for shared caches',
      1,
      (cookies, response) => {
        cookies.set('user', 'alice');
        response.setHeader('Cache-Control', 'public');
      },
    ],
    [
      'a cookie that cannot be signed',
      0,
      (cookies) => {
        cookies.set('user', 'alice');
        signer.withdrawKeys();
      },
    ],
    [
      'a renewal that cannot be signed',
      0,
      (cookies) => {
        cookies.get(Visits);
        now = Number.NaN;
      },
    ],
  ])('does not fail the head of %s', (_what, sent, use) => {
    expect(answer(use)).toHaveLength(sent);
  });
});

describe('a cookie that waits for its head', () => {
  let now: number;
  const signer = new SecureCookieSigner({ secret: SECRET, clock: () => now });

  function exchange(): { cookies: SecureCookieJar; sent: () => readonly string[] } {
    now = 1_300_000_000.5;
    const request = new IncomingMessage(new Socket());
    const response = new ServerResponse(request);
    const cookies = new SecureCookieJar({ signer, request, response });
    return {
      cookies,
      sent: () => [response.writeHead(200).getHeader('Set-Cookie') ?? []].flat().map(String),
    };
  }

  it.each<[string, (cookies: SecureCookieJar) => void]>([
    ['by its name', (cookies) => cookies.set('user', 'alice')],
    ['by its definition', (cookies) => cookies.set(defineSecureCookie('user'), 'alice')],
  ])('has the date of the call that set it %s, and ends by that date', (_how, set) => {
    const { cookies, sent } = exchange();
    set(cookies);
    now += 60;

    expect(sent()).toEqual([
      expect.stringMatching(/^user=2\|1:0\|10:1300000000\|.*Expires=Tue, 12 Apr 2011 07:06:40 GMT/),
    ]);
  });

  it('is deleted even by a clock that is broken', () => {
    const { cookies, sent } = exchange();
    now = Number.NaN;
    cookies.clear('user');

    expect(sent()).toEqual([
      'user=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
    ]);
  });

  it('is not set by a clock that is broken', () => {
    const { cookies, sent } = exchange();
    now = Number.NaN;

    expect(() => cookies.set('user', 'alice')).toThrow(expect.objectContaining({ code: 'clock' }));
    expect(sent()).toEqual([]);
  });
});
