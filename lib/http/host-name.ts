import type { IncomingHttpHeaders } from 'node:http';
import { requestHeader } from './request-header.js';

/** `[::1]:8080`, `example.com:8080`, or either without a port. Some local networks use underscores. */
const HOST = /^(\[[0-9a-f:.]{2,45}\]|[0-9a-z._-]{1,255})(?::[0-9]*)?$/i;

/**
 * A host without its port, in lower case. Clients can send any text as a host, and a check such as
 * `endsWith('.example.com')` may accept it: so only valid hosts are returned.
 *
 * @param host - as it stands in a `Host` header, or as the adapter returns it
 * @returns the host, or an empty string
 */
export function hostName(host: string | undefined): string {
  const name = host === undefined ? undefined : HOST.exec(host)?.[1];
  return name?.toLowerCase() ?? '';
}

/** The host in a request's own headers. In HTTP/2, `:authority` replaces `Host`. */
export function requestedHost(headers: IncomingHttpHeaders): string | undefined {
  const authority = requestHeader(headers, ':authority');
  return typeof authority === 'string' ? authority : requestHeader(headers, 'host');
}
