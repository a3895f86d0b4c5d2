import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type INestApplication,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import express from 'express';
import {
  defineSecureCookie,
  SecureCookieModule,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { readSetCookies } from '../../lib/testing/index.js';
import { platformApps } from '../support/platform-apps.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';

const Session = defineSecureCookie('session', {
  renewAfter: 60,
  absoluteMaxAge: 86_400,
  domain: (host) => (host.endsWith('.shop.example') ? 'shop.example' : null),
});

@Injectable()
class ReadingMiddleware implements NestMiddleware<object, object> {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  use(request: object, response: object, next: () => void): void {
    this.secureCookies.jar(request, response).get(Session);
    next();
  }
}

/** An app of its own, as the router of a dashboard is. It trusts no proxy. */
const dashboard = express().use((_request, response) => {
  response.end('queues');
});

@Controller()
class OwnController {
  @Get('own')
  own(): string {
    return 'own';
  }
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)], controllers: [OwnController] })
class ShopModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ReadingMiddleware).forRoutes('own');
    consumer.apply(ReadingMiddleware, dashboard).forRoutes('queues');
  }
}

describe.each(platformApps)('on $platform, behind a proxy that is trusted', ({ create }) => {
  let app: INestApplication;
  afterEach(() => app.close());

  // Express calls such an app as a function: it answers with what that app makes of the request.
  it.each(['own', 'queues'])(
    'a renewal lives where the cookie does, whoever answers: /%s',
    async (path) => {
      const log = new RecordedLog();
      app = await create(ShopModule, { tls: false, trustsProxy: true }, log);
      await app.listen(0, '127.0.0.1');
      const { port }: AddressInfo = app.getHttpServer().address();
      const old = new SecureCookieSigner({ secret: SECRET, clock: () => Date.now() / 1000 - 600 });
      const { headers } = await fetch(`http://127.0.0.1:${port}/${path}`, {
        headers: {
          cookie: `session=${old.sign('session', 'alice')}`,
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'www.shop.example',
        },
      });

      expect(readSetCookies(headers)).toMatchObject([
        { name: 'session', attributes: { domain: 'shop.example', secure: true } },
      ]);
      expect(log.lines.filter((line) => line.includes('proxy'))).toEqual([]);
    },
  );
});
