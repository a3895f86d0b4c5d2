import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Header,
  Headers,
  Inject,
  Module,
  Param,
  Res,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import cacheController from 'express-cache-controller';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import type { Observable } from 'rxjs';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader, setCookieValues } from '../support/signed-cookies.js';

const NOW = 1_700_000_000;

const signerAt = (time: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, clock: () => time });

/** Due after a minute. */
const Session = defineSecureCookie('session', { renewAfter: 60, absoluteMaxAge: 7200 });

interface PlatformResponse {
  header(name: string, value: string | string[]): PlatformResponse;
}

/** Reads a cookie when the handler has answered. */
class ReadsAfterwards implements NestInterceptor {
  constructor(@Inject(SecureCookieService) private readonly cookies: SecureCookieService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.cookies.jar(context).verify('user');
    return next.handle();
  }
}

/** Reads a cookie with a reader, which knows the request by its context. */
class ReadsWithReader implements NestInterceptor {
  constructor(@Inject(SecureCookieService) private readonly cookies: SecureCookieService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.cookies.reader(context).verify('user');
    return next.handle();
  }
}

@Controller()
class CachingController {
  constructor(@Inject(SecureCookieService) private readonly cookies: SecureCookieService) {}

  @Get('parameter')
  parameter(@SecureCookie('user') user: string | undefined): object {
    return { user };
  }

  @Get('required')
  required(@SecureCookie('user', { required: true }) user: string): object {
    return { user };
  }

  @Get('defined')
  defined(@SecureCookie(Session) session: string | undefined): object {
    return { session };
  }

  @Get('guard')
  @RequireSecureCookie('user')
  guard(): string {
    return 'guarded';
  }

  @Get('get')
  get(@SecureCookies() cookies: SecureCookieJar): object {
    return { user: cookies.get('user') };
  }

  @Get('verify')
  verify(@SecureCookies() cookies: SecureCookieJar): object {
    return cookies.verify('user');
  }

  @Get('throws')
  throws(@SecureCookie('user') _user: string | undefined): never {
    throw new Error('after a cookie was read');
  }

  @Get('interceptor')
  @UseInterceptors(ReadsAfterwards)
  interceptor(): string {
    return 'intercepted';
  }

  @Get('reader-of-context')
  @UseInterceptors(ReadsWithReader)
  readerOfContext(): string {
    return 'intercepted';
  }

  @Get('unread')
  unread(): string {
    return 'unread';
  }

  @Get('jar')
  jar(@SecureCookies() _cookies: SecureCookieJar): string {
    return 'not read';
  }

  @Get('sets')
  sets(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set('user', 'alice');
    return 'set';
  }

  @Get('clears')
  clears(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.clear('user');
    return 'cleared';
  }

  @Get('reader')
  reader(@Headers('cookie') header: string | undefined): object {
    return { user: this.cookies.reader(header).get('user') };
  }

  @Get('varies/:fields')
  varies(
    @SecureCookie('user') _user: string | undefined,
    @Param('fields') fields: string,
    @Res({ passthrough: true }) response: PlatformResponse,
  ): string {
    response.header('Vary', fields.split('+'));
    return 'varies';
  }

  @Get('varies-by-decorator')
  @Header('Vary', 'Accept')
  variesByDecorator(@SecureCookie('user') _user: string | undefined): string {
    return 'varies';
  }

  @Get('beside-another')
  besideAnother(
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: PlatformResponse,
  ): string {
    cookies.set('user', 'ours');
    response.header('Set-Cookie', 'user=theirs');
    return 'both';
  }
}

function moduleOf(vary: boolean | undefined) {
  @Module({
    imports: [SecureCookieModule.forRoot({ secret: SECRET, vary, clock: () => NOW })],
    controllers: [CachingController],
  })
  class AppModule {}
  return AppModule;
}

describe.each(platforms)('Vary on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, moduleOf(undefined), (app) => {
      // Sets what others have set before, as late as middleware can.
      app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        if (request.url === '/parameter?late') {
          beforeHead(response, () => response.setHeader('Vary', 'Accept-Encoding'));
        }
        next();
      });
    });
  });
  afterAll(() => running.close());

  const varyOf = async (path: string, headers = {}): Promise<string | null> =>
    (await fetch(`${running.url}/${path}`, { headers })).headers.get('vary');

  it.each([
    'parameter',
    'required',
    'defined',
    'guard',
    'get',
    'verify',
    'throws',
    'interceptor',
    'reader-of-context',
  ])('says Cookie where a cookie is read, whether it came or not: %s', async (path) => {
    expect(await varyOf(path)).toBe('Cookie');
    expect(await varyOf(path, { cookie: cookieHeader('user', 'alice', signerAt(NOW)) })).toBe(
      'Cookie',
    );
    expect(await varyOf(path, { cookie: 'user=forged' })).toBe('Cookie');
  });

  it.each([
    ['required', 401],
    ['guard', 401],
    ['throws', 500],
  ])('says so on refusals as well: %s, %i', async (path, status) => {
    const response = await fetch(`${running.url}/${path}`);

    expect(response.status).toBe(status);
    expect(response.headers.get('vary')).toBe('Cookie');
  });

  it.each(['unread', 'jar', 'sets', 'clears', 'reader', 'nowhere'])(
    'says nothing where no cookie is read from the request: %s',
    async (path) => {
      expect(await varyOf(path)).toBeNull();
    },
  );

  it.each([
    ['varies-by-decorator', 'Accept, Cookie'],
    ['varies/Accept', 'Accept, Cookie'],
    ['varies/Accept+Origin', 'Accept, Origin, Cookie'],
    ['varies/cookie', 'cookie'],
    ['varies/*', '*'],
    ['varies/Accept, *', 'Accept, *'],
    ['parameter?late', 'Accept-Encoding, Cookie'],
  ])('stands beside what the app says: %s', async (path, vary) => {
    expect(await varyOf(path)).toBe(vary);
  });

  it('is left to the app with vary: false', async () => {
    const app = await startApp(platform, moduleOf(false));
    try {
      for (const [path, vary] of [
        ['parameter', null],
        ['guard', null],
        ['reader-of-context', null],
        ['varies-by-decorator', 'Accept'],
      ]) {
        expect((await fetch(`${app.url}/${path}`)).headers.get('vary')).toBe(vary);
      }
    } finally {
      await app.close();
    }
  });
});

/** As on-headers does it: the last that was added runs first. */
function beforeHead(response: ServerResponse, listener: () => void): void {
  const writeHead = response.writeHead.bind(response);
  Object.assign(response, {
    writeHead: (...parts: Parameters<typeof writeHead>) => {
      listener();
      return writeHead(...parts);
    },
  });
}

/** Where an app installs what speaks about caching at the head. */
const places: { readonly place: string; readonly install: (app: INestApplication) => void }[] = [
  {
    place: 'before the jar is first used',
    install: (app) => {
      app.use(cacheController({ public: true, maxAge: 60 }));
    },
  },
  {
    place: 'after the jar was used',
    install: (app) => {
      app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        app.get(SecureCookieService).jar(request, response).get('session');
        next();
      });
      app.use(cacheController({ public: true, maxAge: 60 }));
    },
  },
];

describe.each(platforms)('on $platform', (platform) => {
  describe.each(places)('express-cache-controller, $place', ({ install }) => {
    const log = new RecordedLog();
    let running: RunningApp;

    beforeAll(async () => {
      running = await startApp(platform, moduleOf(undefined), (app) => {
        app.useLogger(log);
        install(app);
      });
    });
    afterAll(() => running.close());

    it('does its work where no cookie is set', async () => {
      const { headers } = await fetch(`${running.url}/unread`);

      expect(headers.get('cache-control')).toBe('public,max-age=60');
    });

    it.each(['sets', 'clears'])(
      'has not the last word where a handler %s a cookie',
      async (path) => {
        const { headers } = await fetch(`${running.url}/${path}`);

        expect(headers.getSetCookie()).toHaveLength(1);
        expect(headers.get('cache-control')).toBe('max-age=60, private');
      },
    );

    it('comes before the renewal of a cookie, which is a courtesy', async () => {
      const cookie = cookieHeader('session', 'alice', signerAt(NOW - 61));
      const { headers } = await fetch(`${running.url}/defined`, { headers: { cookie } });

      expect(headers.getSetCookie()).toEqual([]);
      expect(headers.get('cache-control')).toBe('public,max-age=60');
      expect(headers.get('vary')).toBe('Cookie');
    });

    it('is told once in the life of the app, of a cookie by name', async () => {
      await fetch(`${running.url}/sets`);
      await fetch(`${running.url}/sets`);
      const about = log.lines.filter((line) => line.includes('shared caches'));

      expect(about).toEqual([expect.stringMatching(/^warn: .*the cookie "user"/)]);
      expect(about.join()).not.toContain('alice');
    });
  });

  it('a cookie of ours comes behind one of that name that another part of the app sets', async () => {
    const running = await startApp(platform, moduleOf(undefined));
    const response = await fetch(`${running.url}/beside-another`);
    await running.close();

    const [theirs, ours = ''] = setCookieValues(response, 'user');
    expect(theirs).toBe('theirs');
    expect(signerAt(NOW).verify('user', ours)).toMatchObject({ value: 'ours' });
  });
});
