import type { IncomingHttpHeaders } from 'node:http';
import { requestHeader } from '../http/request-header.js';
import { isForwardedOverTls } from '../http/request-protocol.js';
import type { OneTimeWarnings } from './one-time-warnings.js';
import type { PendingCookie } from './pending-cookies.js';
import type { RequestAttributes } from './request-attributes.js';

/**
 * Warns once of a cookie that cannot exist without TLS and is set without it: browsers drop it in
 * silence, most of them on other hosts than localhost alone. A deletion is none.
 */
export function warnOfPlainHttp(
  warnings: OneTimeWarnings | undefined,
  { name, value, attributes }: PendingCookie,
  request: RequestAttributes,
  headers: IncomingHttpHeaders,
): void {
  if (
    warnings === undefined ||
    value === undefined ||
    !attributes.needsTls ||
    isForwardedOverTls(requestHeader(headers, 'x-forwarded-proto')) ||
    request.isOverTls()
  ) {
    return;
  }
  warnings.give(
    'plain-http',
    `The cookie "${name}" was set over plain HTTP, and with its prefix, "sameSite: 'none'" or "partitioned" it needs "Secure": browsers drop it, many of them not on localhost. Serve the app over TLS; behind a proxy that ends TLS, set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".`,
  );
}
