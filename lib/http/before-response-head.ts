import type { ServerResponse } from 'node:http';
import { SecureCookieError } from '../errors.js';
import { headOf, isUnpaired, SetHead, type Headers, type ResponseHead } from './response-head.js';

/** Adds to the head of a response. */
export interface HeadWriter {
  /**
   * Called right before the head goes out, and again with the next head where Node refuses this one.
   * Must not throw: nothing up the stack could handle it.
   */
  write(head: ResponseHead): void;
}

/** Where a response, or its HTTP/2 stream, keeps what waits for its head. */
const AWAITED = Symbol('nestjs-secure-cookie head');

interface Awaited<LastStep> {
  readonly response: ServerResponse;
  readonly writers: HeadWriter[];
  readonly send: LastStep;
}

/** Node's last step in HTTP/1.1. */
const STORE_HEADER = '_storeHeader';

/** Its headers are those that were set and those that were given, made one by Node. */
type StoreHeader = (statusLine: string, headers?: Headers | null) => void;

interface Http1Response extends ServerResponse {
  [STORE_HEADER]: StoreHeader;
  [AWAITED]?: Awaited<StoreHeader>;
}

/** Its last step in HTTP/2's compatibility API. */
type Respond = (headers?: object, options?: object) => void;

interface Http2Stream {
  respond: Respond;
  [AWAITED]?: Awaited<Respond>;
}

/**
 * Lets a writer add to the head of a response right before it goes out, whoever sends it: the
 * framework, `end`, a stream, or `writeHead` with headers of its own.
 *
 * It stands in for the last step that Node takes below `writeHead`: `_storeHeader` of HTTP/1.1, and
 * `respond` of an HTTP/2 stream. So the writer has the last word, and Node alone decides what becomes
 * of the app's headers:
 *
 * - middleware that wraps `writeHead` (on-headers, and with it compression, morgan, express-session
 *   and express-cache-controller) runs before what it wrapped: around `writeHead`, a writer that comes
 *   with the first cookie would be overruled by all middleware that was there before
 * - how Node merges headers that were given with headers that were set depends on their form and on
 *   its version, two spellings of one name included
 *
 * A response that is answered around its object, on the socket or the raw HTTP/2 stream, is not met.
 *
 * @param response - Node's response (HTTP/1.1, or HTTP/2's compatibility API)
 * @param writer - called after the writers that wait already
 * @throws {@link SecureCookieError} `not-http` - the response is not one of Node's
 */
export function beforeResponseHead(response: ServerResponse, writer: HeadWriter): void {
  if (isHttp1Response(response)) {
    response[AWAITED] ??= takeStoreHeader(response);
    response[AWAITED].writers.push(writer);
    return;
  }
  const stream: unknown = 'stream' in response ? response.stream : undefined;
  if (!isHttp2Stream(stream)) {
    throw new SecureCookieError(
      'not-http',
      'The response is neither one of node:http nor of node:http2: pass the one that the server gave, or the framework’s.',
    );
  }
  stream[AWAITED] ??= takeRespond(stream, response);
  stream[AWAITED].writers.push(writer);
}

function takeStoreHeader(response: Http1Response): Awaited<StoreHeader> {
  const send = response[STORE_HEADER];
  response[STORE_HEADER] = storeHeader;
  return { response, writers: [], send };
}

function takeRespond(stream: Http2Stream, response: ServerResponse): Awaited<Respond> {
  const send = stream.respond;
  stream.respond = respond;
  return { response, writers: [], send };
}

/** One function for all responses: every request that reads a cookie would pay for a closure. */
function storeHeader(
  this: Http1Response & { [AWAITED]: Awaited<StoreHeader> },
  statusLine: string,
  headers?: Headers | null,
): void {
  const { writers, send } = this[AWAITED];
  const given = headers ?? {};
  if (isUnpaired(given)) {
    // Node refuses it.
    send.call(this, statusLine, given);
    return;
  }
  const head = headOf(this, given);
  try {
    write(writers, head);
    send.call(this, statusLine, head.headers);
  } catch (error) {
    head.undo();
    throw error;
  }
}

function respond(
  this: Http2Stream & { [AWAITED]: Awaited<Respond> },
  headers?: object,
  options?: object,
): void {
  const { response, writers, send } = this[AWAITED];
  if (!response.hasHeader(':status')) {
    // Not by the response: its headers would not be sent.
    send.call(this, headers, options);
    return;
  }
  const head = new SetHead(response, undefined);
  try {
    write(writers, head);
    send.call(this, headers, options);
  } catch (error) {
    head.undo();
    throw error;
  }
}

function write(writers: readonly HeadWriter[], head: ResponseHead): void {
  for (const writer of writers) {
    writer.write(head);
  }
}

function isHttp1Response(response: ServerResponse): response is Http1Response {
  return STORE_HEADER in response && typeof response[STORE_HEADER] === 'function';
}

function isHttp2Stream(stream: unknown): stream is Http2Stream {
  return (
    typeof stream === 'object' &&
    stream !== null &&
    'respond' in stream &&
    typeof stream.respond === 'function'
  );
}
