import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Inject, Module, Res } from '@nestjs/common';
import {
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
  let running: RunningApp;

  beforeEach(async () => {
    @Module({
      imports: [SecureCookieModule.forRoot(SECRET)],
      controllers: [WithdrawingController],
    })
    class AppModule {}
    errors.length = 0;
    running = await startApp(platform, AppModule, (app) =>
      app.useLogger({
        log: () => undefined,
        warn: () => undefined,
        // Between the message and the context stands the stack of an error: there is none.
        error: (...logged: unknown[]) => errors.push(logged.filter((part) => part !== undefined)),
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
