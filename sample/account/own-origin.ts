import type { IncomingMessage } from 'node:http';

/** What `ws` knows of a handshake before it answers. */
interface Handshake {
  readonly origin: string | undefined;
  readonly secure: boolean;
  readonly req: IncomingMessage;
}

/**
 * Whether a page of this server opens the socket. A handshake carries the user's cookies from other pages
 * as well, and from another port of this host even those with `SameSite`. Behind a proxy, compare with
 * the origin that browsers see.
 */
export function isOwnOrigin({ origin, secure, req }: Handshake): boolean {
  return origin === `${secure ? 'https' : 'http'}://${req.headers.host}`;
}
