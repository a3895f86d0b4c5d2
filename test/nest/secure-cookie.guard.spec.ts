import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Module,
  type INestApplication,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  RequireSecureCookie,
  SecureCookieGuard,
  SecureCookieModule,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { cookieHeader, signer } from '../support/signed-cookies.js';
import { startTestingApp } from '../support/testing-app.js';

@Controller('open')
class OpenController {
  @Get()
  open(): string {
    return 'in';
  }

  @RequireSecureCookie('user')
  @Get('route')
  route(): string {
    return 'in';
  }

  @RequireSecureCookie('user', { maxAge: 3600 })
  @Get('hour')
  hour(): string {
    return 'in';
  }

  @RequireSecureCookie('user')
  @RequireSecureCookie('admin')
  @Get('stacked')
  stacked(): string {
    return 'in';
  }
}

@RequireSecureCookie('user')
@Controller('closed')
class ClosedController {
  @Get()
  closed(): string {
    return 'in';
  }

  @RequireSecureCookie('admin')
  @Get('both')
  both(): string {
    return 'in';
  }
}

@RequireSecureCookie('user')
@RequireSecureCookie('admin')
@Controller('stacked')
class StackedController {
  @Get()
  stacked(): string {
    return 'in';
  }
}

@Controller('inherited')
class InheritedController extends ClosedController {}

@RequireSecureCookie('staff')
@Controller('narrowed')
class NarrowedController extends ClosedController {}

const guards = (target: object): unknown => Reflect.getMetadata('__guards__', target);

const handlerOf = (controller: Type, method: string): object =>
  Object.getOwnPropertyDescriptor(controller.prototype, method)?.value;

describe('the guard is bound once', () => {
  it.each([
    ['to a handler, however many cookies it names', handlerOf(OpenController, 'stacked')],
    ['to a class, however many cookies it names', StackedController],
    ['to a class whose parent has it', NarrowedController],
  ])('%s', (_what, target) => {
    expect(guards(target)).toEqual([SecureCookieGuard]);
  });
});

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [
    OpenController,
    ClosedController,
    StackedController,
    InheritedController,
    NarrowedController,
  ],
})
class AppModule {}

const cookies = (...names: string[]): string =>
  names.map((name) => cookieHeader(name, 'yes')).join('; ');

const signedAt = (clock: () => number, secret = SECRET): SecureCookieSigner =>
  new SecureCookieSigner({ secret, clock });

const hoursAgo = (hours: number) => () => Date.now() / 1000 - hours * 3600;

describe.each(platforms)('@RequireSecureCookie on $platform', (platform) => {
  let running: RunningApp;

  beforeAll(async () => {
    running = await startApp(platform, AppModule);
  });
  afterAll(() => running.close());

  const status = async (path: string, cookie: string): Promise<number> =>
    (await fetch(`${running.url}/${path}`, { headers: { cookie } })).status;

  it.each([
    ['open', [], 200],
    ['open/route', [], 401],
    ['open/route', ['user'], 200],
    ['open/stacked', ['user'], 401],
    ['open/stacked', ['admin'], 401],
    ['open/stacked', ['admin', 'user'], 200],
    ['closed', [], 401],
    ['closed', ['user'], 200],
    ['closed/both', ['user'], 401],
    ['closed/both', ['admin'], 401],
    ['closed/both', ['user', 'admin'], 200],
    ['stacked', ['user'], 401],
    ['stacked', ['admin'], 401],
    ['stacked', ['user', 'admin'], 200],
    ['inherited', [], 401],
    ['inherited', ['user'], 200],
    ['inherited/both', ['user'], 401],
    ['inherited/both', ['user', 'admin'], 200],
    ['narrowed', ['user'], 401],
    ['narrowed', ['staff'], 401],
    ['narrowed', ['user', 'staff'], 200],
  ])('/%s with the cookies %j: %i', async (path, names, expected) => {
    expect(await status(path, cookies(...names))).toBe(expected);
  });

  it('a subclass that asks for more leaves its parent as it was', async () => {
    expect(await status('closed', cookies('user'))).toBe(200);
  });

  it.each([
    ['missing', 'open/route', ''],
    ['empty', 'open/route', 'user='],
    ['not signed', 'open/route', 'user=yes'],
    ['forged', 'open/route', cookieHeader('user', 'yes', signedAt(hoursAgo(0), OTHER_SECRET))],
    ['signed for another name', 'open/route', `user=${signer.sign('admin', 'yes')}`],
    ['expired', 'open/route', cookieHeader('user', 'yes', signedAt(hoursAgo(32 * 24)))],
    ['from the future', 'open/route', cookieHeader('user', 'yes', signedAt(hoursAgo(-1)))],
    ['older than asked for', 'open/hour', cookieHeader('user', 'yes', signedAt(hoursAgo(2)))],
  ])('one answer, that tells nothing, where the cookie is %s', async (_what, path, cookie) => {
    const response = await fetch(`${running.url}/${path}`, { headers: { cookie } });

    expect(response.status).toBe(401);
    expect(await response.text()).toBe('{"message":"Unauthorized","statusCode":401}');
  });

  it.each<[string, ModuleMetadata, (app: INestApplication) => void]>([
    [
      'APP_GUARD',
      { imports: [AppModule], providers: [{ provide: APP_GUARD, useClass: SecureCookieGuard }] },
      () => undefined,
    ],
    [
      'useGlobalGuards',
      { imports: [AppModule] },
      (app) => app.useGlobalGuards(new SecureCookieGuard()),
    ],
  ])('as %s it passes what requires nothing', async (_how, metadata, configure) => {
    const { url, close } = await startTestingApp(platform, metadata, undefined, configure);
    const statuses = await Promise.all(
      ['open', 'open/route', 'closed'].map(async (path) => (await fetch(`${url}/${path}`)).status),
    );
    await close();

    expect(statuses).toEqual([200, 401, 401]);
  });

  it('overrideGuard(SecureCookieGuard) opens every route in a test', async () => {
    const { url, close } = await startTestingApp(platform, { imports: [AppModule] }, (builder) =>
      builder.overrideGuard(SecureCookieGuard).useValue({ canActivate: () => true }),
    );
    const response = await fetch(`${url}/closed/both`);
    await close();

    expect(await response.text()).toBe('in');
  });

  it('overrideProvider(SecureCookieSigner) reaches the guard', async () => {
    const other = new SecureCookieSigner({ secret: OTHER_SECRET });
    const { url, close } = await startTestingApp(platform, { imports: [AppModule] }, (builder) =>
      builder.overrideProvider(SecureCookieSigner).useValue(other),
    );
    const [own, others] = await Promise.all(
      [signer, other].map((by) =>
        fetch(`${url}/open/route`, { headers: { cookie: cookieHeader('user', 'yes', by) } }),
      ),
    );
    await close();

    expect([own?.status, others?.status]).toEqual([401, 200]);
  });
});
