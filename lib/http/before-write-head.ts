import type { ServerResponse } from 'node:http';
import { givenPairs, SetHead, texts, type Headers, type HeadWriter } from './response-head.js';

/** The property of a response that keeps the writers waiting for its head. */
const AWAITED = Symbol('nestjs-secure-cookie write head');

type WriteHead = (statusCode: number, reason?: string) => unknown;

interface Awaited {
  readonly writers: HeadWriter[];
  readonly send: WriteHead;
}

interface AwaitingResponse extends ServerResponse {
  [AWAITED]?: Awaited;
}

/**
 * `beforeResponseHead` for Bun, which has no step below `writeHead` and always calls it to send a
 * response. Middleware that wrapped `writeHead` before the first cookie runs after the writer.
 */
export function beforeWriteHead(response: AwaitingResponse, writer: HeadWriter): void {
  if (response[AWAITED] === undefined) {
    const writeHeadOfServer = response.writeHead.bind(response);
    const send: WriteHead = (...head) => writeHeadOfServer(...head);
    response[AWAITED] = { writers: [], send };
    Object.assign(response, { writeHead });
  }
  response[AWAITED].writers.push(writer);
}

/** Sets the headers that were given to `writeHead`, so that writers see all headers in one place. */
function writeHead(
  this: AwaitingResponse & { [AWAITED]: Awaited },
  statusCode: number,
  reason?: string | Headers | null,
  headers?: Headers | null,
): AwaitingResponse {
  const { writers, send } = this[AWAITED];
  const given = typeof reason === 'string' ? headers : (headers ?? reason);
  if (!this.headersSent) {
    this.statusCode = statusCode;
    setHeaders(this, given ?? {});
    for (const writer of writers) {
      writer.write(new SetHead(this, undefined));
    }
  }
  send(statusCode, typeof reason === 'string' ? reason : undefined);
  return this;
}

/** Keeps all values of a name that a list repeats. */
function setHeaders(response: ServerResponse, headers: Headers): void {
  const set = new Set<string>();
  for (const [name, value] of givenPairs(headers)) {
    const text = String(name);
    const lowerCase = text.toLowerCase();
    if (value !== undefined) {
      if (set.has(lowerCase)) {
        response.appendHeader(text, texts(value));
      } else {
        response.setHeader(text, value);
      }
      set.add(lowerCase);
    }
  }
}
