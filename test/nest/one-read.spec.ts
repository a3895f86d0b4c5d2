import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Module } from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { readEvents } from '../support/read-events.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

/** As in docs/cookies.md. */
@Controller('orders')
@RequireSecureCookie('user')
class OrdersController {
  @Get()
  list(@SecureCookie('user') user: string): string {
    return `Orders of ${user}`;
  }

  @Delete()
  @RequireSecureCookie('user', { maxAge: 600 })
  cancel(): string {
    return 'Cancelled';
  }

  @Get('all')
  @RequireSecureCookie('user')
  @RequireSecureCookie('user', { maxAge: 600 })
  all(
    @SecureCookie('user') one: string,
    @SecureCookie('user', { maxAge: 60 }) two: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    return `${one}, ${two}, ${cookies.get('user')}`;
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [OrdersController] })
class AppModule {}

describe.each(platforms)('whoever asks for a cookie on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, AppModule);
  });
  afterAll(() => running.close());

  it.each([
    ['GET', '', 'Orders of alice'],
    ['DELETE', '', 'Cancelled'],
    ['GET', '/all', 'alice, alice, alice'],
  ])('%s /orders%s: one read, one event', async (method, path, body) => {
    const headers = { cookie: cookieHeader('user', 'alice') };
    const { result, events } = await readEvents(async () =>
      (await fetch(`${running.url}/orders${path}`, { method, headers })).text(),
    );

    expect(result).toBe(body);
    expect(events).toEqual([{ name: 'user', keyVersion: 0 }]);
  });
});
