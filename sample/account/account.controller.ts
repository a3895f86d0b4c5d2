import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Optional,
  Post,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieRevocations,
  SecureCookies,
} from 'nestjs-secure-cookie';
import { DeviceBoundSessions } from 'nestjs-secure-cookie/device-bound';
import { PageHeaders } from '../page/page-headers.decorator.js';
import { readPage } from '../page/read-page.js';
import { parseLogin } from './login.js';
import { BOUND_FOR, deviceKey, Session, userKey, type SessionValue } from './session.js';

interface SessionState extends SessionValue {
  /** When a bound cookie ends and the browser has to prove its key again, in seconds since the epoch. */
  readonly boundUntil: number | null;
}

const PAGE = readPage('account/page/account');

/** Logging in, what needs a session, and the two ways to log out. */
@Controller('account')
export class AccountController {
  constructor(
    @Inject(SecureCookieRevocations) private readonly revocations: SecureCookieRevocations,
    @Optional()
    @Inject(DeviceBoundSessions)
    private readonly deviceBoundSessions?: DeviceBoundSessions,
  ) {}

  @Get()
  @PageHeaders(PAGE.contentSecurityPolicy)
  page(): string {
    return PAGE.html;
  }

  @Post('login')
  @HttpCode(204)
  login(@Body() body: unknown, @SecureCookies() cookies: SecureCookieJar): void {
    const { user, remember } = parseLogin(body);
    cookies.set(Session, { user, device: randomUUID() }, { persistent: remember });
  }

  /** Without a valid session, the guard answers 401. */
  @Get('private')
  @RequireSecureCookie(Session)
  @Header('Cache-Control', 'no-store')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  private(@SecureCookie(Session) { user }: SessionValue): string {
    return `This page needs a session, and you have one: you are ${user}.`;
  }

  /** What the page shows. Without a valid session, the parameter answers 401. */
  @Get('session')
  @Header('Cache-Control', 'no-store')
  session(
    @SecureCookie(Session, { required: true }) session: SessionValue,
    @SecureCookies() cookies: SecureCookieJar,
  ): SessionState {
    const result = cookies.verify(Session);
    const bound = result.valid && result.bound;
    return { ...session, boundUntil: bound ? result.issuedAt + BOUND_FOR : null };
  }

  /** The browser's name for a bound session, which comes along below the module's path alone. */
  @Get('device/session')
  @Header('Cache-Control', 'no-store')
  deviceSession(@Headers('cookie') cookie?: string): { readonly identifier: string | null } {
    return { identifier: this.deviceBoundSessions?.identifierOf(Session, cookie) ?? null };
  }

  /** Clearing asks this browser to forget the cookie; revoking makes copies of it worthless. */
  @Post('logout')
  @HttpCode(204)
  async logout(
    @SecureCookie(Session, { required: true }) { device }: SessionValue,
    @SecureCookies() cookies: SecureCookieJar,
  ): Promise<void> {
    await this.#revoke(deviceKey(device));
    cookies.clear(Session);
  }

  @Post('logout-everywhere')
  @HttpCode(204)
  async logoutEverywhere(
    @SecureCookie(Session, { required: true }) { user }: SessionValue,
    @SecureCookies() cookies: SecureCookieJar,
  ): Promise<void> {
    await this.#revoke(userKey(user));
    cookies.clear(Session);
  }

  /** Until a revocation is recorded, the session goes on. Then no cookie is cleared either: 503. */
  async #revoke(key: string): Promise<void> {
    try {
      await this.revocations.revoke(Session, key);
    } catch (error) {
      throw new ServiceUnavailableException('You are still logged in. Try again.', {
        cause: error,
      });
    }
  }
}
