import { Controller, Get, Header, Headers, Module, Param, Res } from '@nestjs/common';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { SECRET } from '../../support/secrets.js';

/** What an app may say about caching, as one response says it. */
export type CachingHeaders = Readonly<Record<string, string | string[]>>;

const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();

/** Each lets some cache keep a response, or could be taken for what does not. */
export const cachingHeaders: readonly CachingHeaders[] = [
  {},
  { 'Cache-Control': 'max-age=60' },
  { 'Cache-Control': 'public, max-age=60' },
  { 'Cache-Control': 'public' },
  { 'Cache-Control': 's-maxage=60' },
  { 'Cache-Control': 'no-cache' },
  { 'Cache-Control': 'must-revalidate, max-age=600' },
  { 'Cache-Control': 'max-age=600, stale-while-revalidate=60' },
  { 'Cache-Control': 'max-age=31536000, immutable' },
  { 'Cache-Control': 'MAX-AGE=600,PUBLIC' },
  { 'Cache-Control': ['public', 'max-age=600'] },
  { 'Cache-Control': 'max-age=600, private="x"' },
  { 'Cache-Control': 'max-age=600, no-cache="set-cookie"' },
  { 'Cache-Control': 'max-age=600, extension="a, private, b"' },
  { 'Cache-Control': 'max-age=600, extension="private' },
  { 'Cache-Control': 'max-age=600, proxy-revalidate, no-transform' },
  { 'Cache-Control': 'max-age=600', 'CDN-Cache-Control': 'max-age=600' },
  { 'Cache-Control': 'max-age=600', 'Surrogate-Control': 'max-age=600' },
  { 'Cache-Control': 'private', 'Surrogate-Control': 'max-age=600' },
  { 'Cache-Control': 'max-age=600', 'X-Accel-Expires': '600' },
  { 'Cache-Control': 'public, max-age=600', Vary: 'Accept-Encoding' },
  { Expires: inAnHour },
  { Expires: inAnHour, Pragma: 'public', 'Last-Modified': anHourAgo },
  { ETag: '"1"', 'Last-Modified': anHourAgo },
];

/** Due after a minute. */
const Session = defineSecureCookie('session', {
  maxAge: 3600,
  renewAfter: 60,
  absoluteMaxAge: 7200,
});

const tenMinutesAgo = new SecureCookieSigner({
  secret: SECRET,
  clock: () => Date.now() / 1000 - 600,
});

/** A cookie of a visitor, which is due. */
export function dueSession(visitor: string): string {
  return `session=${tenMinutesAgo.sign('session', visitor)}`;
}

interface Response {
  header(name: string, value: string | string[]): unknown;
}

/** Answers that differ from each other: what comes twice comes from a cache. */
let answers = 0;

function nextAnswer(): string {
  answers += 1;
  return `answer ${answers}`;
}

/** Each route by the number of its caching headers. */
@Controller()
class CachingController {
  @Get('set/:headers')
  set(
    @Param('headers') headers: string,
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: Response,
  ): string {
    sayCaching(response, headers);
    const answer = nextAnswer();
    cookies.set('session', answer);
    return answer;
  }

  @Get('clear/:headers')
  clear(
    @Param('headers') headers: string,
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: Response,
  ): string {
    sayCaching(response, headers);
    cookies.clear('session');
    return nextAnswer();
  }

  @Get('renew/:headers')
  @RequireSecureCookie(Session)
  renew(@Param('headers') headers: string, @Res({ passthrough: true }) response: Response): string {
    sayCaching(response, headers);
    return nextAnswer();
  }

  /** As an app does it without us. */
  @Get('by-hand/:headers')
  byHand(
    @Param('headers') headers: string,
    @Res({ passthrough: true }) response: Response,
  ): string {
    sayCaching(response, headers);
    const answer = nextAnswer();
    response.header('Set-Cookie', `session=${encodeURIComponent(answer)}`);
    return answer;
  }

  @Get('read/:headers')
  read(
    @Param('headers') headers: string,
    @SecureCookie(Session) session: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): string {
    sayCaching(response, headers);
    return `Hello ${session ?? 'stranger'}`;
  }

  /** As an app does it without us, and without a word of what the page depends on. */
  @Get('read-by-hand')
  @Header('Cache-Control', 'public, max-age=600')
  readByHand(@Headers('cookie') cookie: string | undefined): string {
    return `Hello ${cookie ?? 'stranger'}`;
  }

  @Get('for-everybody')
  @Header('Cache-Control', 'public, max-age=600')
  forEverybody(): string {
    return nextAnswer();
  }
}

function sayCaching(response: Response, index: string): void {
  for (const [name, value] of Object.entries(cachingHeaders[Number(index)] ?? {})) {
    response.header(name, value);
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [CachingController],
})
export class CachingModule {}
