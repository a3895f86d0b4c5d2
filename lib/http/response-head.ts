import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What `writeHead` takes besides the status: an object, names and values in turn, or pairs of them. */
type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Node's response, as far as headers go; Node checks their values itself. */
interface HeaderTarget {
  removeHeader(name: string): void;
  appendHeader(name: string, value: unknown): unknown;
}

/**
 * Runs `write` once, right before the head of the response goes out, whoever sends it: the
 * framework, `end`, a stream, or `writeHead` with headers of its own. All of them pass `writeHead`,
 * in HTTP/1.1 and in HTTP/2's compatibility API.
 *
 * The package on-headers does the same, but loses headers on the way: those behind an absent reason
 * phrase, `writeHead(200, undefined, headers)`, and all but the last of one name in pairs of name and
 * value or in an object that spells it in two cases. Other parties' `Set-Cookie` come that way.
 *
 * @param response - Node's response (HTTP/1.1, or HTTP/2's compatibility API)
 * @param write - must not throw: what called the head out could not handle it
 */
export function beforeResponseHead(response: ServerResponse, write: () => void): void {
  const writeHead = response.writeHead.bind(response);
  let written = false;
  response.writeHead = (status: number, reason?: string | Headers, headers?: Headers) => {
    const hasReason = typeof reason === 'string';
    setHeaders(response, headers ?? (hasReason ? {} : (reason ?? {})));
    if (!written) {
      written = true;
      response.statusCode = status;
      write();
    }
    return hasReason ? writeHead(status, reason) : writeHead(status);
  };
}

/**
 * Adds `Set-Cookie` headers to those that are there. A shared cache must not hand them to others,
 * so a response that says nothing about caching becomes `private` (RFC 9111, section 7.3).
 */
export function appendSetCookies(response: ServerResponse, cookies: readonly string[]): void {
  response.setHeader('Set-Cookie', [...presentSetCookies(response), ...cookies]);
  if (!response.hasHeader('Cache-Control')) {
    response.setHeader('Cache-Control', 'private');
  }
}

/** The `Set-Cookie` headers that a response has so far. */
export function presentSetCookies(response: ServerResponse): readonly string[] {
  const present = response.getHeader('Set-Cookie') ?? [];
  // Node takes anything in such a list.
  return (Array.isArray(present) ? present : [present]).map(String);
}

/** As `writeHead` itself does: they replace what was set before, and may repeat a name. */
function setHeaders(target: HeaderTarget, headers: Headers): void {
  const pairs = Array.isArray(headers) ? headerPairs(headers) : Object.entries(headers);
  for (const [name] of pairs) {
    target.removeHeader(name);
  }
  for (const [name, value] of pairs) {
    target.appendHeader(name, value);
  }
}

function headerPairs(headers: OutgoingHttpHeader[]): [name: string, value: unknown][] {
  const flat = Array.isArray(headers[0]) ? headers.flat() : headers;
  const pairs: [string, unknown][] = [];
  for (let name = 0; name < flat.length; name += 2) {
    pairs.push([String(flat[name]), flat[name + 1]]);
  }
  return pairs;
}
