import { Catch, UseFilters, type ArgumentsHost } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { BaseWsExceptionFilter, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { withHandshakes } from 'nestjs-secure-cookie';
import { describeSockets } from '../support/describe-sockets.js';
import { SessionGateway } from '../support/session-gateway.js';
import { openWs } from '../support/socket-clients.js';

/** Nest 12 sends exceptions by itself; Nest 11 emits them on the socket, where no client hears them. */
@Catch()
class SendingFilter extends BaseWsExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    const client = host.switchToWs().getClient<WebSocket>();
    const emit = (event: string, data: unknown): void =>
      client.send(JSON.stringify({ event, data }));
    this.handleError({ emit }, exception, { pattern: '', data: undefined });
  }
}

@UseFilters(SendingFilter)
@WebSocketGateway()
class FilteredGateway extends SessionGateway {}

/** Remembers each handshake by itself. */
@UseFilters(SendingFilter)
@WebSocketGateway()
class RememberingGateway extends SessionGateway {
  override handleConnection(client: object, request?: object): void {
    this.secureCookies.handshake(client, request ?? {});
    super.handleConnection(client);
  }
}

describeSockets([
  {
    adapter: 'ws, and withHandshakes',
    useAdapter: (app) => app.useWebSocketAdapter(withHandshakes(new WsAdapter(app))),
    open: openWs,
    gateway: FilteredGateway,
  },
  {
    adapter: 'ws, and handshake() in handleConnection',
    useAdapter: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    open: openWs,
    gateway: RememberingGateway,
  },
]);
