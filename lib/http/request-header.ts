import type { IncomingHttpHeaders } from 'node:http';

/**
 * A header of a request, or `undefined`. Node keeps headers in an ordinary object: if the request has
 * no `Cookie`, one that pollutes `Object.prototype` would be read in its place.
 *
 * @param name - in lower case
 */
export function requestHeader<Name extends keyof IncomingHttpHeaders>(
  headers: IncomingHttpHeaders,
  name: Name,
): IncomingHttpHeaders[Name] {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}
