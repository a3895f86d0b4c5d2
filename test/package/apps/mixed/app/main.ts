import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SecureCookieModule, SecureCookieSigner } from 'nestjs-secure-cookie';
import { RememberMeModule, RememberMeService } from '../feature/index.js';

@Module({
  imports: [
    SecureCookieModule.forRoot('a secret for tests, of 32 bytes and more'),
    RememberMeModule,
  ],
})
class AppModule {}

const required: unknown = createRequire(import.meta.url)('nestjs-secure-cookie');
const app = await NestFactory.createApplicationContext(AppModule, {
  logger: ['error'],
  abortOnError: false,
});

console.log(
  JSON.stringify({
    injected: app.get(RememberMeService).signer === app.get(SecureCookieSigner),
    oneClass: Reflect.get(Object(required), 'SecureCookieSigner') === SecureCookieSigner,
  }),
);
