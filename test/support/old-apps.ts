import fastifyCookie from '@fastify/cookie';
import {
  Controller,
  Get,
  Module,
  Query,
  Res,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cookieParser from 'cookie-parser';
import type { Request, Response } from 'express';
import session from 'express-session';
import type { RunningApp } from './platforms.js';

/** The secret that the apps below sign with: of a cookie that came before. */
export const OLD_SECRET = 'the secret of the old app';

@Controller()
class ExpressController {
  /** `cookie-parser` reads what Express signs with its secret. */
  @Get('text')
  text(@Query('value') value: string, @Res() response: Response): void {
    response.cookie('theme', value, { signed: true }).end();
  }

  @Get('json')
  json(@Query('value') value: string, @Res() response: Response): void {
    response.cookie('theme', JSON.parse(value), { signed: true }).end();
  }
}

@Controller()
class FastifyController {
  @Get('text')
  text(
    @Query('value') value: string,
    @Res()
    reply: {
      setCookie(name: string, value: string, options: { signed: true }): { send(): unknown };
    },
  ): void {
    reply.setCookie('theme', value, { signed: true }).send();
  }
}

@Controller()
class NestController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get('text')
  text(@Query('value') value: string, @Res({ passthrough: true }) response: object): void {
    this.host.httpAdapter.setCookie(response, 'theme', value, { signed: true });
  }
}

@Module({ controllers: [ExpressController] })
class ExpressModule {}

@Module({ controllers: [FastifyController] })
class FastifyModule {}

@Module({ controllers: [NestController] })
class NestModule {}

/** Apps as they are before they move here, each with the package that signs their cookies. */
export const oldApps: readonly {
  readonly app: string;
  readonly start: () => Promise<RunningApp>;
}[] = [
  { app: 'Express and cookie-parser', start: startExpressApp },
  {
    app: '@fastify/cookie',
    start: () =>
      listening<NestFastifyApplication>(
        NestFactory.create<NestFastifyApplication>(FastifyModule, new FastifyAdapter(), QUIET),
        async (app) => {
          await app.register(fastifyCookie, { secret: OLD_SECRET });
        },
      ),
  },
  { app: 'Nest’s cookies.secret on Express', start: () => startNest(new ExpressAdapter()) },
  { app: 'Nest’s cookies.secret on Fastify', start: () => startNest(new FastifyAdapter()) },
];

/** Express with cookie-parser, at `/text` and, for objects, at `/json`. */
export function startExpressApp(): Promise<RunningApp> {
  const adapter = new ExpressAdapter();
  adapter.use(cookieParser(OLD_SECRET));
  return listening(NestFactory.create(ExpressModule, adapter, QUIET));
}

/** An app whose express-session gives every visitor the session `id` in the cookie `theme`. */
export function startSessionApp(id: string): Promise<RunningApp> {
  return listening<NestExpressApplication>(
    NestFactory.create<NestExpressApplication>(ExpressModule, new ExpressAdapter(), QUIET),
    (app) => {
      const options = { secret: OLD_SECRET, resave: false, saveUninitialized: true };
      app.use(session({ ...options, name: 'theme', genid: () => id }));
      app.use((_request: Request, response: Response) => response.end());
    },
  );
}

/** The cookie that a client of an old app sends after one visit. */
export async function visitOldApp(url: string, kind: string, value: string): Promise<string> {
  const response = await fetch(`${url}/${kind}?value=${encodeURIComponent(value)}`);
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';', 1).join('');
}

const QUIET: NestApplicationOptions = { logger: false, abortOnError: false };

function startNest(adapter: AbstractHttpAdapter): Promise<RunningApp> {
  const cookies = { secret: OLD_SECRET };
  return listening(NestFactory.create(NestModule, adapter, { ...QUIET, cookies }));
}

async function listening<App extends INestApplication>(
  creating: Promise<App>,
  configure: (app: App) => void | Promise<void> = () => undefined,
): Promise<RunningApp> {
  const app = await creating;
  await configure(app);
  await app.listen(0, '127.0.0.1');
  const { port }: { port: number } = app.getHttpServer().address();
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
