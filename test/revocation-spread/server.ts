import 'reflect-metadata';
import { Controller, Get, Inject, Module, Post, Query } from '@nestjs/common';
import { Redis } from 'ioredis';
import {
  redisRevocations,
  SecureCookieModule,
  SecureCookieRevocations,
  SecureCookies,
  type SecureCookieJar,
  type SecureCookieRevocationMark,
  type SecureCookieRevocationSource,
} from 'nestjs-secure-cookie';
import { EVERY_KEY, markKey } from '../../lib/revocation/revocation-mark.js';
import { platforms, startApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { Session, type LoadAnswer, type RevocationAnswer, type VisitAnswer } from './session.js';

// One of the processes that share a stream of revocations. It is started with its settings as one
// JSON argument, sends its address to its parent, and ends with it.

/** How a server is started. */
export interface ServerSettings {
  readonly platform: 'express' | 'fastify';
  readonly redisPort: number;
  /** Seconds. */
  readonly refreshEvery: number;
}

const settings: ServerSettings = JSON.parse(process.argv[2] ?? '');
const { redisPort, refreshEvery } = settings;

/** Measures the loads of a source, and remembers the dates of marks. */
class MeasuredSource implements SecureCookieRevocationSource {
  readonly #source: SecureCookieRevocationSource;
  #slowest = 0;
  #lastEnd = Number.POSITIVE_INFINITY;
  readonly #dates = new Map<string, number>();

  constructor(source: SecureCookieRevocationSource) {
    this.#source = source;
  }

  /** Milliseconds, from when the load was due. */
  get slowest(): number {
    return this.#slowest;
  }

  /** The date of the latest mark that was recorded for a key. */
  dateOf(key: string): number {
    return this.#dates.get(markKey(Session.name, key)) ?? 0;
  }

  async load(cursor: string | undefined, signal: AbortSignal) {
    const began = performance.now();
    // Further pages follow at once, and are overdue by nothing.
    const overdue = Math.max(0, began - this.#lastEnd - refreshEvery * 1000);
    const page = await this.#source.load(cursor, signal);
    this.#lastEnd = performance.now();
    this.#slowest = Math.max(this.#slowest, overdue + this.#lastEnd - began);
    return page;
  }

  async record(mark: SecureCookieRevocationMark, signal: AbortSignal): Promise<void> {
    await this.#source.record(mark, signal);
    this.#dates.set(mark.key, Math.max(mark.at, this.#dates.get(mark.key) ?? 0));
  }
}

const client = new Redis(redisPort, '127.0.0.1', { enableOfflineQueue: true });
const source = new MeasuredSource(
  redisRevocations({
    send: (command, ...words) => client.call(command, ...words),
    key: 'revocations',
  }),
);

@Controller()
class SessionController {
  readonly #revocations: SecureCookieRevocations;

  constructor(@Inject(SecureCookieRevocations) revocations: SecureCookieRevocations) {
    this.#revocations = revocations;
  }

  /** Renews the cookie where it is due, as any request does. */
  @Get('visit')
  visit(@SecureCookies() cookies: SecureCookieJar): VisitAnswer {
    const result = cookies.verify(Session);
    return {
      verdict: result.valid ? 'valid' : result.reason,
      user: result.valid ? result.value.user : undefined,
    };
  }

  @Post('login')
  logIn(
    @Query('user') user: string,
    @Query('device') device: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): object {
    cookies.set(Session, { user, device });
    return {};
  }

  /** Revokes, and logs in again where it is told who: by the same request. */
  @Post('revoke')
  async revoke(
    @Query('key') key: string,
    @Query('user') user: string | undefined,
    @Query('device') device: string | undefined,
    @SecureCookies() cookies: SecureCookieJar,
  ): Promise<RevocationAnswer> {
    await (key === EVERY_KEY
      ? this.#revocations.revokeAll(Session)
      : this.#revocations.revoke(Session, key));
    const at = source.dateOf(key);
    if (user !== undefined && device !== undefined) {
      cookies.set(Session, { user, device });
    }
    return { at };
  }

  @Get('loads')
  loads(): LoadAnswer {
    return { slowest: source.slowest };
  }
}

@Module({
  imports: [
    SecureCookieModule.forRoot({
      secret: SECRET,
      revocations: { source, refreshEvery, maxStale: 30 },
    }),
  ],
  controllers: [SessionController],
})
class ServerModule {}

// A Ctrl-C in the terminal is for the parent alone, whose visits shall have their answers.
process.on('SIGINT', () => undefined);
const platform = platforms.find((one) => one.platform === settings.platform) ?? platforms[0];
const { url, close } = await startApp(platform, ServerModule, undefined, ['error', 'warn']);
process.once('disconnect', () => {
  void close();
  client.disconnect();
});
process.send?.(url);
