import type { INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { selfSigned } from './certificate.js';

/** How an app is reached, and whether it trusts its proxy. */
export interface Setting {
  readonly tls: boolean;
  readonly trustsProxy: boolean;
}

/** One of {@link platformApps}. */
export interface PlatformApp {
  readonly platform: string;
  readonly create: (
    module: Type,
    setting: Setting,
    logger: LoggerService | false,
  ) => Promise<INestApplication>;
}

/** Apps whose TLS and trust are set as each platform has it. They do not listen yet. */
export const platformApps: readonly PlatformApp[] = [
  {
    platform: 'express',
    create: async (module, { tls, trustsProxy }, logger) => {
      const app = await NestFactory.create<NestExpressApplication>(module, {
        logger,
        ...(tls && { httpsOptions: selfSigned() }),
      });
      app.set('trust proxy', trustsProxy);
      return app;
    },
  },
  {
    platform: 'fastify',
    create: (module, { tls, trustsProxy }, logger) =>
      NestFactory.create(
        module,
        new FastifyAdapter({ trustProxy: trustsProxy, ...(tls && { https: selfSigned() }) }),
        { logger },
      ),
  },
];
