import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import {
  ClientProxyFactory,
  MessagePattern,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  RequireSecureCookie,
  SecureCookieGuard,
  SecureCookieModule,
  SecureCookieService,
  withHandshakes,
} from 'nestjs-secure-cookie';
import { firstValueFrom } from 'rxjs';
import { apolloApps } from '../support/graphql-apps.js';
import { sendGraphql } from '../support/graphql-client.js';
import { listen } from '../support/listen.js';
import { startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { answer } from '../support/session-gateway.js';
import { cookieHeader } from '../support/signed-cookies.js';
import { openWs } from '../support/socket-clients.js';

@Controller()
class EveryController {
  @Get('open')
  open(): string {
    return 'in';
  }

  @RequireSecureCookie('user')
  @Get('closed')
  closed(): string {
    return 'in';
  }

  @MessagePattern('open')
  message(): string {
    return 'in';
  }

  @RequireSecureCookie('user')
  @MessagePattern('closed')
  closedMessage(): string {
    return 'unreachable';
  }
}

@Resolver()
class EveryResolver {
  @Query(() => String)
  open(): string {
    return 'in';
  }

  @RequireSecureCookie('user')
  @Query(() => String)
  closed(): string {
    return 'in';
  }
}

@WebSocketGateway()
class EveryGateway {
  @SubscribeMessage('open')
  open(): object {
    return answer('in');
  }

  @RequireSecureCookie('user')
  @SubscribeMessage('closed')
  closed(): object {
    return answer('in');
  }
}

/** A guard of the app's own, bound globally, which asks for the jar of whatever it meets. */
@Injectable()
class AsksEverywhere implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType<string>() !== 'rpc') {
      this.secureCookies.jar(context).get('user');
    }
    return true;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Global guards reach gateways and message handlers, or they do not. */
const bindings = [
  { guards: 'as providers', inherited: true },
  { guards: 'of the HTTP app alone', inherited: false },
];

const rows = apolloApps.flatMap((app) =>
  bindings.map((binding) => Object.assign({}, app, binding)),
);

describe.each(rows)('global guards $guards: $driver', ({ platform, graphql, inherited }) => {
  let running: RunningApp;
  let messages: ClientProxy;

  beforeAll(async () => {
    @Module({
      imports: [SecureCookieModule.forRoot(SECRET), graphql],
      controllers: [EveryController],
      providers: [
        EveryResolver,
        EveryGateway,
        AsksEverywhere,
        ...(inherited
          ? [SecureCookieGuard, AsksEverywhere].map((useClass) => ({
              provide: APP_GUARD,
              useClass,
            }))
          : []),
      ],
    })
    class EveryModule {}

    const options = {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: await freePort() },
    } as const;
    running = await startApp(platform, EveryModule, async (app) => {
      app.useWebSocketAdapter(withHandshakes(new WsAdapter(app)));
      if (!inherited) {
        app.useGlobalGuards(new SecureCookieGuard(), app.get(AsksEverywhere));
      }
      app.connectMicroservice<MicroserviceOptions>(options, { inheritAppConfig: inherited });
      await app.startAllMicroservices();
    });
    messages = ClientProxyFactory.create(options);
  });
  afterAll(async () => {
    await messages.close();
    await running.close();
  });

  it.each(['', cookieHeader('user', 'alice')])('over HTTP', async (cookie) => {
    const [open, closed] = await Promise.all(
      ['open', 'closed'].map((path) => fetch(`${running.url}/${path}`, { headers: { cookie } })),
    );

    expect([open?.status, closed?.status]).toEqual([200, cookie === '' ? 401 : 200]);
  });

  it.each(['', cookieHeader('user', 'alice')])('in GraphQL', async (cookie) => {
    const [open, closed] = await Promise.all(
      ['open', 'closed'].map((field) => sendGraphql(running.url, `{ ${field} }`, cookie)),
    );

    expect(open?.data).toEqual({ open: 'in' });
    expect(closed?.errors).toHaveLength(cookie === '' ? 1 : 0);
  });

  it.each(['', cookieHeader('user', 'alice')])('on a socket', async (cookie) => {
    const client = await openWs(running.url, cookie);
    const open = await client.ask('open');
    const closed = await client.ask('closed');
    await client.close();

    expect(open).toEqual({ event: 'answer', data: 'in' });
    expect(closed).toMatchObject({ event: cookie === '' ? 'exception' : 'answer' });
  });

  it('in message handlers: what requires nothing passes, and what requires a cookie has none', async () => {
    await expect(firstValueFrom(messages.send('open', ''))).resolves.toBe('in');
    await expect(firstValueFrom(messages.send('closed', ''))).rejects.toMatchObject({
      message: 'Internal server error',
    });
  });
});
