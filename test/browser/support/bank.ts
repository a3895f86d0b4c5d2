import type { AddressInfo } from 'node:net';
import {
  Body,
  Controller,
  Get,
  Header,
  Module,
  Post,
  Query,
  type INestApplication,
} from '@nestjs/common';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { DeviceBoundModule } from '../../../lib/device-bound/index.js';
import type { Certificate } from '../../support/certificate.js';
import type { PlatformApp } from '../../support/platform-apps.js';
import { OTHER_SECRET, SECRET } from '../../support/secrets.js';

/** How long a bound cookie counts here, in seconds: Chromium keeps it for two less. */
export const BOUND_FOR = 5;

const Session = defineSecureCookie('__Host-session', {
  maxAge: 3600,
  deviceBound: { for: BOUND_FOR },
});

const PAGE = `<!doctype html><title>bank</title><link rel="icon" href="data:,">
<form method="post" action="/login"><button id="login">log in</button></form>
<form method="post" action="/logout"><button id="logout">log out</button></form>
<form method="post" action="/transfer"><button id="transfer">transfer</button></form>`;

@Controller()
class BankController {
  @Get()
  @Header('Content-Type', 'text/html')
  page(): string {
    return PAGE;
  }

  /** Of another site. */
  @Get('link')
  @Header('Content-Type', 'text/html')
  link(@Query('to') to: string): string {
    return `<!doctype html><link rel="icon" href="data:,"><a href="${encodeURI(to)}">away</a>`;
  }

  @Post('login')
  @Header('Content-Type', 'text/html')
  logIn(@SecureCookies() cookies: SecureCookieJar, @Body() _form: unknown): string {
    cookies.set(Session, 'alice');
    return PAGE;
  }

  @Post('logout')
  @Header('Content-Type', 'text/html')
  logOut(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.clear(Session);
    return PAGE;
  }

  @Get('state')
  state(@SecureCookies() cookies: SecureCookieJar): object {
    return cookies.verify(Session);
  }

  @Post('transfer')
  @RequireSecureCookie(Session, { bound: true })
  @Header('Content-Type', 'text/html')
  transfer(): string {
    return 'transferred';
  }
}

@Module({
  imports: [
    SecureCookieModule.forRoot({ secret: { 1: SECRET }, keyVersion: 1 }),
    DeviceBoundModule.forRoot({ sessions: [Session] }),
  ],
  controllers: [BankController],
})
class BankModule {}

/** A bank that is served over TLS at `shop.test`, and at `elsewhere.test`. */
export class Bank {
  readonly port: number;
  readonly #platform: PlatformApp;
  readonly #certificate: Certificate;
  #app: INestApplication;

  private constructor(app: INestApplication, platform: PlatformApp, certificate: Certificate) {
    const { port }: AddressInfo = app.getHttpServer().address();
    this.port = port;
    this.#app = app;
    this.#platform = platform;
    this.#certificate = certificate;
  }

  static async open(platform: PlatformApp, certificate: Certificate): Promise<Bank> {
    return new Bank(await listening(platform, certificate, 0), platform, certificate);
  }

  url(path: string, host = 'shop.test'): string {
    return `https://${host}:${this.port}${path}`;
  }

  /** Another process would know no more: it has its own signer. */
  async restart(): Promise<void> {
    await this.close();
    this.#app = await listening(this.#platform, this.#certificate, this.port);
  }

  /** The second key signs; the first one still reads, or does not any more. */
  rotate(reads: 'both' | 'second'): void {
    const first = reads === 'both' ? { 1: SECRET } : {};
    this.#app
      .get(SecureCookieSigner)
      .replaceKeys({ secret: { ...first, 2: OTHER_SECRET }, keyVersion: 2 });
  }

  async close(): Promise<void> {
    const closed = this.#app.close();
    // Browsers keep theirs open.
    this.#app.getHttpServer().closeAllConnections();
    await closed;
  }
}

async function listening(
  { create }: PlatformApp,
  tls: Certificate,
  port: number,
): Promise<INestApplication> {
  const app = await create(BankModule, { tls, trustsProxy: false }, false);
  await app.listen(port, '127.0.0.1');
  return app;
}
