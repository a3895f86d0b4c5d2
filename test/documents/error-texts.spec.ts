import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Module,
  Res,
  UseGuards,
  ValidationPipe,
  type DynamicModule,
  type ExceptionFilter,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import {
  cookieSignature,
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieGuard,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { hijacked, type PlatformResponse } from '../support/exits/node-response.js';
import { platforms, startApp } from '../support/platforms.js';
import { RecordedLog } from '../support/recorded-log.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';
import { blocksOf, codeBlocks, PAGES } from './support/documents.js';

const [express] = platforms;
const until = new Date('2027-06-30');

const Theme = defineSecureCookie('theme', {
  codec: 'text',
  schema: z.enum(['light', 'dark']),
  accepts: [cookieSignature({ secrets: [SECRET], until })],
});

@Controller()
class ReadingController {
  @Get()
  read(@SecureCookie('user') user: string | undefined): string {
    return user ?? 'nobody';
  }
}

@Controller()
class ThemeController {
  @Get()
  read(@SecureCookie(Theme) theme: string | undefined): string {
    return theme ?? 'none';
  }
}

/** As a decorator of an app's own may do: what it returns lacks the metadata of what it was given. */
function Logged(_target: object, _key: string, { value }: TypedPropertyDescriptor<() => string>) {
  return { value: (): string => value?.() ?? '', writable: true, configurable: true };
}

const lostRequirement = (() => {
  @Controller()
  class AccountController {
    @Get()
    @Logged
    @RequireSecureCookie('user')
    show(): string {
      return 'Your account';
    }
  }
  return AccountController;
})();

const guardAlone = (() => {
  @Controller()
  class AccountController {
    @Get()
    @UseGuards(SecureCookieGuard)
    show(): string {
      return 'Your account';
    }
  }
  return AccountController;
})();

/** What the jar of a request throws for each of the calls. */
const calls: ((cookies: SecureCookieJar) => void)[] = [
  (cookies) => cookies.set('user', JSON.parse('{ "name": "alice" }')),
  (cookies) => cookies.set(Theme, JSON.parse('"pink"')),
  (cookies) => cookies.set('user', 'alice', { maxAge: 30 * 86_400 * 1000 }),
  (cookies) => cookies.set('user', 'alice', { maxAge: 365 * 86_400 }),
  (cookies) => cookies.set('user name', 'alice'),
  (cookies) => cookies.set('__Host-user', 'alice', { domain: 'example.org' }),
  (cookies) => cookies.set('user', 'alice', { sameSite: 'none', secure: false }),
  (cookies) => cookies.set('cart', 'x'.repeat(4000)),
];

@Controller()
class LoginController {
  @Get()
  login(@SecureCookies() cookies: SecureCookieJar): void {
    cookies.set('__Host-session', 'alice');
  }
}

const thrown: Error[] = [];

@Controller()
class MistakenController {
  @Get()
  call(@SecureCookies() cookies: SecureCookieJar, @Res() response: PlatformResponse): void {
    thrown.push(...calls.map((call) => thrownBy(() => call(cookies))));
    hijacked(response).end('answered');
    thrown.push(thrownBy(() => cookies.set('user', 'alice')));
  }
}

/** The error that an app does not start with. */
async function startError(
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
  controllers: Type[] = [ReadingController],
): Promise<unknown> {
  @Module({ imports, controllers })
  class AppModule {}
  return startApp(express, AppModule).then(
    ({ close }) => close(),
    (error: unknown) => error,
  );
}

/** What an app logs that injects the signer of another copy of the package. */
async function otherCopyLog(module: DynamicModule): Promise<string[]> {
  const log = new RecordedLog();
  const other = { SecureCookieSigner: class {} };
  const RememberMeService = {
    provide: 'RememberMeService',
    useFactory: Object,
    inject: [other.SecureCookieSigner],
  };
  await Test.createTestingModule({ imports: [module], providers: [RememberMeService] })
    .setLogger(log)
    .compile()
    .catch(() => undefined);
  return log.lines.map((line) => line.replace('error: ', ''));
}

/** What one request to an app throws or warns of. */
async function request(
  imports: NonNullable<Parameters<typeof Module>[0]['imports']>,
  controllers: NonNullable<Parameters<typeof Module>[0]['controllers']>,
  headers: Record<string, string> = { 'x-forwarded-proto': 'https' },
): Promise<{ readonly errors: unknown[]; readonly warnings: string[]; app: INestApplication }> {
  const errors: unknown[] = [];
  const warnings: string[] = [];
  const filter: ExceptionFilter = {
    catch(error, host) {
      errors.push(error);
      hijacked(host.switchToHttp().getResponse()).end();
    },
  };
  @Module({ imports, controllers })
  class AppModule {}
  const { app, url, close } = await startApp(express, AppModule, (starting) => {
    starting.useGlobalFilters(filter);
    starting.useLogger({
      log: () => undefined,
      error: () => undefined,
      warn: (message: unknown) => warnings.push(String(message)),
    });
  });
  await fetch(url, { headers });
  await close();
  return { errors, warnings, app };
}

describe('the texts of errors and logs in README.md and docs/', () => {
  let texts: string[];

  beforeAll(async () => {
    const module = SecureCookieModule.forRoot(SECRET);
    const withoutModule = await request([], [ReadingController]);
    const { app, warnings } = await request([module], [MistakenController]);
    const service = app.get(SecureCookieService);
    const plainHttp = await request([module], [LoginController], {});

    texts = [
      thrownBy(() => SecureCookieModule.forRoot(process.env['A_VARIABLE_THAT_IS_NOT_SET'])),
      thrownBy(() => SecureCookieModule.forRoot('my secret')),
      thrownBy(() => new SecureCookieSigner(JSON.parse(`{"secret":{"1":"${SECRET}"}}`))),
      ...withoutModule.errors,
      await startError([module, SecureCookieModule.forRoot(OTHER_SECRET)]),
      await startError([module], [lostRequirement]),
      await startError([module], [guardAlone]),
      thrownBy(() => SecureCookie('user', ValidationPipe)),
      thrownBy(() => service.jar({}, {})),
      ...thrown,
      ...warnings,
      ...plainHttp.warnings,
      ...(await otherCopyLog(module)),
      // @ts-expect-error: without a schema, formats that bind the name alone
      thrownBy(() => defineSecureCookie('theme', { accepts: Theme.accepts })),
      thrownBy(() => defineSecureCookie('theme', JSON.parse('{"renewAfter":86400}'))),
      await startError([module], [ThemeController]),
    ].map(String);
  });

  it.each(PAGES.filter(({ text }) => codeBlocks(text, 'text').length > 0))(
    'are those of the library: $path',
    ({ text }) => {
      const quoted = codeBlocks(text, 'text').map((block) => block.trim());

      expect(quoted.filter((block) => !texts.includes(block))).toEqual([]);
    },
  );

  it('are quoted, all that are produced here', () => {
    const blocks = PAGES.flatMap(({ text }) => codeBlocks(text, 'text'));
    const quoted = new Set(blocks.map((block) => block.trim()));

    expect(texts.filter((text) => !quoted.has(text))).toEqual([]);
  });

  it('stand in blocks of the language "text" alone', () => {
    const others = PAGES.flatMap(({ text }) => blocksOf(text)).filter(
      ({ language, code }) => language !== 'text' && code.includes('SecureCookieError: '),
    );

    expect(others).toEqual([]);
  });
});
