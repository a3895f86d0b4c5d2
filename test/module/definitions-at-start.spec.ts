import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieModule,
  type SecureCookieAttributes,
} from 'nestjs-secure-cookie';
import { platforms, startApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';

const HOUR = 3600;

const NeverRenewed = defineSecureCookie('visit', { renewAfter: HOUR, absoluteMaxAge: 2 * HOUR });
const Insecure = defineSecureCookie('plain', { secure: false });

@Controller()
class NeverRenewedController {
  @Get()
  show(@SecureCookie(NeverRenewed) visit: string | undefined): string {
    return visit ?? '';
  }
}

@RequireSecureCookie(NeverRenewed)
@Controller()
class GuardedController {}

@Controller()
class InsecureController {
  @Get('plain')
  show(@SecureCookie(Insecure) plain: string | undefined): string {
    return plain ?? '';
  }
}

const rows: readonly (readonly [Type, number, SecureCookieAttributes, string])[] = [
  [NeverRenewedController, HOUR, {}, 'option'],
  [NeverRenewedController, 9 * HOUR, { maxAge: HOUR }, 'option'],
  [GuardedController, HOUR, {}, 'option'],
  [InsecureController, HOUR, { sameSite: 'none' }, 'attribute'],
  [InsecureController, HOUR, { partitioned: true }, 'attribute'],
];

describe.each(platforms)('what a decorator names is checked at start, on $platform', (platform) => {
  it.each(rows)('%p, with maxAge: %d and %j: %s', async (controller, maxAge, cookie, code) => {
    @Module({
      imports: [SecureCookieModule.forRoot({ secret: SECRET, maxAge, cookie })],
      controllers: [controller],
    })
    class AppModule {}

    await expect(startApp(platform, AppModule)).rejects.toMatchObject({
      name: 'SecureCookieError',
      code,
    });
  });

  it('and what is possible starts', async () => {
    @Module({
      imports: [SecureCookieModule.forRoot({ secret: SECRET, maxAge: HOUR + 1 })],
      controllers: [NeverRenewedController, GuardedController, InsecureController],
    })
    class AppModule {}

    await (await startApp(platform, AppModule)).close();
  });
});
