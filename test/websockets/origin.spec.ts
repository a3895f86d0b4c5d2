import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { withHandshakes } from 'nestjs-secure-cookie';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { platforms, startApp } from '../support/platforms.js';
import { gatewayApp, SessionHandlers } from '../support/session-gateway.js';
import { cookieHeader } from '../support/signed-cookies.js';

const OWN = 'https://www.example.com';
const ORIGINS = new Set<string | undefined>([OWN]);

/** As in docs/websockets.md. */
@WebSocketGateway({
  verifyClient: ({ origin }: { readonly origin: string }) => ORIGINS.has(origin),
})
class CheckedGateway extends SessionHandlers {}

@WebSocketGateway()
class PlainGateway extends SessionHandlers {}

/** As in docs/websockets.md. */
class CheckedIoAdapter extends IoAdapter {
  override createIOServer(
    port: number,
    options?: Parameters<IoAdapter['createIOServer']>[1],
  ): ReturnType<IoAdapter['createIOServer']> {
    const checked = {
      ...options,
      allowRequest: (
        { headers }: IncomingMessage,
        decide: (error: string | null, isAllowed: boolean) => void,
      ): void => decide(null, ORIGINS.has(headers.origin)),
    };
    return super.createIOServer(port, checked as NonNullable<typeof options>);
  }
}

type Open = (url: string, origin: string) => Promise<boolean>;

const cookie = cookieHeader('user', 'alice');

const opensWs: Open = async (url, origin) => {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: { cookie, origin } });
  const isOpen = await once(socket, 'open').then(
    () => true,
    () => false,
  );
  socket.terminate();
  return isOpen;
};

const opensSocketIo =
  (transport: 'polling' | 'websocket'): Open =>
  async (url, origin) => {
    const socket = io(url, {
      transports: [transport],
      extraHeaders: { cookie, origin },
      forceNew: true,
      reconnection: false,
    });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('connect_error', () => resolve(false));
    });
    socket.disconnect();
    return isOpen;
  };

const rows: readonly (readonly [string, Type, (app: INestApplication) => void, Open])[] = [
  [
    'ws',
    CheckedGateway,
    (app) => void app.useWebSocketAdapter(withHandshakes(new WsAdapter(app))),
    opensWs,
  ],
  [
    'socket.io over websocket',
    PlainGateway,
    (app) => void app.useWebSocketAdapter(new CheckedIoAdapter(app)),
    opensSocketIo('websocket'),
  ],
  [
    'socket.io over polling',
    PlainGateway,
    (app) => void app.useWebSocketAdapter(new CheckedIoAdapter(app)),
    opensSocketIo('polling'),
  ],
];

describe.each(platforms)('a handshake from a page of another site, on $platform', (platform) => {
  it.each(rows)(
    '%s: refused, and that of the own site is not',
    async (_how, gateway, use, opens) => {
      const { url, close } = await startApp(platform, gatewayApp([gateway]), use);
      const opened = [await opens(url, OWN), await opens(url, 'https://evil.example')];
      await close();

      expect(opened).toEqual([true, false]);
    },
  );
});
