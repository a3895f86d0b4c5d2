import { once } from 'node:events';
import { get, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
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

// Collecting garbage takes its time on a busy machine.
jest.setTimeout(60_000);

/** What the handlers saw. */
const thrown: Error[] = [];
const jars: WeakRef<SecureCookieJar>[] = [];
let begun = 0;

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
    beforeHead(raw, () => cookies.set('early', 'in time'));
    cookies.set('early', 'too early');
    raw.end('from a listener at the head');
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
    begun += 1;
    setAndTrack(cookies);
    return new StreamableFile(Readable.from(endless()));
  }

  @Sse('events')
  events(@SecureCookies() cookies: SecureCookieJar): Observable<{ data: string }> {
    begun += 1;
    setAndTrack(cookies);
    return interval(5).pipe(map((data) => ({ data: String(data) })));
  }

  @Get('slow')
  async slow(@SecureCookies() cookies: SecureCookieJar): Promise<string> {
    begun += 1;
    await wait(30);
    setAndTrack(cookies);
    return 'to nobody';
  }

  @Get('slow-throws')
  async slowThrows(@SecureCookies() cookies: SecureCookieJar): Promise<string> {
    begun += 1;
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

/** Asks this many times, and leaves when the handlers have begun. */
async function leave(url: string, times: number): Promise<void> {
  const requests = Array.from({ length: times }, () => get(url, { agent: false }));
  for (const request of requests) {
    request.on('error', () => undefined);
  }
  await until(() => begun === times);
  for (const request of requests) {
    request.destroy();
  }
}

/** Returns when it is so, and in any case after five seconds. */
async function until(isSo: () => boolean): Promise<void> {
  for (let round = 0; round < 500 && !isSo(); round += 1) {
    await wait(10);
  }
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
    begun = 0;
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

  it("setting from another's listener at the head is in time, whoever listened first", async () => {
    const response = await fetch(`${running.url}/late/listener`);
    const values = setCookieValues(response, 'early').map((value) => signer.unsign('early', value));

    expect(values).toEqual(['in time']);
  });

  it.each([
    ['a stream', 'file'],
    ['events', 'events'],
    ['a handler that sets too late', 'slow'],
    ['a handler that throws too late', 'slow-throws'],
  ])('a client that leaves %s: no unhandled rejection, nothing retained', async (_what, path) => {
    await leave(`${running.url}/gone/${path}`, 20);
    await until(() => jars.length === 20);
    // The handlers end, and their answers find nobody.
    await wait(100);

    expect(jars).toHaveLength(20);
    expect(unhandled).toEqual([]);
    expect(await countAlive(jars)).toBe(0);
  });
});
