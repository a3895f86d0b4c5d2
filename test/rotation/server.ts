import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Module, Param, Query } from '@nestjs/common';
import {
  SecureCookieModule,
  SecureCookies,
  type SecureCookieDefinition,
  type SecureCookieJar,
} from 'nestjs-secure-cookie';
import { platforms, startApp } from '../support/platforms.js';
import { COOKIES, type Answer, type CookieKind, type Verdict } from './cookies.js';
import { readKeys, type PublishedKeys } from './key-file.js';

// One of the processes that share a ring: a Nest app whose key provider reads the file. It is started
// with its settings as one JSON argument, sends its address to its parent, and ends with it.

/** How a server is started. */
export interface ServerSettings {
  readonly platform: 'express' | 'fastify';
  readonly keyFile: string;
  /** Seconds. */
  readonly refreshEvery: number;
  /** How long a load takes besides the reading of the file, in seconds: elsewhere there is a network. */
  readonly loadTime: number;
  /** How far its clock is ahead, in seconds. */
  readonly clockOffset: number;
}

const settings: ServerSettings = JSON.parse(process.argv[2] ?? '');
const { keyFile, refreshEvery, loadTime, clockOffset } = settings;

let revision = 0;

async function load(): Promise<Omit<PublishedKeys, 'revision'>> {
  await delay(loadTime * 1000);
  const { revision: loaded, ...keys } = await readKeys(keyFile);
  revision = loaded;
  return keys;
}

@Controller()
class VisitController {
  /** Judges the cookie that came, and sets another one. */
  @Get(':kind')
  visit(
    @Param('kind') kind: CookieKind,
    @Query('value') value: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): Answer {
    const { strict, lenient } = COOKIES[kind];
    cookies.set(strict, value);
    return { revision, strict: verdict(cookies, strict), lenient: verdict(cookies, lenient) };
  }
}

function verdict(
  cookies: SecureCookieJar,
  definition: SecureCookieDefinition<string, string>,
): Verdict {
  const result = cookies.verify(definition);
  return result.valid ? { value: result.value } : { reason: result.reason };
}

@Module({
  imports: [
    SecureCookieModule.forRoot({
      keys: { load, refreshEvery },
      clock: () => Date.now() / 1000 + clockOffset,
    }),
  ],
  controllers: [VisitController],
})
class ServerModule {}

// A Ctrl-C in the terminal is for the parent alone, whose visits shall have their answers.
process.on('SIGINT', () => undefined);
const platform = platforms.find((one) => one.platform === settings.platform) ?? platforms[0];
const { url, close } = await startApp(platform, ServerModule, undefined, ['error', 'warn']);
process.once('disconnect', () => void close());
process.send?.(url);
