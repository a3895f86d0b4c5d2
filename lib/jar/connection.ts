import type { IncomingMessage } from 'node:http';
import { SecureCookieError } from '../errors.js';
import { requestedHost } from '../http/host-name.js';
import { isEncrypted } from '../http/request-protocol.js';

/** How a request came. */
export interface Connection {
  /** The request that tells. Fastify makes one of its own after Node's. */
  readonly request: object;
  /** Whether over TLS. */
  isSecure(): boolean;
  /** The host that it was sent to, with or without a port. */
  host(): string | undefined;
}

/**
 * The connection of a jar without Nest. Its methods throw `option` if the app's function returns a value
 * of another type, such as a promise.
 */
export function connectionOf(
  request: Pick<IncomingMessage, 'headers'> & Partial<Pick<IncomingMessage, 'socket'>>,
  isSecureConnection: () => boolean = () => isEncrypted(request.socket),
  requested: () => string | undefined = () => requestedHost(request.headers),
): Connection {
  return {
    request,
    isSecure: () => {
      const secure: unknown = isSecureConnection();
      if (typeof secure !== 'boolean') {
        throw new SecureCookieError(
          'option',
          'The function "isSecureConnection" of a jar must return true or false, and not a promise.',
        );
      }
      return secure;
    },
    host: () => {
      const host: unknown = requested();
      if (host !== undefined && typeof host !== 'string') {
        throw new SecureCookieError(
          'option',
          'The function "host" of a jar must return a host or undefined, and not a promise.',
        );
      }
      return host;
    },
  };
}
