import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Observable } from 'rxjs';
import {
  SecureCookieJar,
  SecureCookieModule,
  SecureCookieReader,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

/** Who asked for a jar, and which one came. */
const jars = new Map<string, SecureCookieJar>();

@Injectable()
class JarMiddleware implements NestMiddleware<object, object> {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  use(request: object, response: object, next: () => void): void {
    jars.set('middleware', this.secureCookies.jar(request, response));
    next();
  }
}

@Injectable()
class JarGuard implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    jars.set('guard', this.secureCookies.jar(context));
    jars.set(
      "the platform's objects",
      this.secureCookies.jar(http.getRequest<object>(), http.getResponse<object>()),
    );
    return true;
  }
}

@Injectable()
class JarInterceptor implements NestInterceptor {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    jars.set('interceptor', this.secureCookies.jar(context));
    return next.handle();
  }
}

@Catch(ForbiddenException)
class JarFilter implements ExceptionFilter {
  constructor(
    @Inject(SecureCookieService) private readonly secureCookies: SecureCookieService,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  catch(_error: ForbiddenException, host: ArgumentsHost): void {
    jars.set('filter', this.secureCookies.jar(host));
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), 'filtered', 403);
  }
}

@Controller()
class JarController {
  @Get()
  @UseGuards(JarGuard)
  @UseInterceptors(JarInterceptor)
  @UseFilters(JarFilter)
  get(@SecureCookies() first: SecureCookieJar, @SecureCookies() second: SecureCookieJar): never {
    jars.set('handler', first);
    jars.set('handler again', second);
    throw new ForbiddenException();
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [JarController] })
class JarModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(JarMiddleware).forRoutes(JarController);
  }
}

const EVERYONE = [
  'middleware',
  'guard',
  "the platform's objects",
  'interceptor',
  'handler',
  'handler again',
  'filter',
];

describe.each(platforms)('SecureCookieService on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, JarModule);
  });
  afterAll(() => running.close());
  beforeEach(() => jars.clear());

  it('gives all who ask within one request the same jar', async () => {
    const response = await fetch(running.url);

    expect(response.status).toBe(403);
    expect([...jars.keys()]).toEqual(EVERYONE);
    expect(new Set(jars.values()).size).toBe(1);
  });

  it('gives each request a jar of its own', async () => {
    await fetch(running.url, { headers: { cookie: cookieHeader('user', 'alice') } });
    const first = jars.get('handler');
    await fetch(running.url, { headers: { cookie: cookieHeader('user', 'bob') } });
    const second = jars.get('handler');

    expect([first?.get('user'), second?.get('user')]).toEqual(['alice', 'bob']);
  });

  it('reads a header without a request', () => {
    const reader = running.app.get(SecureCookieService).reader(cookieHeader('user', 'alice'));

    expect(reader).toBeInstanceOf(SecureCookieReader);
    expect(reader.get('user')).toBe('alice');
    expect(running.app.get(SecureCookieService).reader(undefined).get('user')).toBeUndefined();
  });

  it.each<[string, unknown[]]>([
    ['an object that is no host', [{}]],
    ['a function', [() => undefined]],
    ['null', [null]],
    ['two plain objects', [{}, {}]],
    ['a request without Node behind it', [{ raw: {} }, { raw: {} }]],
  ])("a jar for %s: 'not-http'", (_what, parameters) => {
    const service: { jar(...values: unknown[]): unknown } = running.app.get(SecureCookieService);

    expect(() => service.jar(...parameters)).toThrow(expect.objectContaining({ code: 'not-http' }));
  });
});
