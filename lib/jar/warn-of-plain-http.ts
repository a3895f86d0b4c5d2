import type { IncomingHttpHeaders } from 'node:http';
import { requestHeader } from '../http/request-header.js';
import { isForwardedOverTls } from '../http/request-protocol.js';
import type { OneTimeWarnings } from './one-time-warnings.js';
import type { PendingCookie } from './pending-cookie.js';
import type { RequestAttributes } from './request-attributes.js';

/**
 * Warns once if a cookie that cannot exist without TLS is set without it. Browsers silently drop it,
 * most of them except on localhost. There is no warning about deletions.
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
    `The cookie "${name}" was set over plain HTTP, but its prefix, "sameSite: 'none'" or "partitioned" requires "Secure": browsers drop it, although many keep it on localhost. Serve the app over TLS; behind a proxy that ends TLS, set "trust proxy" (Express) or "trustProxy" (Fastify), or "cookie: { secure: true }".`,
  );
}
