import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import { ExternalContextCreator, NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom, of, type Observable } from 'rxjs';
import { WebSocket } from 'ws';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieError,
  SecureCookieInterceptor,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { platforms, startApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

const CURE =
  'not-http: There is no HTTP request here. Secure cookies are found in HTTP handlers, in GraphQL resolvers whose context has "req" or "reply", and in WebSocket gateways; in message handlers of microservices, read them with SecureCookieService.reader(cookieHeader).';

const HANDSHAKE_CURE =
  'no-handshake: The request that opened this socket is not known: remember it with app.useWebSocketAdapter(withHandshakes(new WsAdapter(app))), or in the gateway with handleConnection(client, request) { secureCookies.handshake(client, request); }.';

const told = (error: unknown): string =>
  error instanceof SecureCookieError ? `${error.code}: ${error.message}` : String(error);

/** Answers with the error: message handlers and gateways would hide it. */
@Catch()
class TellingFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): Observable<string> | undefined {
    if (host.getType() === 'rpc') {
      return of(told(error));
    }
    host
      .switchToWs()
      .getClient<WebSocket>()
      .send(JSON.stringify(told(error)));
    return undefined;
  }
}

@Injectable()
class JarGuard implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    return this.secureCookies.jar(context).get('user') !== undefined;
  }
}

@Controller()
@UseFilters(TellingFilter)
class MessageController {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  @Get()
  http(@SecureCookie('user') user: string | undefined): string {
    return `http: ${user}`;
  }

  @MessagePattern('parameter')
  parameter(@SecureCookie('user') user: string | undefined): string {
    return `unreachable: ${user}`;
  }

  @MessagePattern('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): string {
    return `unreachable: ${cookies.get('user')}`;
  }

  @MessagePattern('requirement')
  @RequireSecureCookie('user')
  requirement(): string {
    return 'unreachable';
  }

  @MessagePattern('service')
  @UseGuards(JarGuard)
  service(): string {
    return 'unreachable';
  }

  @MessagePattern('interceptor')
  @UseInterceptors(SecureCookieInterceptor)
  interceptor(): string {
    return 'passed through';
  }

  @MessagePattern('reader')
  reader(@Payload() header: string): string {
    return this.secureCookies.reader(header).get('user') ?? 'nobody';
  }
}

@WebSocketGateway()
@UseFilters(TellingFilter)
class CookieGateway {
  readonly #users = new WeakMap<object, string>();

  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  handleConnection(client: object, request: { headers: { cookie?: string } }): void {
    const user = this.secureCookies.reader(request.headers.cookie).get('user');
    this.#users.set(client, user ?? 'nobody');
  }

  @SubscribeMessage('parameter')
  parameter(@SecureCookie('user') user: string | undefined): string {
    return `unreachable: ${user}`;
  }

  @SubscribeMessage('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): string {
    return `unreachable: ${cookies.get('user')}`;
  }

  @SubscribeMessage('requirement')
  @RequireSecureCookie('user')
  requirement(): string {
    return 'unreachable';
  }

  @SubscribeMessage('service')
  @UseGuards(JarGuard)
  service(): string {
    return 'unreachable';
  }

  @SubscribeMessage('interceptor')
  @UseInterceptors(SecureCookieInterceptor)
  interceptor(): string {
    return 'passed through';
  }

  @SubscribeMessage('reader')
  reader(@ConnectedSocket() client: object): string {
    return this.#users.get(client) ?? 'no connection';
  }
}

/** What a resolver is to Nest: a provider whose methods an external context calls. */
@Injectable()
class Resolver {
  parameter(@SecureCookie('user') user: string | undefined): string {
    return `unreachable: ${user}`;
  }

  jar(@SecureCookies() cookies: SecureCookieJar): string {
    return `unreachable: ${cookies.get('user')}`;
  }

  @RequireSecureCookie('user')
  requirement(): string {
    return 'unreachable';
  }

  @UseGuards(JarGuard)
  service(): string {
    return 'unreachable';
  }

  @UseInterceptors(SecureCookieInterceptor)
  interceptor(): string {
    return 'passed through';
  }
}

@Module({
  imports: [SecureCookieModule.forRoot(SECRET)],
  controllers: [MessageController],
  providers: [JarGuard, Resolver],
})
class MessageModule {}

@Module({ imports: [MessageModule], providers: [CookieGateway] })
class GatewayModule {}

/** What takes a request and a response, and finds none. */
const REFUSED = ['parameter', 'jar', 'requirement', 'service'];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const tcp = (port: number) =>
  ({ transport: Transport.TCP, options: { host: '127.0.0.1', port } }) as const;

function itAnswersMessages(send: (pattern: string, data?: string) => Promise<string>): void {
  it.each(REFUSED)('%s: not-http, with its cure', async (pattern) => {
    expect(await send(pattern)).toBe(CURE);
  });

  it('the interceptor passes through', async () => {
    expect(await send('interceptor')).toBe('passed through');
  });

  it('a reader reads the header that the message brings', async () => {
    expect(await send('reader', cookieHeader('user', 'alice'))).toBe('alice');
    expect(await send('reader', 'user=forged')).toBe('nobody');
  });
}

describe('in an app of message handlers alone', () => {
  let client: ClientProxy;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const options = tcp(await freePort());
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(MessageModule, {
      ...options,
      logger: false,
      abortOnError: false,
    });
    await app.listen();
    client = ClientProxyFactory.create(options);
    close = () => app.close();
  });
  afterAll(async () => {
    await client.close();
    await close();
  });

  itAnswersMessages((pattern, data = '') => firstValueFrom(client.send<string>(pattern, data)));
});

describe.each(platforms)('in a hybrid app on $platform', (platform) => {
  let client: ClientProxy;
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const options = tcp(await freePort());
    const running = await startApp(platform, MessageModule, async (app) => {
      app.connectMicroservice<MicroserviceOptions>(options, { inheritAppConfig: true });
      await app.startAllMicroservices();
    });
    client = ClientProxyFactory.create(options);
    ({ url, close } = running);
  });
  afterAll(async () => {
    await client.close();
    await close();
  });

  itAnswersMessages((pattern, data = '') => firstValueFrom(client.send<string>(pattern, data)));

  it('its HTTP routes read cookies as ever', async () => {
    const response = await fetch(url, { headers: { cookie: cookieHeader('user', 'alice') } });

    expect(await response.text()).toBe('http: alice');
  });
});

describe.each(platforms)(
  'in a gateway that does not know its handshakes, on $platform',
  (platform) => {
    let url: string;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const running = await startApp(platform, GatewayModule, (app) => {
        app.useWebSocketAdapter(new WsAdapter(app));
      });
      url = running.url.replace('http', 'ws');
      ({ close } = running);
    });
    afterAll(() => close());

    async function send(event: string, cookie = ''): Promise<string> {
      const socket = new WebSocket(url, { headers: { cookie } });
      await once(socket, 'open');
      socket.send(JSON.stringify({ event }));
      const [message] = await once(socket, 'message');
      socket.terminate();
      return JSON.parse(String(message));
    }

    it.each(REFUSED)('%s: no-handshake, with its cure', async (event) => {
      expect(await send(event, cookieHeader('user', 'alice'))).toBe(HANDSHAKE_CURE);
    });

    it('the interceptor passes through', async () => {
      expect(await send('interceptor')).toBe('passed through');
    });

    it('a reader reads the header of the handshake', async () => {
      expect(await send('reader', cookieHeader('user', 'alice'))).toBe('alice');
      expect(await send('reader', 'user=forged')).toBe('nobody');
    });
  },
);

describe('in a resolver of a schema that is executed without a request', () => {
  let call: (method: 'parameter' | 'jar' | 'requirement' | 'service' | 'interceptor') => unknown;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const app = await NestFactory.createApplicationContext(MessageModule, { logger: false });
    const resolver = app.get(Resolver);
    const contexts = app.get(ExternalContextCreator, { strict: false });
    close = () => app.close();
    call = (method) =>
      contexts.create(
        resolver,
        resolver[method] as (...parameters: unknown[]) => unknown,
        method,
        // As @nestjs/graphql does, whose parameters are those of Nest's own decorators.
        '__routeArguments__',
        { exchangeKeyForValue: () => undefined },
        undefined,
        undefined,
        undefined,
        'graphql',
      )({}, {}, {}, {});
  });
  afterAll(() => close());

  it.each(['parameter', 'jar', 'requirement', 'service'] as const)(
    '%s: not-http, whose cure is the cause, and not the message that clients are sent',
    async (method) => {
      const error = await Promise.resolve(call(method)).catch((reason: unknown) => reason);

      expect(told(error)).toBe('not-http: Internal server error');
      expect(error instanceof Error && told(error.cause)).toBe(CURE);
    },
  );

  it('the interceptor passes through', async () => {
    expect(await call('interceptor')).toBe('passed through');
  });
});
