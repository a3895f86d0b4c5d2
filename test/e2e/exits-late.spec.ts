import { once } from 'node:events';
import { get, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  Get,
  Module,
  Res,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import { interval, map, type Observable } from 'rxjs';
import { SecureCookieJar, SecureCookieModule, SecureCookies } from 'nestjs-secure-cookie';
import { hijacked, type PlatformResponse } from '../support/exits/node-response.js';
import { countAlive } from '../support/garbage.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { setCookieValues, signer } from '../support/signed-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

/** What the handlers saw. */
const thrown: Error[] = [];
const jars: WeakRef<SecureCookieJar>[] = [];

function setTooLate(cookies: SecureCookieJar): void {
  thrown.push(thrownBy(() => cookies.set('late', 'too late')));
  thrown.push(thrownBy(() => cookies.clear('late')));
}

function setAndTrack(cookies: SecureCookieJar): void {
  cookies.set('tracked', 'yes');
  jars.push(new WeakRef(cookies));
}

@Controller('late')
class LateController {
  @Get('head')
  head(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    cookies.set('early', 'in time');
    const raw = hijacked(response).writeHead(200);
    setTooLate(cookies);
    raw.end('after writeHead');
  }

  @Get('first-head')
  firstHead(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    const raw = hijacked(response);
    raw.write('without a cookie before, ');
    setTooLate(cookies);
    raw.end('after write');
  }

  @Get('answered')
  async answered(
    @SecureCookies() cookies: SecureCookieJar,
    @Res() response: PlatformResponse,
  ): Promise<void> {
    cookies.set('early', 'in time');
    const raw = hijacked(response);
    raw.end('after the end');
    await once(raw, 'finish');
    setTooLate(cookies);
  }

  @Get('listener')
  listener(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    const raw = hijacked(response);
    beforeHead(raw, () => setTooLate(cookies));
    cookies.set('early', 'in time');
    raw.end('from a listener that runs after ours');
  }
}

/** As on-headers does it: the last that was added runs first. */
function beforeHead(response: ServerResponse, listener: () => void): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (status: number) => {
    listener();
    return writeHead(status);
  };
}

@Controller('gone')
class GoneController {
  @Get('file')
  file(@SecureCookies() cookies: SecureCookieJar): StreamableFile {
    setAndTrack(cookies);
    return new StreamableFile(Readable.from(endless()));
  }

  @Sse('events')
  events(@SecureCookies() cookies: SecureCookieJar): Observable<{ data: string }> {
    setAndTrack(cookies);
    return interval(5).pipe(map((data) => ({ data: String(data) })));
  }

  @Get('slow')
  async slow(@SecureCookies() cookies: SecureCookieJar): Promise<string> {
    await wait(30);
    setAndTrack(cookies);
    return 'to nobody';
  }

  @Get('slow-throws')
  async slowThrows(@SecureCookies() cookies: SecureCookieJar): Promise<string> {
    setAndTrack(cookies);
    await wait(30);
    throw new ForbiddenException();
  }
}

async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield 'more and more ';
    await wait(5);
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [LateController, GoneController],
})
class LateModule {}

/** Leaves 20 milliseconds after it has asked. */
async function leave(url: string): Promise<void> {
  const request = get(url, { agent: false });
  request.on('error', () => undefined);
  await wait(20);
  request.destroy();
}

describe.each(platforms)('on $platform', (platform) => {
  let running: RunningApp;
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

  beforeAll(async () => {
    running = await startApp(platform, LateModule);
  });
  afterAll(() => running.close());
  beforeEach(() => {
    thrown.length = 0;
    jars.length = 0;
    unhandled.length = 0;
    process.on('unhandledRejection', onUnhandled);
  });
  afterEach(() => {
    process.off('unhandledRejection', onUnhandled);
  });

  it.each([
    ['after writeHead', 'head', ['in time']],
    ['after the first write', 'first-head', []],
    ['after the end', 'answered', ['in time']],
    ["from another's listener at the head, after ours", 'listener', ['in time']],
  ])("setting and clearing %s throw 'headers-sent'", async (_what, path, early) => {
    const response = await fetch(`${running.url}/late/${path}`);
    await response.text();
    await wait(10);

    expect(thrown.map((error) => [error.name, 'code' in error && error.code])).toEqual([
      ['SecureCookieError', 'headers-sent'],
      ['SecureCookieError', 'headers-sent'],
    ]);
    expect(setCookieValues(response, 'late')).toEqual([]);
    const values = setCookieValues(response, 'early').map((value) => signer.unsign('early', value));
    expect(values).toEqual(early);
  });

  it.each([
    ['a stream', 'file'],
    ['events', 'events'],
    ['a handler that sets too late', 'slow'],
    ['a handler that throws too late', 'slow-throws'],
  ])('a client that leaves %s: no unhandled rejection, nothing retained', async (_what, path) => {
    await Promise.all(Array.from({ length: 20 }, () => leave(`${running.url}/gone/${path}`)));
    await wait(100);

    expect(jars).toHaveLength(20);
    expect(unhandled).toEqual([]);
    expect(await countAlive(jars)).toBe(0);
  });
});
