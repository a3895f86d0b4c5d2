import { Module, ValidationPipe, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { SecureCookieModule } from 'nestjs-secure-cookie';
import { SECRET } from '../secrets.js';
import {
  ExitsController,
  InheritingController,
  RequestScopedController,
} from './exits.controller.js';
import { SettingMiddleware } from './exits.pipeline.js';

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [ExitsController, InheritingController, RequestScopedController],
  providers: [
    {
      provide: APP_PIPE,
      useFactory: () => new ValidationPipe({ whitelist: true, transform: true }),
    },
  ],
})
export class ExitsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SettingMiddleware).forRoutes('middleware', 'everywhere', 'nowhere');
  }
}
