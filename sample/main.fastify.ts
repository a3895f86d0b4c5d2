import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { listen } from './listen.js';
import { TLS } from './tls.js';

// Express serves `/user/` for the route `/user`; Fastify does so when told.
const adapter = new FastifyAdapter({
  routerOptions: { ignoreTrailingSlash: true },
  ...(TLS === undefined ? {} : { https: TLS }),
});

await listen(await NestFactory.create<NestFastifyApplication>(AppModule, adapter));
