import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  DefaultValuePipe,
  Get,
  HttpStatus,
  Injectable,
  Module,
  ParseIntPipe,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieSigner,
  type SecureCookieErrorCode,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { cookieHeader, signer } from '../support/signed-cookies.js';
import { startTestingApp } from '../support/testing-app.js';
import { thrownBy } from '../support/thrown-by.js';

const secondsAgo = (seconds: number, secret = SECRET): SecureCookieSigner =>
  new SecureCookieSigner({ secret, clock: () => Date.now() / 1000 - seconds });

@Injectable()
class DescribePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): string {
    return `${type} ${metatype?.name} ${String(value)}`;
  }
}

@Controller()
class ReadController {
  @Get('plain')
  plain(@SecureCookie('user') user: string | undefined): object {
    return { user: user ?? null };
  }

  @Get('hour')
  hour(@SecureCookie('user', { maxAge: 3600 }) user: string | undefined): object {
    return { user: user ?? null };
  }

  @Get('v1')
  v1(@SecureCookie('user', { minVersion: 1 }) user: string | undefined): object {
    return { user: user ?? null };
  }

  @Get('required')
  required(@SecureCookie('user', { required: true }) user: string): object {
    return { user };
  }

  @Get('required-hour')
  requiredHour(@SecureCookie('user', { maxAge: 3600, required: true }) user: string): object {
    return { user };
  }

  @Get('pipe-class')
  pipeClass(@SecureCookie('visits', ParseIntPipe) visits: number): object {
    return { visits };
  }

  @Get('pipe-instance')
  pipeInstance(
    @SecureCookie(
      'visits',
      new DefaultValuePipe('7'),
      new ParseIntPipe({ errorHttpStatusCode: HttpStatus.NOT_ACCEPTABLE }),
    )
    visits: number,
  ): object {
    return { visits };
  }

  @Get('pipe-after-options')
  pipeAfterOptions(
    @SecureCookie('visits', { maxAge: 3600 }, new DefaultValuePipe('0'), ParseIntPipe)
    visits: number,
  ): object {
    return { visits };
  }

  @Get('pipe-metadata')
  pipeMetadata(@SecureCookie('user', DescribePipe) user: string): object {
    return { user };
  }

  @Get('jar')
  jar(@SecureCookies() first: SecureCookieJar, @SecureCookies() second: SecureCookieJar): object {
    return { user: first.get('user') ?? null, same: first === second };
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [ReadController] })
class AppModule {}

describe.each(platforms)('the parameter decorators on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, AppModule);
  });
  afterAll(() => running.close());

  async function get(path: string, cookie = ''): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${running.url}/${path}`, { headers: { cookie } });
    return { status: response.status, body: await response.json() };
  }

  const cookies = {
    missing: '',
    valid: cookieHeader('user', 'alice'),
    'two hours old': cookieHeader('user', 'alice', secondsAgo(7200)),
    expired: cookieHeader('user', 'alice', secondsAgo(32 * 86_400)),
    forged: cookieHeader('user', 'alice', secondsAgo(0, OTHER_SECRET)),
    renamed: `user=${signer.sign('admin', 'alice')}`,
    'format 1': `user=${signer.sign('user', 'alice', { version: 1 })}`,
    'three visits': cookieHeader('visits', '3'),
    'three visits, two hours old': cookieHeader('visits', '3', secondsAgo(7200)),
    'no number': cookieHeader('visits', 'many'),
  };

  it.each([
    ['plain', 'valid', 'alice'],
    ['plain', 'missing', null],
    ['plain', 'two hours old', 'alice'],
    ['plain', 'expired', null],
    ['plain', 'forged', null],
    ['plain', 'renamed', null],
    ['plain', 'format 1', null],
    ['hour', 'valid', 'alice'],
    ['hour', 'two hours old', null],
    ['v1', 'format 1', 'alice'],
    ['v1', 'valid', 'alice'],
  ] as const)('/%s reads a cookie that is %s as %j', async (path, cookie, user) => {
    expect(await get(path, cookies[cookie])).toEqual({ status: 200, body: { user } });
  });

  it('required: the value where the cookie is valid', async () => {
    expect(await get('required', cookies.valid)).toEqual({ status: 200, body: { user: 'alice' } });
  });

  it.each([
    ['required', 'missing'],
    ['required', 'forged'],
    ['required', 'renamed'],
    ['required', 'expired'],
    ['required-hour', 'two hours old'],
  ] as const)('/%s: 401 with one body where the cookie is %s', async (path, cookie) => {
    expect(await get(path, cookies[cookie])).toEqual({
      status: 401,
      body: { message: 'Unauthorized', statusCode: 401 },
    });
  });

  it.each([
    ['pipe-class', 'three visits', 3],
    ['pipe-instance', 'three visits', 3],
    ['pipe-instance', 'missing', 7],
    ['pipe-after-options', 'three visits', 3],
    ['pipe-after-options', 'three visits, two hours old', 0],
  ] as const)('/%s pipes the cookie of %s to %i', async (path, cookie, visits) => {
    expect(await get(path, cookies[cookie])).toEqual({ status: 200, body: { visits } });
  });

  it.each([
    ['pipe-class', 'no number', 400],
    ['pipe-class', 'missing', 400],
    ['pipe-instance', 'no number', 406],
  ] as const)("/%s: the pipe's exception for %s is the answer", async (path, cookie, status) => {
    expect((await get(path, cookies[cookie])).status).toBe(status);
  });

  it('pipes are told that the parameter is a custom one, and its type', async () => {
    expect(await get('pipe-metadata', cookies.valid)).toEqual({
      status: 200,
      body: { user: 'custom String alice' },
    });
  });

  it('two jars on one method are one', async () => {
    expect(await get('jar', cookies.valid)).toEqual({
      status: 200,
      body: { user: 'alice', same: true },
    });
  });

  it('overrideProvider(SecureCookieSigner) reaches the decorators and the jar', async () => {
    const metadata = { imports: [AppModule] };
    const { url, close } = await startTestingApp(platform, metadata, (builder) =>
      builder
        .overrideProvider(SecureCookieSigner)
        .useValue(new SecureCookieSigner({ secret: OTHER_SECRET })),
    );
    const headers = { cookie: cookieHeader('user', 'bob', secondsAgo(0, OTHER_SECRET)) };
    const bodies = await Promise.all(
      ['plain', 'jar'].map(async (path) => (await fetch(`${url}/${path}`, { headers })).json()),
    );
    await close();

    expect(bodies).toEqual([{ user: 'bob' }, { user: 'bob', same: true }]);
  });
});

describe('where a decorator is applied', () => {
  it.each<[SecureCookieErrorCode, string, () => unknown]>([
    ['name', 'an empty name', () => SecureCookie('')],
    ['name', 'a name with a space', () => SecureCookie('a b')],
    ['name', 'a name that parsers take for an attribute', () => SecureCookie('Path')],
    ['name', 'no name', () => SecureCookie(undefined as never)],
    ['option', 'a misspelt option', () => SecureCookie('user', { maxage: 60 } as never)],
    [
      'option',
      'an option of the jar alone',
      () => SecureCookie('u', { encoding: 'utf8' } as never),
    ],
    ['option', 'a negative age', () => SecureCookie('user', { maxAge: -1 })],
    ['option', 'an age that is NaN', () => SecureCookie('user', { maxAge: Number.NaN })],
    ['option', 'an unknown format', () => SecureCookie('user', { minVersion: 3 as never })],
    ['option', 'required as text', () => SecureCookie('user', { required: 'yes' as never })],
    ['option', 'null for options', () => SecureCookie('user', null as never)],
    ['option', 'text for options', () => SecureCookie('user', 'required' as never)],
    ['name', 'an empty name', () => RequireSecureCookie('')],
    ['option', 'required', () => RequireSecureCookie('user', { required: true } as never)],
    ['option', 'an infinite age', () => RequireSecureCookie('user', { maxAge: Infinity })],
    ['option', 'null for options', () => RequireSecureCookie('user', null as never)],
  ])("'%s' is thrown for %s", (code, _what, apply) => {
    expect(thrownBy(apply)).toMatchObject({ name: 'SecureCookieError', code });
  });
});

describe('arguments in the wrong place', () => {
  /** What a file has imported from one that imports it. */
  const circular = undefined as never;

  it.each<[string, () => unknown]>([
    [
      'SecureCookie() takes its options before',
      () => SecureCookie('user', ParseIntPipe, { required: true } as never),
    ],
    [
      'takes its options before',
      () => SecureCookie('user', { maxAge: 60 }, { required: true } as never),
    ],
    ['did you mean "required"?', () => SecureCookie('user', { requierd: true } as never)],
    ['did you mean "maxAge"?', () => RequireSecureCookie('user', { maxage: 60 } as never)],
    ['is undefined: two files may import each other', () => SecureCookie('user', circular)],
    [
      'is undefined: two files may import each other',
      () => SecureCookie('user', ParseIntPipe, circular),
    ],
    ['Number has no method "transform"', () => SecureCookie('user', Number as never)],
    [
      'ValidationPipe({ validateCustomDecorators: true })',
      () => SecureCookie('user', ValidationPipe),
    ],
    [
      'ValidationPipe({ validateCustomDecorators: true })',
      () => SecureCookie('user', new ValidationPipe({ transform: true })),
    ],
  ])('%s', (advice, apply) => {
    expect(thrownBy(apply)).toMatchObject({
      code: 'option',
      message: expect.stringContaining(advice),
    });
  });
});
