import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  HttpCode,
  Module,
  Post,
  ServiceUnavailableException,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import {
  defineSecureCookie,
  memoryRevocations,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieError,
  SecureCookieModule,
  SecureCookieRevocations,
  SecureCookies,
  SecureCookieService,
  type SecureCookieJar,
  type SecureCookieRevocationSettings,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { CookieMint } from '../../lib/testing/index.js';
import { platforms, startApp, type Platform, type RunningApp } from '../support/platforms.js';
import { TestSource } from '../support/revocation-source.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const User = z.object({ id: z.string() });

const Session = defineSecureCookie('session', {
  schema: User,
  maxAge: 3600,
  renewAfter: 60,
  absoluteMaxAge: 86_400,
  revocableBy: ({ id }) => [`user:${id}`],
});

type User = z.infer<typeof User>;

const mint = new CookieMint({ secret: SECRET });

/** Seconds: as short as a test can wait. */
const settings = { refreshEvery: 0.1, maxStale: 60 };

@Controller()
class SessionController {
  constructor(private readonly revocations: SecureCookieRevocations) {}

  @Get('parameter')
  parameter(@SecureCookie(Session, { required: true }) user: User): string {
    return user.id;
  }

  @RequireSecureCookie(Session)
  @Get('guarded')
  guarded(): string {
    return 'alice';
  }

  @Get('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): string {
    const result = cookies.verify(Session);
    return result.valid ? result.value.id : result.reason;
  }

  @HttpCode(204)
  @Post('logout')
  async logOut(@SecureCookie(Session, { required: true }) user: User): Promise<void> {
    try {
      await this.revocations.revoke(Session, `user:${user.id}`);
    } catch (error) {
      throw error instanceof SecureCookieError && error.code === 'revocation-failed'
        ? new ServiceUnavailableException()
        : error;
    }
  }

  /** Ends all sessions of the user but this one. */
  @HttpCode(204)
  @Post('password')
  async changePassword(
    @SecureCookie(Session, { required: true }) user: User,
    @SecureCookies() cookies: SecureCookieJar,
  ): Promise<void> {
    await this.revocations.revoke(Session, `user:${user.id}`);
    cookies.set(Session, user);
  }
}

function appWith(
  revocations: SecureCookieRevocationSettings | undefined,
  controller: Type = SessionController,
): DynamicModule {
  @Module({})
  class AppModule {}
  return {
    module: AppModule,
    imports: [SecureCookieModule.forRoot({ secret: SECRET, revocations })],
    controllers: [controller],
  };
}

const running: RunningApp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
});

async function start(...given: Parameters<typeof startApp>): Promise<RunningApp> {
  const app = await startApp(...given);
  running.push(app);
  return app;
}

/** What the routes of an app say of a cookie. */
async function visitAll({ url }: RunningApp, cookie: string): Promise<unknown[]> {
  const answers = await Promise.all(
    ['parameter', 'guarded', 'jar'].map((path) => fetch(`${url}/${path}`, { headers: { cookie } })),
  );
  const [parameter, guarded, jar] = answers;
  return [parameter?.status, guarded?.status, await jar?.text()];
}

const IN = [200, 200, 'alice'];
const OUT = [401, 401, 'revoked'];

/** Asks again until it is so, or for five seconds. */
async function eventually(look: () => Promise<unknown[]>, expected: unknown[]): Promise<void> {
  const end = Date.now() + 5000;
  while (Date.now() < end && JSON.stringify(await look()) !== JSON.stringify(expected)) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  expect(await look()).toEqual(expected);
}

describe.each(platforms)('sessions on $platform', (platform: Platform) => {
  it('end on all instances when somebody says so on one of them', async () => {
    const source = memoryRevocations();
    const here = await start(platform, appWith({ source, ...settings }));
    const there = await start(platform, appWith({ source, ...settings }));
    const cookie = mint.valid(Session, { id: 'alice' });
    const other = mint.valid(Session, { id: 'bob' });
    expect([await visitAll(here, cookie), await visitAll(there, cookie)]).toEqual([IN, IN]);

    const { status } = await fetch(`${here.url}/logout`, { method: 'POST', headers: { cookie } });
    expect(status).toBe(204);
    expect(await visitAll(here, cookie)).toEqual(OUT);
    await eventually(() => visitAll(there, cookie), OUT);
    expect(await visitAll(there, other)).toEqual([200, 200, 'bob']);
  });

  it('go on where the request that ended the others set a new one', async () => {
    const app = await start(platform, appWith({ source: memoryRevocations(), ...settings }));
    const cookie = mint.valid(Session, { id: 'alice' });
    const answer = await fetch(`${app.url}/password`, { method: 'POST', headers: { cookie } });
    const [next = ''] = answer.headers.getSetCookie().map((header) => header.split(';', 1)[0]);

    expect(answer.status).toBe(204);
    expect(await visitAll(app, cookie)).toEqual(OUT);
    expect(await visitAll(app, next)).toEqual(IN);
  });

  it('do not end where the source fails, and the app can say so', async () => {
    const source = new TestSource();
    const app = await start(platform, appWith({ source, ...settings }));
    const cookie = mint.valid(Session, { id: 'alice' });
    source.state = new Error('down');

    const { status } = await fetch(`${app.url}/logout`, { method: 'POST', headers: { cookie } });
    expect(status).toBe(503);
    expect(await visitAll(app, cookie)).toEqual(IN);
  });

  it('that a test wants revoked are, and others of that user are not', async () => {
    const source = new TestSource();
    const app = await start(platform, appWith({ source, ...settings }));
    const revocations = app.app.get(SecureCookieRevocations);

    expect(await visitAll(app, mint.revoked(revocations, Session, { id: 'alice' }))).toEqual(OUT);
    expect(await visitAll(app, mint.valid(Session, { id: 'alice' }))).toEqual(IN);
    expect(source.marks).toEqual([]);
  });

  it('end for readers of the service too', async () => {
    const app = await start(platform, appWith({ source: memoryRevocations(), ...settings }));
    const reader = app.app.get(SecureCookieService).reader(mint.valid(Session, { id: 'alice' }));
    expect(reader.get(Session)).toEqual({ id: 'alice' });

    await app.app.get(SecureCookieRevocations).revokeAll(Session);
    expect(reader.verify(Session)).toEqual({ valid: false, reason: 'revoked' });
  });

  it('are looked after until the app shuts down', async () => {
    const source = new TestSource();
    const { close } = await startApp(platform, appWith({ source, ...settings }));
    await close();
    const { calls } = source;
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });

    expect(source.calls).toBe(calls);
  });
});

describe('an app does not start', () => {
  const [express] = platforms;

  it('where the source fails', async () => {
    const source = new TestSource();
    source.state = new Error('redis://user:hunter2@host');
    const log = new RecordedLog();
    const error: unknown = await startApp(express, appWith({ source, ...settings }), (app) =>
      app.useLogger(log),
    ).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'SecureCookieError', code: 'revocations-load' });
    expect(String(error)).not.toContain('hunter2');
  });

  @Controller()
  class ParameterController {
    @Get()
    show(@SecureCookie(Session) user: User | undefined): string {
      return user?.id ?? '';
    }
  }

  @RequireSecureCookie(Session)
  @Controller()
  class GuardedController {}

  it.each([
    ['parameter', ParameterController],
    ['guard', GuardedController],
  ])('where a %s names what can be revoked, without "revocations"', async (_what, controller) => {
    await expect(startApp(express, appWith(undefined, controller))).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'revocations-missing',
    });
  });

  it.each<[string, unknown]>([
    ['no source', settings],
    ['no maxStale', { source: memoryRevocations(), refreshEvery: 1 }],
    ['a misspelt one', { source: memoryRevocations(), ...settings, refresh: 1 }],
  ])('with settings that are invalid: %s, already where it is registered', (_what, given) => {
    const register = () =>
      SecureCookieModule.forRoot({ secret: SECRET, revocations: given as never });

    expect(thrownBy(register)).toMatchObject({ name: 'SecureCookieError', code: 'option' });
  });

  it('without tolerance for clocks', () => {
    const revocations = { source: memoryRevocations(), ...settings };
    const register = () =>
      SecureCookieModule.forRoot({ secret: SECRET, clockTolerance: 0, revocations });

    expect(thrownBy(register)).toMatchObject({ code: 'option' });
  });
});

describe('an app without "revocations"', () => {
  const [express] = platforms;

  it('starts where nothing can be revoked, and says what is missing where it is asked to', async () => {
    @Controller()
    class PlainController {
      @Get()
      show(): string {
        return 'hello';
      }
    }
    const { app } = await start(express, appWith(undefined, PlainController));

    await expect(app.get(SecureCookieRevocations).revokeAll(Session)).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'revocations-missing',
    });
  });
});
