import 'reflect-metadata';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type * as Library from 'nestjs-secure-cookie';
import type * as Testing from 'nestjs-secure-cookie/testing';

/*
 * Both builds of the package and a second copy of it in one process. What one of them defines, all of
 * them read, set, require and mint.
 */

const PACKAGE = 'node_modules/nestjs-secure-cookie';
const SECRET = crypto.randomUUID() + crypto.randomUUID();

interface Copy {
  readonly library: typeof Library;
  readonly testing: typeof Testing;
}

const require = createRequire(import.meta.url);

function loaded(folder: string): Copy {
  const path = `${process.cwd()}/${folder}/`;
  return { library: require(`${path}index.js`), testing: require(`${path}testing/index.js`) };
}

await cp(PACKAGE, 'node_modules/second-copy', { recursive: true });
const copies: Readonly<Record<string, Copy>> = {
  esm: loaded(`${PACKAGE}/dist/esm`),
  commonJs: loaded(`${PACKAGE}/dist/cjs`),
  second: loaded('node_modules/second-copy/dist/esm'),
};
const classes = Object.values(copies).map(({ library }) => library.SecureCookieDefinition);

const definitions = Object.entries(copies).map(([maker, { library }]) => ({
  maker,
  Session: library.defineSecureCookie(`session-${maker}`, {
    codec: 'json',
    maxAge: 600,
    renewAfter: 60,
    absoluteMaxAge: 6000,
    accepts: [library.tornadoV1({ secret: `${SECRET} of old`, until: new Date('2100-01-01') })],
  }),
}));
type Session = (typeof definitions)[number]['Session'];

/** A controller with one copy's decorators for another one's definition. */
function controllerOf(
  { SecureCookie, SecureCookies, RequireSecureCookie }: typeof Library,
  path: string,
  Session: Session,
) {
  @Controller(path)
  class SessionController {
    @Get('log-in')
    logIn(@SecureCookies() cookies: Pick<Library.SecureCookieJar, 'set'>) {
      cookies.set(Session, { id: path });
      return 'in';
    }

    @Get('home')
    @RequireSecureCookie(Session)
    home(@SecureCookie(Session) session: unknown) {
      return session;
    }
  }
  return SessionController;
}

const found: Record<string, unknown> = {};
for (const [user, { library, testing }] of Object.entries(copies)) {
  const controllers = definitions.flatMap(({ maker, Session }) =>
    Object.entries(copies).map(([decorator, copy]) => ({
      Session,
      path: `${maker}-${decorator}`,
      controller: controllerOf(copy.library, `${maker}-${decorator}`, Session),
    })),
  );

  @Module({
    imports: [library.SecureCookieModule.forRoot(SECRET)],
    controllers: controllers.map(({ controller }) => controller),
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const mint = new testing.CookieMint({ secret: SECRET });
  for (const { path, Session } of controllers) {
    const login = await fetch(`${url}/${path}/log-in`);
    const [set = ''] = login.headers.getSetCookie();
    const get = async (cookie: string) => {
      const response = await fetch(`${url}/${path}/home`, { headers: { cookie } });
      return response.ok ? (await response.json()).id : response.status;
    };
    const { jar } = testing.createTestJar({
      signer: { secret: SECRET },
      cookies: mint.valid(Session, { id: 'jar' }),
    });
    found[`${user}: ${path}`] = [
      await get(set.split(';', 1)[0] ?? ''),
      await get(mint.valid(Session, { id: 'minted' })),
      await get(mint.tampered(Session, { id: 'forged' })),
      await get(mint.expired(Session, { id: 'late' })),
      jar.get(Session),
    ];
  }
  await app.close();
}

console.log(JSON.stringify({ classes: new Set(classes).size, found }));
