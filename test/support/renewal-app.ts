import { EventEmitter, once } from 'node:events';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  HttpException,
  Module,
  Param,
  Post,
  Query,
  Redirect,
  Res,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import {
  cookieSignature,
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  tornadoV1,
  type SecureCookieValue,
} from 'nestjs-secure-cookie';
import { of, type Observable } from 'rxjs';
import { z } from 'zod';
import { OTHER_SECRET, SECRET } from './secrets.js';

/** A whole number, so that ages are exact at their limits. Seconds since the epoch. */
export const NOW = 1_700_000_000;

/** The app's clock: seconds since the epoch. */
export const clock = { now: NOW };

export const KEYS = { 0: OTHER_SECRET, 2: SECRET };

export const SIGNATURE_SECRET = 'what cookie-signature signed with';
export const V1_SECRET = 'what the Tornado of old signed with';

const until = new Date('2100-01-01');

/** Reading makes of it what is not in the cookie: nothing that reading made may be written back. */
const Visits = z.object({ count: z.number().transform(String), seen: z.string().default('never') });

/** Due after a minute, kept for an hour, gone after two. */
const Visit = defineSecureCookie('visit', {
  schema: Visits,
  maxAge: 3600,
  renewAfter: 60,
  absoluteMaxAge: 7200,
  domain: 'example.com',
  path: '/app',
  httpOnly: false,
  secure: true,
  sameSite: 'none',
  partitioned: true,
  priority: 'high',
});

const Page = defineSecureCookie('page', {
  renewAfter: 60,
  absoluteMaxAge: 7200,
  renewOn: 'navigation',
});

const Hidden = defineSecureCookie('hidden', {
  codec: 'bytes',
  encrypt: true,
  renewAfter: 60,
  absoluteMaxAge: 7200,
});

/** Re-issued where it is not as it would be written now, whatever its age. */
const Theme = defineSecureCookie('theme', {
  codec: 'text',
  schema: z.enum(['light', 'dark']),
  maxAge: 3600,
  renew: true,
  absoluteMaxAge: 7200,
  accepts: [
    cookieSignature({ secrets: [SIGNATURE_SECRET], until }),
    tornadoV1({ secret: V1_SECRET, until }),
  ],
});

/** As `Theme`, without renewal. */
const Kept = defineSecureCookie('theme', {
  codec: 'text',
  schema: z.enum(['light', 'dark']),
  accepts: [cookieSignature({ secrets: [SIGNATURE_SECRET], until })],
});

type VisitValue = SecureCookieValue<typeof Visit> | undefined;

/** What both platforms' responses have in common. */
interface Response {
  status(code: number): Response;
  header(name: string, value: string): Response;
  send(body: string): unknown;
}

/** `arrived` when a slow request was read, `answer` to let it go on. */
export const slow = new EventEmitter();

@Controller('app')
class RenewalController {
  @Get()
  parameter(@SecureCookie(Visit) visit: VisitValue): object {
    return { visit: visit ?? null };
  }

  @Post()
  @HttpCode(200)
  post(@SecureCookie(Visit) visit: VisitValue): object {
    return { visit: visit ?? null };
  }

  @Get('required')
  required(@SecureCookie(Visit, { required: true }) visit: VisitValue): object {
    return { visit };
  }

  @Get('get')
  get(@SecureCookies() cookies: SecureCookieJar): object {
    return { visit: cookies.get(Visit) ?? null };
  }

  @Get('verify')
  verify(@SecureCookies() cookies: SecureCookieJar): object {
    return cookies.verify(Visit);
  }

  @Get('guard')
  @RequireSecureCookie(Visit)
  guarded(): object {
    return {};
  }

  @Get('both')
  @RequireSecureCookie('user')
  @RequireSecureCookie(Visit)
  both(): object {
    return {};
  }

  @Get('unread')
  unread(): object {
    return {};
  }

  @Get('by-name')
  byName(@SecureCookies() cookies: SecureCookieJar): object {
    return { bytes: cookies.get('visit', { encoding: 'bytes' })?.length };
  }

  @Get('answers/:status')
  answers(
    @SecureCookie(Visit) _visit: VisitValue,
    @Param('status') status: string,
    @Res({ passthrough: true }) response: Response,
  ): string {
    response.status(Number(status));
    return '';
  }

  @Get('fails/:status')
  fails(@SecureCookie(Visit) _visit: VisitValue, @Param('status') status: string): never {
    throw new HttpException('no', Number(status));
  }

  @Get('throws')
  throws(@SecureCookie(Visit) _visit: VisitValue): never {
    throw new TypeError('visit.length is not a function');
  }

  @Get('redirects')
  @Redirect('/app', 303)
  redirects(@SecureCookie(Visit) _visit: VisitValue): void {}

  @Sse('events')
  events(@SecureCookie(Visit) _visit: VisitValue): Observable<object> {
    return of({ data: 'one' });
  }

  @Get('own-events')
  @Header('Content-Type', 'text/event-stream; charset=utf-8')
  ownEvents(@SecureCookie(Visit) _visit: VisitValue): string {
    return 'data: one\n\n';
  }

  @Get('stream')
  stream(@SecureCookie(Visit) _visit: VisitValue): StreamableFile {
    return new StreamableFile(Buffer.from('stream'));
  }

  /** `control` is what it says about caching; all other parameters are headers. */
  @Get('cached')
  cached(
    @SecureCookie(Visit) _visit: VisitValue,
    @Query() { control = '', ...headers }: Record<string, string>,
    @Res({ passthrough: true }) response: Response,
  ): string {
    response.header('Cache-Control', control);
    for (const [name, value] of Object.entries(headers)) {
      response.header(name, value);
    }
    return '';
  }

  @Get('sets')
  sets(@SecureCookie(Visit) _visit: VisitValue, @SecureCookies() cookies: SecureCookieJar): object {
    cookies.set(Visit, { count: 7 });
    return {};
  }

  @Get('clears')
  clears(
    @SecureCookie(Visit) _visit: VisitValue,
    @SecureCookies() cookies: SecureCookieJar,
  ): object {
    cookies.clear(Visit);
    return {};
  }

  @Get('clears-first')
  clearsFirst(@SecureCookies() cookies: SecureCookieJar): object {
    cookies.clear('visit');
    return { visit: cookies.get(Visit) ?? null };
  }

  @Get('clears-without-jar')
  clearsWithoutJar(
    @SecureCookie(Visit) _visit: VisitValue,
    @Res({ passthrough: true }) response: Response,
  ): string {
    response.header('Set-Cookie', 'visit=; Max-Age=0; Path=/app');
    return '';
  }

  @Get('sets-another')
  setsAnother(
    @SecureCookie(Visit) _visit: VisitValue,
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: Response,
  ): object {
    cookies.set('visitor', 'alice');
    response.header('Set-Cookie', 'visit-of-another=1');
    return {};
  }

  @Get('own-response')
  ownResponse(@SecureCookie(Visit) _visit: VisitValue, @Res() response: Response): void {
    response.send('own');
  }

  @Get('slow')
  async slow(@SecureCookie(Visit) _visit: VisitValue): Promise<object> {
    slow.emit('arrived');
    await once(slow, 'answer');
    return {};
  }

  @Get('page')
  page(@SecureCookie(Page) page: string | undefined): object {
    return { page: page ?? null };
  }

  /** Does to the bytes what a careless handler does. */
  @Get('hidden')
  hidden(@SecureCookie(Hidden) bytes: Uint8Array | undefined): object {
    const read = [...(bytes ?? [])];
    bytes?.fill(0);
    return { read };
  }

  @Get('theme')
  theme(@SecureCookie(Theme) theme: 'light' | 'dark' | undefined): object {
    return { theme: theme ?? null };
  }

  @Get('kept')
  kept(@SecureCookie(Kept) theme: 'light' | 'dark' | undefined): object {
    return { theme: theme ?? null };
  }
}

@Module({
  imports: [
    SecureCookieModule.forRoot({
      secret: KEYS,
      keyVersion: 2,
      minVersion: 1,
      clock: () => clock.now,
    }),
  ],
  controllers: [RenewalController],
})
export class RenewalModule {}
