import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import {
  cookieSignature,
  defineSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  tornadoV1,
  type SecureCookieJsonValue,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { Random } from '../fuzz/random.js';
import { collectGarbage } from '../support/garbage.js';
import { startApp, type Platform } from '../support/platforms.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { signer } from '../support/signed-cookies.js';

const CONNECTIONS = 8;
/** Requests that are sent before their answers are waited for. */
const PIPELINE = 50;
const TAB = 0x09;
/** More than the noise of a run, in which a request that leaves a kibibyte behind shows. Bytes. */
export const MAX_HEAP_GROWTH = 16 * 1024 * 1024;

const until = new Date('2099-01-01');

const Theme = defineSecureCookie('theme', {
  codec: 'text',
  schema: z.enum(['light', 'dark']),
  accepts: [
    cookieSignature({ secrets: [OTHER_SECRET], until }),
    tornadoV1({ secret: OTHER_SECRET, until }),
  ],
  renew: true,
  absoluteMaxAge: 86_400,
});

const Cart = defineSecureCookie('cart', {
  schema: z.object({ items: z.array(z.string()) }),
  encrypt: true,
  renewAfter: 0,
  absoluteMaxAge: 86_400,
});

@Controller()
class ReadingController {
  @Get()
  read(
    @SecureCookie('user', { minVersion: 1 }) user: string | undefined,
    @SecureCookie(Theme) theme: string | undefined,
    @SecureCookie(Cart) cart: SecureCookieJsonValue | undefined,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    cookies.verify('user', { encoding: 'bytes' });
    cookies.set('seen', 'yes');
    return JSON.stringify([user, theme, cart]);
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [ReadingController] })
class ReadingModule {}

/** What hostile values are made of. */
const GENUINE: readonly [string, ...string[]] = [
  signer.sign('user', 'alice'),
  signer.sign('user', 'alice', { version: 1 }),
  signer.sign('theme', 'dark'),
  signer.sign('cart', '{"items":["\u0000"]}', { encrypt: true }),
  signer.sign('cart', '{"__proto__":{"items":[]}}', { encrypt: true }),
  signer.sign('user', new Uint8Array([0xff, 0xfe, 1, 2, 3, 4, 5, 6, 7])),
  `s:dark.${'A'.repeat(43)}`,
  '%73%3Adark.%zz',
];
const NAMES: readonly [string, ...string[]] = [
  'user',
  'theme',
  'cart',
  'user\u00a0',
  '"user"',
  '__proto__',
  '$Version',
  '',
];
const SEPARATORS: readonly [string, ...string[]] = ['; ', ';', ' ;\t', ',', ';;', ''];
const FRAGMENTS: readonly [string, ...string[]] = [
  '|',
  '2|',
  '1:',
  '"',
  '=',
  '%',
  '%00',
  '\\',
  '9',
];

/** Any bytes that Node's parser lets through in a header. */
function anyBytes(random: Random, length: number): string {
  const bytes = random.bytes(length).map((byte) => (byte < 0x20 || byte === 0x7f ? TAB : byte));
  return Buffer.from(bytes).toString('latin1');
}

function hostileValue(random: Random): string {
  const genuine = random.pick(GENUINE);
  const cut = random.below(genuine.length);
  switch (random.below(6)) {
    case 0:
      return genuine;
    case 1:
      return genuine.slice(0, cut) + random.pick(FRAGMENTS) + genuine.slice(cut + random.below(3));
    case 2:
      return genuine.slice(0, cut) + anyBytes(random, 2) + random.pick(GENUINE).slice(cut);
    case 3:
      return random.pick(FRAGMENTS).repeat(random.between(1, 2000));
    case 4:
      return encodeURIComponent(genuine);
    default:
      return anyBytes(random, random.below(200));
  }
}

function hostileHeader(random: Random): string {
  let header = '';
  for (let pairs = random.between(1, 8); pairs > 0 && header.length < 12_000; pairs -= 1) {
    const equals = random.oneIn(10) ? '' : '=';
    header += random.pick(NAMES) + equals + hostileValue(random) + random.pick(SEPARATORS);
  }
  return header;
}

/** Sends requests over one connection, and gives the status of each answer. */
async function statuses(port: number, headers: readonly string[]): Promise<number[]> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (text += chunk));
  const requests = headers.map((cookie, index) => {
    const connection = index === headers.length - 1 ? 'close' : 'keep-alive';
    return `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\nCookie: ${cookie}\r\n\r\n`;
  });
  socket.write(requests.join(''), 'latin1');
  await once(socket, 'close');
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
}

export interface HostileHeadersResult {
  /** Answers, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly unhandled: readonly unknown[];
  /** How much more memory is in use after the run than after its first half. Bytes. */
  readonly growth: number;
  readonly stopped: boolean;
}

/** Sends Cookie headers of genuine, altered and arbitrary parts to one app. */
export async function runHostileHeaders(options: {
  readonly platform: Platform;
  readonly requests: number;
  readonly seed: number;
  readonly stream?: ProgressStream | 'none';
}): Promise<HostileHeadersResult> {
  const { platform, requests, seed, stream } = options;
  const title = `headers on ${platform.platform}`;
  const progress = new Progress({ title, total: requests, seed, stream });
  const random = new Random(seed);
  const { url, close } = await startApp(platform, ReadingModule);
  const port = Number(new URL(url).port);
  const count = new Map<number, number>();
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  let started = 0;

  async function client(limit: number): Promise<void> {
    while (started < limit && !progress.stopped) {
      const size = Math.min(PIPELINE, limit - started);
      started += size;
      const headers = Array.from({ length: size }, () => hostileHeader(random));
      for (const status of await statuses(port, headers)) {
        count.set(status, 1 + (count.get(status) ?? 0));
      }
      await progress.advance(size);
    }
  }
  const sendUpTo = (limit: number) =>
    Promise.all(Array.from({ length: CONNECTIONS }, () => client(limit)));

  await sendUpTo(requests / 2);
  const before = await memoryInUse();
  await sendUpTo(requests);
  const growth = (await memoryInUse()) - before;
  progress.finish();
  process.off('unhandledRejection', onUnhandled);
  await close();
  return { statuses: count, unhandled, growth, stopped: progress.stopped };
}

async function memoryInUse(): Promise<number> {
  await collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
