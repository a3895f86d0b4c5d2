import { IncomingMessage } from 'node:http';
import { createServer, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Scope,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
  withHandshakes,
  type SecureCookieErrorCode,
} from 'nestjs-secure-cookie';
import { listen } from '../support/listen.js';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { RecordedLog } from '../support/recorded-log.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { answer, gatewayApp, SessionGateway, SessionHandlers } from '../support/session-gateway.js';
import { cookieHeader, signer } from '../support/signed-cookies.js';
import {
  openSocketIo,
  openUpgraded,
  openWs,
  type OpenSocket,
  type SocketClient,
} from '../support/socket-clients.js';
import { thrownBy } from '../support/thrown-by.js';

const log = new RecordedLog();
const running: RunningApp[] = [];
const clients: SocketClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map(({ close }) => close()));
  log.lines.length = 0;
});

const [express] = platforms;

const ws = (app: INestApplication): void => {
  app.useWebSocketAdapter(withHandshakes(new WsAdapter(app)));
};

async function start(
  gateways: readonly Type[],
  secret = SECRET,
  useAdapter: (app: INestApplication) => void = ws,
): Promise<string> {
  const app = await startApp(express, gatewayApp(gateways, secret), (created) => {
    useAdapter(created);
    created.useLogger(log);
  });
  running.push(app);
  return app.url;
}

async function connect(url: string, cookie: string, open: OpenSocket = openWs) {
  const client = await open(url, cookie);
  clients.push(client);
  return client;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A gateway's class on a port of its own. */
function gatewayOn(port: number): Type {
  class OwnPortGateway extends SessionHandlers {}
  WebSocketGateway(port)(OwnPortGateway);
  return OwnPortGateway;
}

describe('which app a socket belongs to', () => {
  it('a gateway on a port of its own finds it by its class, beside another app', async () => {
    const port = await freePort();
    await start([SessionGateway], OTHER_SECRET);
    await start([gatewayOn(port)]);
    const client = await connect(`http://127.0.0.1:${port}`, cookieHeader('user', 'alice'));

    expect(await client.ask('parameter')).toEqual({ event: 'answer', data: 'alice' });
    expect(await client.ask('guarded')).toEqual({ event: 'answer', data: 'in' });
  });

  it('two gateways on two ports each read', async () => {
    const ports = [await freePort(), await freePort()];
    await start(ports.map(gatewayOn));
    const sockets = await Promise.all(
      ports.map((port) => connect(`http://127.0.0.1:${port}`, cookieHeader('user', 'alice'))),
    );
    const answers = await Promise.all(sockets.map((socket) => socket.ask('required')));

    expect(answers.map(({ data }) => data)).toEqual(['alice', 'alice']);
  });

  it('where neither tells, it is an error at use that names the class', async () => {
    const port = await freePort();
    const gateway = gatewayOn(port);
    await start([gateway]);
    // As a cluster shares a port: the second app has the class, and does not listen there.
    await start([gateway], OTHER_SECRET, (app) => {
      app.useWebSocketAdapter(silent(app));
    });
    const client = await connect(`http://127.0.0.1:${port}`, cookieHeader('user', 'alice'));

    expect(await client.ask('parameter')).toMatchObject({
      event: 'exception',
      data: { message: 'Internal server error' },
    });
    expect(log.lines.join()).toContain('OwnPortGateway runs in two apps');
  });
});

/** An adapter that listens nowhere. */
function silent(app: INestApplication): WsAdapter {
  const adapter = new WsAdapter(app);
  adapter.create = () => ({ on: () => undefined, close: (done?: () => void) => done?.() }) as never;
  return adapter;
}

describe('requirements', () => {
  @RequireSecureCookie('user')
  @WebSocketGateway()
  class ClosedGateway {
    @SubscribeMessage('closed')
    closed(): object {
      return answer('in');
    }

    @RequireSecureCookie('admin')
    @SubscribeMessage('both')
    both(): object {
      return answer('in');
    }
  }

  it.each([
    ['closed', [], 'exception'],
    ['closed', ['user'], 'answer'],
    ['both', ['user'], 'exception'],
    ['both', ['admin'], 'exception'],
    ['both', ['user', 'admin'], 'answer'],
  ])('on the class and on the handler: %s with %j is an %s', async (message, names, event) => {
    const url = await start([ClosedGateway]);
    const client = await connect(url, names.map((name) => cookieHeader(name, 'yes')).join('; '));

    expect(await client.ask(message)).toMatchObject({ event });
  });
});

const io = (app: INestApplication): void => {
  app.useWebSocketAdapter(new IoAdapter(app));
};

describe('socket.io', () => {
  const seen: (readonly [string, string | undefined])[] = [];

  @WebSocketGateway({ namespace: 'chat' })
  class ChatGateway extends SessionHandlers {}

  @WebSocketGateway()
  class MiddlewareGateway extends SessionHandlers {
    afterInit(server: {
      use(middleware: (socket: object, next: () => void) => void): void;
      engine: {
        use(middleware: (request: object, response: object, next: () => void) => void): void;
      };
    }): void {
      server.use((socket, next) => {
        seen.push(['io.use', this.secureCookies.reader(socket).get('user')]);
        next();
      });
      server.engine.use((request, _response, next) => {
        seen.push(['engine.use', this.secureCookies.reader(request).get('user')]);
        next();
      });
    }
  }

  it('a namespace has the cookies of its handshake', async () => {
    const url = await start([ChatGateway], SECRET, io);
    const cookie = cookieHeader('user', 'alice');
    const client = await connect(`${url}/chat`, cookie, openSocketIo('websocket'));

    expect(await client.ask('required')).toEqual({ event: 'answer', data: 'alice' });
  });

  it.each(['websocket', 'polling'] as const)(
    'reader takes what engine.use and io.use hand over: %s',
    async (transport) => {
      seen.length = 0;
      const url = await start([MiddlewareGateway], SECRET, io);
      await connect(url, cookieHeader('user', 'alice'), openSocketIo(transport));

      expect(new Set(seen.map(String))).toEqual(new Set(['engine.use,alice', 'io.use,alice']));
    },
  );
});

describe('the handshake counts, and nothing that comes later', () => {
  it('an upgrade from polling with the cookie of another user', async () => {
    const url = await start([SessionGateway], SECRET, io);
    const client = await openUpgraded(
      url,
      cookieHeader('user', 'alice'),
      cookieHeader('user', 'bob'),
    );
    clients.push(client);

    expect(await client.ask('parameter')).toEqual({ event: 'answer', data: 'alice' });
    expect(await client.ask('required')).toEqual({ event: 'answer', data: 'alice' });
  });

  const gate = { open: (): void => undefined };

  /** Remembers late: messages may come before. */
  @WebSocketGateway()
  class LateGateway extends SessionHandlers {
    async handleConnection(client: object, request: object): Promise<void> {
      await new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      this.secureCookies.handshake(client, request);
    }
  }

  it('messages before handleConnection has remembered it are refused, and those after are not', async () => {
    const url = await start([LateGateway], SECRET, (app) => {
      app.useWebSocketAdapter(new WsAdapter(app));
    });
    const client = await connect(url, cookieHeader('user', 'alice'));
    const early = [await client.ask('guarded'), await client.ask('required')];
    gate.open();
    await setImmediate();

    expect(early).toMatchObject([
      { data: { message: 'Internal server error' } },
      { data: { message: 'Internal server error' } },
    ]);
    expect(await client.ask('guarded')).toEqual({ event: 'answer', data: 'in' });
  });

  it('with withHandshakes(), twice even, it is there before any message', async () => {
    const url = await start([LateGateway], SECRET, (app) => {
      app.useWebSocketAdapter(withHandshakes(withHandshakes(new WsAdapter(app))));
    });
    const client = await connect(url, cookieHeader('user', 'alice'));
    const early = await client.ask('required');
    gate.open();

    expect(early).toEqual({ event: 'answer', data: 'alice' });
  });

  it('in a gateway that is made anew for each message', async () => {
    @Injectable({ scope: Scope.REQUEST })
    @WebSocketGateway()
    class ScopedGateway extends SessionHandlers {}

    const url = await start([ScopedGateway]);
    const [alice, nobody] = await Promise.all(
      [cookieHeader('user', 'alice'), ''].map((cookie) => connect(url, cookie)),
    );

    expect(await alice?.ask('required')).toEqual({ event: 'answer', data: 'alice' });
    expect(await alice?.ask('guarded')).toEqual({ event: 'answer', data: 'in' });
    expect(await nobody?.ask('guarded')).toMatchObject({ data: { message: 'Forbidden resource' } });
  });
});

describe('a jar that was taken of the handshake itself', () => {
  @WebSocketGateway()
  class TakesJarGateway extends SessionHandlers {
    afterInit({
      engine,
    }: {
      engine: {
        use(middleware: (request: object, response: object, next: () => void) => void): void;
      };
    }): void {
      engine.use((request, response, next) => {
        this.secureCookies.jar(request, response).get('user');
        next();
      });
    }
  }

  // Over a WebSocket there is no response, and engine.io passes a substitute.
  it.each(['polling', 'websocket'] as const)(
    'is not that of messages, which read anew: %s',
    async (transport) => {
      const url = await start([TakesJarGateway], SECRET, io);
      const client = await connect(url, cookieHeader('user', 'alice'), openSocketIo(transport));
      const before = [await client.ask('jar'), await client.ask('parameter')];
      running[0]?.app.get(SecureCookieSigner).replaceKeys({ secret: OTHER_SECRET });

      expect(before.map(({ data }) => data)).toEqual(['alice', 'alice']);
      expect((await client.ask('jar')).data).toBe('nobody');
      expect((await client.ask('parameter')).data).toBe('nobody');
      expect((await client.ask('set')).data).toMatchObject({ message: 'Internal server error' });
      expect(log.lines.join()).toContain('No response is sent here');
    },
  );
});

describe('decorators on what Nest calls without them', () => {
  @WebSocketGateway()
  class GuardsConnections {
    @RequireSecureCookie('user')
    handleConnection(): void {}
  }

  @WebSocketGateway()
  class ReadsInConnections {
    handleConnection(@SecureCookie('user') _user: string | undefined): void {}
  }

  @WebSocketGateway()
  class TakesJarInDisconnections {
    handleDisconnect(@SecureCookies() _cookies: SecureCookieJar): void {}
  }

  class GuardsAll {
    @RequireSecureCookie('user')
    afterInit(): void {}
  }

  @WebSocketGateway()
  class GuardsByItsParent extends GuardsAll {}

  it.each([
    ['GuardsConnections.handleConnection', GuardsConnections],
    ['ReadsInConnections.handleConnection', ReadsInConnections],
    ['TakesJarInDisconnections.handleDisconnect', TakesJarInDisconnections],
    ['GuardsByItsParent.afterInit', GuardsByItsParent],
  ])('%s: the app does not start', async (name, gateway) => {
    await expect(start([gateway])).rejects.toMatchObject({
      code: 'option',
      message: expect.stringContaining(`${name} has a decorator that does nothing there`),
    });
  });

  it('a method of that name elsewhere is a handler like any other', async () => {
    @Controller()
    class ConnectionsController {
      @Get()
      handleConnection(@SecureCookie('user') user: string | undefined): string {
        return user ?? 'nobody';
      }
    }

    @Module({ controllers: [ConnectionsController], imports: [gatewayApp([SessionGateway])] })
    class ConnectionsModule {}

    const app = await startApp(express, ConnectionsModule, ws);
    running.push(app);
    const response = await fetch(app.url, { headers: { cookie: cookieHeader('user', 'alice') } });

    expect(await response.text()).toBe('alice');
  });
});

describe('what is misused', () => {
  const cookies = new SecureCookieService(signer);
  const raw = new IncomingMessage(new Socket());

  it.each<[string, SecureCookieErrorCode, () => unknown]>([
    ['withHandshakes() without an adapter', 'option', () => withHandshakes(undefined as never)],
    ['withHandshakes() of what is none', 'option', () => withHandshakes({} as never)],
    ['handshake() of no socket', 'no-handshake', () => cookies.handshake(undefined as never, raw)],
    [
      'handshake() of a frozen one',
      'no-handshake',
      () => cookies.handshake(Object.freeze({}), raw),
    ],
    [
      'handshake() without a request',
      'no-handshake',
      () => cookies.handshake({}, undefined as never),
    ],
    ['handshake() of what is none', 'no-handshake', () => cookies.handshake({}, { headers: {} })],
  ])('%s', (_what, code, call) => {
    expect(thrownBy(call)).toMatchObject({ code });
  });

  it('a gateway on ws that knows no handshake says which line to add, and goes on', async () => {
    const url = await start([gatewayWithoutConnection()], SECRET, (app) => {
      app.useWebSocketAdapter(new WsAdapter(app));
    });
    const client = await connect(url, cookieHeader('user', 'alice'));

    expect(await client.ask('parameter')).toMatchObject({
      data: { message: 'Internal server error' },
    });
    expect(await client.ask('open')).toEqual({ event: 'answer', data: 'in' });
    expect(log.lines.join()).toContain('withHandshakes(new WsAdapter(app))');
  });
});

function gatewayWithoutConnection(): Type {
  class PlainGateway extends SessionHandlers {}
  WebSocketGateway()(PlainGateway);
  return PlainGateway;
}
