import type { IncomingMessage } from 'node:http';
import { requestedHost } from '../http/host-name.js';
import { isEncrypted } from '../http/request-protocol.js';

/** How a request came. */
export interface Connection {
  /** Whether over TLS. */
  isSecure(): boolean;
  /** The host that it was sent to, with or without a port. */
  host(): string | undefined;
}

/** The connection of a jar without Nest. */
export function connectionOf(
  request: Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'socket'>>,
  isSecureConnection = () => isEncrypted(request.socket),
  host = () => requestedHost(request.headers),
): Connection {
  return { isSecure: isSecureConnection, host };
}
