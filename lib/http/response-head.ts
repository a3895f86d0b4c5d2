import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What `writeHead` takes besides the status: an object, names and values in turn, or pairs of them. */
type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Node's response, as far as headers go; Node checks their values itself. */
interface HeaderTarget {
  removeHeader(name: string): void;
  appendHeader(name: string, value: unknown): unknown;
}

/** The head of a response, right before it goes out. */
export interface ResponseHead {
  readonly statusCode: number;
  /** What a header says so far, each of its values by itself. */
  header(name: string): readonly string[];
  /** Replaces what a header says. */
  setHeader(name: string, value: string | string[]): void;
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
export function beforeResponseHead(
  response: ServerResponse,
  write: (head: ResponseHead) => void,
): void {
  const writeHead = response.writeHead.bind(response);
  let written = false;
  response.writeHead = (statusCode: number, reason?: string | Headers, headers?: Headers) => {
    const hasReason = typeof reason === 'string';
    const head = headOf(response, statusCode, headers ?? (hasReason ? [] : (reason ?? [])));
    if (!written) {
      written = true;
      write(head);
    }
    return hasReason
      ? writeHead(statusCode, reason, head.headers)
      : writeHead(statusCode, head.headers);
  };
}

function headOf(response: ServerResponse, statusCode: number, given: Headers): GivenHead | SetHead {
  if (!Array.isArray(given) && response.getHeaderNames().length === 0) {
    return new GivenHead(statusCode, given);
  }
  setHeaders(response, given);
  return new SetHead(statusCode, response);
}

/**
 * Adds `Set-Cookie` headers to those that are there. A shared cache must not hand them to others,
 * so a response that says nothing about caching becomes `private` (RFC 9111, section 7.3).
 */
export function appendSetCookies(head: ResponseHead, cookies: readonly string[]): void {
  head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), ...cookies]);
  if (head.header('Cache-Control').length === 0) {
    head.setHeader('Cache-Control', 'private');
  }
}

/** Headers that were set on the response, as Express does. */
class SetHead implements ResponseHead {
  readonly statusCode: number;
  /** What `writeHead` is given besides. */
  readonly headers = undefined;
  readonly #response: ServerResponse;

  constructor(statusCode: number, response: ServerResponse) {
    this.statusCode = statusCode;
    this.#response = response;
  }

  header(name: string): readonly string[] {
    return texts(this.#response.getHeader(name) ?? []);
  }

  setHeader(name: string, value: string | string[]): void {
    this.#response.setHeader(name, value);
  }
}

/**
 * Headers that `writeHead` is given all at once, as Fastify does, and hands on: setting them on the
 * response instead would take a tenth of such a request.
 */
class GivenHead implements ResponseHead {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(statusCode: number, headers: OutgoingHttpHeaders) {
    this.statusCode = statusCode;
    // Spread into a new object, Fastify's headers take 10 microseconds more.
    this.headers = Object.assign({}, headers);
  }

  header(name: string): readonly string[] {
    return this.#spellings(name).flatMap((spelling) => texts(this.headers[spelling] ?? []));
  }

  setHeader(name: string, value: string | string[]): void {
    for (const spelling of this.#spellings(name)) {
      delete this.headers[spelling];
    }
    this.headers[name] = value;
  }

  #spellings(name: string): string[] {
    const lowerCase = name.toLowerCase();
    return Object.keys(this.headers).filter((spelling) => spelling.toLowerCase() === lowerCase);
  }
}

/** Node takes anything in lists of values. */
function texts(value: OutgoingHttpHeader): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
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
