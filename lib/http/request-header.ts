import type { IncomingHttpHeaders } from 'node:http';

/**
 * A header of a request, if it came. Node's headers are an ordinary object: without a `Cookie`, one
 * that `Object.prototype` was polluted with would be read for it.
 *
 * @param name - in lower case
 */
export function requestHeader<Name extends keyof IncomingHttpHeaders>(
  headers: IncomingHttpHeaders,
  name: Name,
): IncomingHttpHeaders[Name] {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}
