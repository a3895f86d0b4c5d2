import type { IncomingHttpHeaders } from 'node:http';

/** `[::1]:8080`, `example.com:8080`, or either without a port. */
const HOST = /^(\[[^\]]*\]|[^:]*)(?::[0-9]*)?$/;

/**
 * A host without its port, in lower case.
 *
 * @param host - as a `Host` header or an adapter has it
 * @returns the host; empty where there is none
 */
export function hostName(host: string | undefined): string {
  return HOST.exec(host ?? '')?.[1]?.toLowerCase() ?? '';
}

/** The host that a request names by itself: in HTTP/2, `:authority` stands for `Host`. */
export function requestedHost(headers: IncomingHttpHeaders): string | undefined {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? authority : headers.host;
}
