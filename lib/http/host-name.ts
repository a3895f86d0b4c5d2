import type { IncomingHttpHeaders } from 'node:http';
import { requestHeader } from './request-header.js';

/** `[::1]:8080`, `example.com:8080`, or either without a port. */
const HOST = /^(\[[^\]]*\]|[^:]*)(?::[0-9]*)?$/;

/**
 * A host without its port, in lower case.
 *
 * @param host - as it stands in a `Host` header, or as the adapter returns it
 * @returns the host, or an empty string
 */
export function hostName(host: string | undefined): string {
  return HOST.exec(host ?? '')?.[1]?.toLowerCase() ?? '';
}

/** The host in a request's own headers. In HTTP/2, `:authority` replaces `Host`. */
export function requestedHost(headers: IncomingHttpHeaders): string | undefined {
  const authority = requestHeader(headers, ':authority');
  return typeof authority === 'string' ? authority : requestHeader(headers, 'host');
}
