import { get as getHttp } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common';
import {
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { readSetCookies } from '../../lib/testing/index.js';
import { platformApps } from '../support/platform-apps.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';

/** The domain of each tenant is what follows the first label of its hosts. */
const Session = defineSecureCookie('session', {
  domain: (host) => /^[a-z]+\.(?<tenant>[a-z]+\.example)$/.exec(host)?.groups?.['tenant'],
});

@Injectable()
class SettingMiddleware implements NestMiddleware<object, object> {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  use(incoming: object, response: object, next: () => void): void {
    this.secureCookies.jar(incoming, response).set(Session, 'alice');
    next();
  }
}

@Controller()
class TenantController {
  @Get()
  set(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(Session, 'alice');
    return 'set';
  }

  @Get('middleware')
  middleware(): string {
    return 'set before';
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [TenantController],
})
class TenantModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SettingMiddleware).forRoutes('middleware');
  }
}

describe.each(platformApps)('a domain by the host that $platform sees', ({ create }) => {
  let close: () => Promise<void>;
  afterEach(() => close());

  async function domains(
    trustsProxy: boolean,
    headers: Record<string, string>,
  ): Promise<readonly unknown[]> {
    const app = await create(TenantModule, { tls: false, trustsProxy }, new RecordedLog());
    close = () => app.close();
    await app.listen(0, '127.0.0.1');
    const { port }: AddressInfo = app.getHttpServer().address();
    const found: unknown[] = [];
    for (const path of ['/', '/middleware']) {
      const sent = getHttp({ host: '127.0.0.1', port, path, headers, agent: false });
      const [response] = await once(sent, 'response');
      response.resume();
      const [cookie] = readSetCookies(response.headers['set-cookie']);
      found.push(cookie?.attributes.domain ?? 'host');
    }
    return found;
  }

  it.each([
    ['the Host header', false, { host: 'www.shop.example' }, 'shop.example'],
    ['the Host header without its port', false, { host: 'WWW.Shop.Example:8443' }, 'shop.example'],
    ['a host of no tenant', false, { host: '127.0.0.1:3000' }, 'host'],
    [
      'not what a client says of a proxy that is not trusted',
      false,
      { host: 'www.shop.example', 'x-forwarded-host': 'www.other.example' },
      'shop.example',
    ],
    [
      'what a trusted proxy says',
      true,
      { host: 'inside:3000', 'x-forwarded-host': 'www.shop.example' },
      'shop.example',
    ],
    [
      'what a trusted proxy says, without the port',
      true,
      { host: 'inside:3000', 'x-forwarded-host': 'www.shop.example:443' },
      'shop.example',
    ],
  ])('%s, in a handler and in middleware', async (_what, trustsProxy, headers, domain) => {
    expect(await domains(trustsProxy, headers)).toEqual([domain, domain]);
  });
});
