import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { listen } from './listen.js';
import { TLS } from './tls.js';

await listen(await NestFactory.create(AppModule, TLS === undefined ? {} : { httpsOptions: TLS }));
