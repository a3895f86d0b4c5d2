import type { ServerResponse } from 'node:http';
import { appended } from '../appended.js';
import { SecureCookieError } from '../errors.js';
import { beforeWriteHead } from './before-write-head.js';
import {
  headOf,
  isUnpaired,
  SetHead,
  type Headers,
  type HeadWriter,
  type ResponseHead,
} from './response-head.js';

/** The property of a response, or of its HTTP/2 stream, that keeps the writers waiting for its head. */
const AWAITED = Symbol('nestjs-secure-cookie head');

interface Awaited<LastStep> {
  readonly response: ServerResponse;
  writers: readonly HeadWriter[];
  readonly send: LastStep;
}

/** Node's last step in HTTP/1.1. */
const STORE_HEADER = '_storeHeader';

/** Its headers are those that were set and those given to `writeHead`, already merged by Node. */
type StoreHeader = (statusLine: string, headers?: Headers | null) => void;

interface Http1Response extends ServerResponse {
  [STORE_HEADER]: StoreHeader;
  [AWAITED]?: Awaited<StoreHeader>;
}

/** Node's last step in HTTP/2's compatibility API. */
type Respond = (headers?: object, options?: object) => void;

interface Http2Stream {
  respond: Respond;
  [AWAITED]?: Awaited<Respond>;
}

/**
 * Lets a writer add to the head of a response right before it is sent, no matter what sends it: the
 * framework, `end`, a stream, or `writeHead` with headers of its own.
 *
 * It replaces the last step that Node takes below `writeHead`: `_storeHeader` in HTTP/1.1, `respond` of
 * an HTTP/2 stream. So the writer runs last, and only Node merges the app's headers:
 *
 * - middleware such as on-headers (used by compression, morgan, express-session and
 *   express-cache-controller) wraps `writeHead`, and the newest wrapper runs first: a writer that
 *   wrapped it at the first cookie would run before all older middleware, which could overrule it
 * - how Node merges headers given to `writeHead` with headers set before depends on their form, on two
 *   spellings of one name, and on Node's version
 *
 * It does not see a response that is written directly to the socket or to the raw HTTP/2 stream.
 *
 * @param response - Node's response (HTTP/1.1, or HTTP/2's compatibility API)
 * @param writer - called after the writers that were added before
 * @throws {@link SecureCookieError} `not-http` - the response is not one of Node's
 */
export function beforeResponseHead(response: ServerResponse, writer: HeadWriter): void {
  if (isHttp1Response(response)) {
    if (process.versions['bun'] !== undefined) {
      beforeWriteHead(response, writer);
      return;
    }
    const awaited = response[AWAITED];
    if (awaited === undefined) {
      response[AWAITED] = takeStoreHeader(response, writer);
    } else {
      awaited.writers = appended(awaited.writers, writer);
    }
    return;
  }
  const stream: unknown = 'stream' in response ? response.stream : undefined;
  if (!isHttp2Stream(stream)) {
    throw new SecureCookieError(
      'not-http',
      'The response does not come from node:http or node:http2: pass the one that the server gave, or the framework’s.',
    );
  }
  const awaited = stream[AWAITED];
  if (awaited === undefined) {
    stream[AWAITED] = takeRespond(stream, response, writer);
  } else {
    awaited.writers = appended(awaited.writers, writer);
  }
}

function takeStoreHeader(response: Http1Response, writer: HeadWriter): Awaited<StoreHeader> {
  const send = response[STORE_HEADER];
  response[STORE_HEADER] = storeHeader;
  return { response, writers: [writer], send };
}

function takeRespond(
  stream: Http2Stream,
  response: ServerResponse,
  writer: HeadWriter,
): Awaited<Respond> {
  const send = stream.respond;
  stream.respond = respond;
  return { response, writers: [writer], send };
}

/** Shared by all responses: a closure for each would slow down every request that reads a cookie. */
function storeHeader(
  this: Http1Response & { [AWAITED]: Awaited<StoreHeader> },
  statusLine: string,
  headers?: Headers | null,
): void {
  const { writers, send } = this[AWAITED];
  const given = headers ?? {};
  if (isUnpaired(given)) {
    // Node refuses such a list.
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
    // Not called by the response, whose headers would not be sent.
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
