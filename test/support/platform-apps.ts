import type { INestApplication, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { selfSigned, type Certificate } from './certificate.js';

/** How an app is reached, and whether it trusts its proxy. */
export interface Setting {
  /** With a certificate that nobody trusts, or with this one. */
  readonly tls: boolean | Certificate;
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
        ...(tls !== false && { httpsOptions: certificateOf(tls) }),
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
        new FastifyAdapter({
          trustProxy: trustsProxy,
          ...(tls !== false && { https: certificateOf(tls) }),
        }),
        { logger },
      ),
  },
];

function certificateOf(tls: true | Certificate): Certificate {
  return tls === true ? selfSigned() : tls;
}
