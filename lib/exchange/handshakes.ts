import type { WebSocketAdapter } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import { requestHeader } from '../http/request-header.js';
import { isInstance, memberOf } from '../own-member.js';
import { isRawRequest } from './platform.js';

/** The property of a gateway's client for the request that opened it; the same in all copies. */
const HANDSHAKE = Symbol.for('nestjs-secure-cookie handshake');

/** The request that opened a socket, or one whose response was not passed on. */
export interface ExchangeWithoutResponse {
  /** The platform's, or Node's; `undefined` if only its headers are known. */
  readonly request: object | undefined;
  /** Its `Cookie` header. */
  readonly header: string | undefined;
  readonly response: undefined;
}

/**
 * Makes a WebSocket adapter remember the request that opened each socket, so that gateways can read
 * secure cookies. For `WsAdapter` and others that pass the request to `handleConnection`; sockets of
 * socket.io know their request.
 *
 * @param adapter - the adapter, which is returned
 * @throws {@link SecureCookieError} `option` - if it is not an adapter
 * @example
 * app.useWebSocketAdapter(withHandshakes(new WsAdapter(app)));
 */
export function withHandshakes<Adapter extends WebSocketAdapter>(adapter: Adapter): Adapter {
  if (!isInstance(adapter) || typeof adapter['bindClientConnect'] !== 'function') {
    throw new SecureCookieError(
      'option',
      'withHandshakes() takes a WebSocket adapter: app.useWebSocketAdapter(withHandshakes(new WsAdapter(app))).',
    );
  }
  const bindClientConnect = adapter.bindClientConnect.bind(adapter);
  adapter.bindClientConnect = (server: unknown, callback: Function): unknown =>
    bindClientConnect(server, (...args: readonly unknown[]) => {
      const [client, request] = args;
      if (isInstance(client) && isRawRequest(request)) {
        rememberHandshake(client, request);
      }
      Reflect.apply(callback, undefined, args);
    });
  return adapter;
}

/**
 * Remembers the request that opened a socket, as long as the socket exists.
 *
 * @throws {@link SecureCookieError} `no-handshake` - if they are not a socket and a request
 */
export function rememberHandshake(client: object, request: unknown): void {
  const isKept =
    isInstance(client) &&
    isRawRequest(request) &&
    Reflect.defineProperty(client, HANDSHAKE, { value: request, configurable: true });
  if (!isKept) {
    throw noHandshake('handshake() takes the socket and Node’s request');
  }
}

/**
 * The request that opened a socket: the one that was remembered, or socket.io's own.
 *
 * @throws {@link SecureCookieError} `no-handshake`
 */
export function handshakeOf(client: unknown): ExchangeWithoutResponse {
  const remembered = memberOf(client, HANDSHAKE);
  if (isRawRequest(remembered)) {
    return {
      request: remembered,
      header: requestHeader(remembered.headers, 'cookie'),
      response: undefined,
    };
  }
  const headers = memberOf(memberOf(client, 'handshake'), 'headers');
  if (!isInstance(headers)) {
    throw noHandshake('The request that opened this socket is not known');
  }
  const request = memberOf(client, 'request');
  const cookie = memberOf(headers, 'cookie');
  return {
    request: isRawRequest(request) ? request : undefined,
    header: typeof cookie === 'string' ? cookie : undefined,
    response: undefined,
  };
}

/** Whether a value is a socket: all of them emit events or send, or it was remembered. */
export function isSocket(value: unknown): boolean {
  return [HANDSHAKE, 'handshake', 'on', 'send'].some((name) => memberOf(value, name) !== undefined);
}

function noHandshake(what: string): SecureCookieError {
  return new SecureCookieError(
    'no-handshake',
    `${what}: remember it with app.useWebSocketAdapter(withHandshakes(new WsAdapter(app))), or in the gateway with handleConnection(client, request) { secureCookies.handshake(client, request); }.`,
  );
}
