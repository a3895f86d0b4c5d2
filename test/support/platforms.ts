import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, LogLevel, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';

/** What every test that needs a server runs on: one body, both platforms. */
export const platforms = [
  { platform: 'express', adapter: (): AbstractHttpAdapter => new ExpressAdapter() },
  {
    platform: 'fastify',
    adapter: (): AbstractHttpAdapter =>
      new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } }),
  },
] as const;

/** One of {@link platforms}, as `describe.each` gives it. */
export type Platform = (typeof platforms)[number];

/** A Nest app that listens on a free port of the loopback interface. */
export interface RunningApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts an app. `configure` runs before it is initialized, for what `main.ts` would do. */
export async function startApp(
  { adapter }: Pick<Platform, 'adapter'>,
  module: Type | DynamicModule,
  configure: (app: INestApplication) => void | Promise<void> = () => undefined,
  logger: LogLevel[] | false = false,
): Promise<RunningApp> {
  const app = await NestFactory.create(module, adapter(), { logger, abortOnError: false });
  await configure(app);
  await app.listen(0, '127.0.0.1');
  const { port }: AddressInfo = app.getHttpServer().address();
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
