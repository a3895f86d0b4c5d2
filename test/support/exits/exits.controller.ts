import { setTimeout as wait } from 'node:timers/promises';
import { Readable } from 'node:stream';
import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  ParseIntPipe,
  Post,
  Body,
  Query,
  Redirect,
  Render,
  Res,
  Scope,
  Sse,
  StreamableFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { IsInt } from 'class-validator';
import { interval, map, of, take, throwError, type Observable } from 'rxjs';
import { SecureCookieInterceptor, SecureCookieJar, SecureCookies } from 'nestjs-secure-cookie';
import {
  EXIT_COOKIE,
  EXIT_VALUE,
  RetryInterceptor,
  SetsAfterInterceptor,
  SettingFilter,
  SettingGuard,
  ThrowingGuard,
  ThrowsAfterInterceptor,
  ThrowsBeforeInterceptor,
  Wrapped,
} from './exits.pipeline.js';
import { hijacked, type PlatformResponse } from './node-response.js';

class VisitBody {
  @IsInt()
  visits!: number;
}

function set(cookies: SecureCookieJar): void {
  cookies.set(EXIT_COOKIE, EXIT_VALUE);
}

@Controller()
export class ExitsController {
  #failures = 0;

  @Get('value')
  value(@SecureCookies() cookies: SecureCookieJar): object {
    set(cookies);
    return { hello: 'there' };
  }

  @Get('nothing')
  nothing(@SecureCookies() cookies: SecureCookieJar): void {
    set(cookies);
  }

  @Get('promise')
  async promise(@SecureCookies() cookies: SecureCookieJar): Promise<string> {
    await wait(1);
    set(cookies);
    return 'promised';
  }

  @Get('observable')
  observable(@SecureCookies() cookies: SecureCookieJar): Observable<string> {
    set(cookies);
    return interval(1).pipe(
      take(2),
      map((turn) => `observed ${turn}`),
    );
  }

  @Get('observable-throws')
  observableThrows(@SecureCookies() cookies: SecureCookieJar): Observable<string> {
    set(cookies);
    return throwError(() => new ForbiddenException());
  }

  @Get('redirect')
  @Redirect('/value', 302)
  redirect(@SecureCookies() cookies: SecureCookieJar): void {
    set(cookies);
  }

  @Get('no-content')
  @HttpCode(204)
  noContent(@SecureCookies() cookies: SecureCookieJar): void {
    set(cookies);
  }

  @Get('not-modified')
  @HttpCode(304)
  notModified(@SecureCookies() cookies: SecureCookieJar): void {
    set(cookies);
  }

  @Get('header')
  @Header('Set-Cookie', 'adapter=yes; Path=/')
  header(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'with a header';
  }

  @Get('render')
  @Render('hello.ejs')
  render(@SecureCookies() cookies: SecureCookieJar): object {
    set(cookies);
    return { name: 'there' };
  }

  @Get('file')
  file(@SecureCookies() cookies: SecureCookieJar): StreamableFile {
    set(cookies);
    return new StreamableFile(Readable.from(['a ', 'file']), { type: 'text/plain' });
  }

  @Sse('events')
  events(@SecureCookies() cookies: SecureCookieJar): Observable<{ data: string }> {
    set(cookies);
    return of({ data: 'one' }, { data: 'two' });
  }

  @Get('passthrough')
  passthrough(
    @SecureCookies() cookies: SecureCookieJar,
    @Res({ passthrough: true }) response: PlatformResponse,
  ): string {
    set(cookies);
    response.status(202);
    return 'passed through';
  }

  @Get('answer')
  answer(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    response.status(202).send('answered');
  }

  @Get('answer-later')
  async answerLater(
    @SecureCookies() cookies: SecureCookieJar,
    @Res() response: PlatformResponse,
  ): Promise<void> {
    await wait(1);
    set(cookies);
    await response.status(202).send('answered later');
  }

  @Get('raw-implicit')
  rawImplicit(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    const raw = hijacked(response);
    raw.write('an implicit ');
    raw.end('head');
  }

  @Get('raw-set-header')
  rawSetHeader(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    const raw = hijacked(response);
    raw.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
    raw.end('headers set');
  }

  @Get('raw-object')
  rawObject(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    hijacked(response)
      .writeHead(201, { 'Set-Cookie': ['a=1; Path=/', 'b=2'], 'X-Head': 'object' })
      .end('an object of headers');
  }

  @Get('raw-array')
  rawArray(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    hijacked(response)
      .writeHead(201, ['Set-Cookie', 'a=1; Path=/', 'Set-Cookie', 'b=2', 'X-Head', 'array'])
      .end('an array of headers');
  }

  @Get('raw-reason')
  rawReason(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    set(cookies);
    hijacked(response).writeHead(201, 'Well Done', { 'Set-Cookie': 'a=1' }).end('with a reason');
  }

  @Get('guard-throws')
  @UseGuards(ThrowingGuard)
  guardThrows(): string {
    return 'unreachable';
  }

  @Get('pipe-throws')
  @UseGuards(SettingGuard)
  pipeThrows(@Query('number', ParseIntPipe) number: number): number {
    return number;
  }

  @Get('handler-throws')
  handlerThrows(@SecureCookies() cookies: SecureCookieJar): never {
    set(cookies);
    throw new ForbiddenException();
  }

  @Get('handler-fails')
  handlerFails(@SecureCookies() cookies: SecureCookieJar): never {
    set(cookies);
    throw new Error('a mistake in a handler');
  }

  @Get('handler-rejects')
  async handlerRejects(@SecureCookies() cookies: SecureCookieJar): Promise<never> {
    set(cookies);
    await wait(1);
    throw new Error('a mistake in a handler');
  }

  @Get('interceptor-throws-before')
  @UseInterceptors(ThrowsBeforeInterceptor)
  interceptorThrowsBefore(): string {
    return 'unreachable';
  }

  @Get('interceptor-throws-after')
  @UseInterceptors(ThrowsAfterInterceptor)
  interceptorThrowsAfter(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'unreachable';
  }

  @Get('interceptor-sets-after')
  @UseInterceptors(SetsAfterInterceptor)
  interceptorSetsAfter(): string {
    return 'set after the handler';
  }

  @Get('interceptor-by-hand')
  @UseInterceptors(SecureCookieInterceptor, SetsAfterInterceptor)
  interceptorByHand(): string {
    return 'set after the handler, signed by the interceptor';
  }

  @Get('filter')
  @UseFilters(SettingFilter)
  filter(): never {
    throw new ForbiddenException();
  }

  @Get('middleware')
  middleware(): string {
    return 'after the middleware';
  }

  @Get('twice')
  twice(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(EXIT_COOKIE, 'too early');
    cookies.clear(EXIT_COOKIE);
    set(cookies);
    return 'set, cleared and set';
  }

  @Get('everywhere')
  @UseGuards(SettingGuard)
  @UseInterceptors(SetsAfterInterceptor)
  everywhere(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'set in a middleware, a guard, an interceptor and a handler';
  }

  @Get('retried')
  @UseInterceptors(RetryInterceptor)
  retried(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    this.#failures += 1;
    if (this.#failures % 2 === 1) {
      throw new Error('the first attempt fails');
    }
    return 'retried';
  }

  @Get('two-jars')
  twoJars(
    @SecureCookies() first: SecureCookieJar,
    @SecureCookies() second: SecureCookieJar,
  ): string {
    first.set(EXIT_COOKIE, 'too early');
    set(second);
    return 'two jars';
  }

  @Get('wrapped')
  @Wrapped()
  wrapped(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'wrapped';
  }

  @Post('validated')
  validated(@SecureCookies() cookies: SecureCookieJar, @Body() { visits }: VisitBody): object {
    set(cookies);
    return { visits };
  }

  @Post('invalid')
  @UseGuards(SettingGuard)
  invalid(@Body() { visits }: VisitBody): object {
    return { visits };
  }
}

@Controller({ path: 'request-scoped', scope: Scope.REQUEST })
export class RequestScopedController {
  @Get()
  get(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'request-scoped';
  }
}

class BaseController {
  @Get('base')
  base(@SecureCookies() cookies: SecureCookieJar): string {
    set(cookies);
    return 'inherited';
  }

  @Get('overridden')
  overridden(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(EXIT_COOKIE, 'the one of the parent');
    return 'the one of the parent';
  }
}

@Controller('inherited')
export class InheritingController extends BaseController {
  @Get('overridden')
  override overridden(@SecureCookies() cookies: SecureCookieJar): string {
    super.overridden(cookies);
    set(cookies);
    return 'overridden';
  }
}
