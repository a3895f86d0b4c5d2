import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { RememberMeModule, RememberMeService } from '../feature/index.js';
import { AppModule } from './src/app.module.js';

@Module({ imports: [AppModule, RememberMeModule] })
class MixedModule {}

const required: unknown = createRequire(import.meta.url)('nestjs-secure-cookie');
const app = await NestFactory.create(MixedModule, { logger: ['error'], abortOnError: false });
await app.listen(0, '127.0.0.1');

const first = await fetch(await app.getUrl());
const [cookie = ''] = first.headers.getSetCookie();
const second = await fetch(await app.getUrl(), { headers: { cookie } });

console.log(
  JSON.stringify({
    injected: app.get(RememberMeService).signer === app.get(SecureCookieSigner),
    oneClass: Reflect.get(Object(required), 'SecureCookieSigner') === SecureCookieSigner,
    visits: [await first.text(), await second.text()],
  }),
);
await app.close();
