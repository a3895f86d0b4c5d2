import type { ServerResponse } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import { SecureCookieError } from '../errors.js';
import { joinRawCookies } from '../http/cookie-header.js';
import { requestHeader } from '../http/request-header.js';
import { handshakeOf, isSocket, type ExchangeWithoutResponse } from './handshakes.js';
import { isInstance, memberOf } from '../own-member.js';
import {
  isRawRequest,
  isRawResponse,
  notHttp,
  rawRequest,
  rawRequestIn,
  rawResponse,
  type RawRequest,
} from './platform.js';
import { holdsRequestOfAnother } from './shared-context.js';

/** The request that a handler works for, and the response that can carry its cookies. */
export interface Exchange {
  /** The platform's, or Node's. */
  readonly request: object;
  /** The platform's, or Node's. */
  readonly response: object;
}

const OWN_CONTEXT =
  'give each request a context of its own, with a function that returns a new object, context: () => ({ ... })';

/** The property of a GraphQL context for the request it was first read for; the same in all copies. */
const REQUEST = Symbol.for('nestjs-secure-cookie request');

/**
 * Finds request and response for any handler that Nest runs. It looks at properties and types, so it
 * needs neither `@nestjs/graphql` nor `@nestjs/websockets`.
 *
 * @throws {@link SecureCookieError} `not-http`, `ambiguous-request` or `no-handshake`
 */
export function exchangeOf(host: ArgumentsHost): Exchange | ExchangeWithoutResponse {
  switch (host.getType<string>()) {
    case 'http': {
      const http = host.switchToHttp();
      return { request: http.getRequest<object>(), response: http.getResponse<object>() };
    }
    case 'graphql':
      return exchangeOfGraphql(graphqlContext(host.getArgs()));
    case 'ws':
      // The client, without the three functions that switchToWs() makes at each call.
      return handshakeOf(host.getArgByIndex(0));
    default:
      throw notHttp();
  }
}

/**
 * The `Cookie` header of a header, a request, a socket, or the context of a handler; and the response
 * of such a context, if it has one.
 *
 * @throws {@link SecureCookieError} `option`, or what {@link exchangeOf} throws
 */
export function findCookieHeader(source: unknown): {
  readonly header: string | undefined;
  readonly response: object | undefined;
} {
  if (source === undefined || typeof source === 'string') {
    return { header: source, response: undefined };
  }
  const request = rawRequestIn(source);
  if (request !== undefined) {
    return { header: cookieHeaderAsItCame(request), response: undefined };
  }
  if (isSocket(source)) {
    return handshakeOf(source);
  }
  if (!isArgumentsHost(source)) {
    throw new SecureCookieError(
      'option',
      'reader() takes a Cookie header, a request, a socket, or the context that guards get. With the context of GraphQL, it is reader(context.req).',
    );
  }
  const exchange = exchangeOf(source);
  if (exchange.response === undefined) {
    return exchange;
  }
  const { headers } = rawRequest(exchange.request);
  return { header: requestHeader(headers, 'cookie'), response: exchange.response };
}

/** Reads raw headers on a socket: Mercurius adds the payload of "connection_init" to the parsed ones. */
function cookieHeaderAsItCame({ headers, rawHeaders }: RawRequest): string | undefined {
  return requestHeader(headers, 'upgrade') === undefined
    ? requestHeader(headers, 'cookie')
    : joinRawCookies(rawHeaders);
}

/** Whether a value is the context that guards, interceptors, filters and parameter decorators get. */
export function isArgumentsHost(value: unknown): value is ArgumentsHost {
  return memberOf(value, 'switchToHttp') !== undefined && memberOf(value, 'getType') !== undefined;
}

/**
 * Resolvers are called with parent, arguments, context and info; resolvers of references and abstract
 * types get no arguments. The place of the info decides: no property of it comes from a client.
 */
function graphqlContext(args: readonly unknown[]): unknown {
  return memberOf(args[3], 'fieldNodes') === undefined ? args[1] : args[2];
}

/**
 * Where the drivers of `@nestjs/graphql` leave request and response in the context:
 *
 * - Apollo on Express: `req`, to which Express has added `res`
 * - Apollo on Fastify: `req`, and `reply` if the app passes it on
 * - Mercurius: `reply` and `req`; `request` for subscriptions
 * - graphql-ws: `req.extra.request`, or `extra.request`
 */
function exchangeOfGraphql(context: unknown): Exchange | ExchangeWithoutResponse {
  if (holdsRequestOfAnother(context)) {
    throw twoClients();
  }
  const req = memberOf(context, 'req');
  const reply = memberOf(context, 'reply');
  let request: object | undefined;
  let raw: RawRequest | undefined;
  for (const candidate of [
    memberOf(reply, 'request'),
    req,
    memberOf(context, 'request'),
    memberOf(memberOf(req, 'extra'), 'request'),
    memberOf(memberOf(context, 'extra'), 'request'),
  ]) {
    const found = rawRequestIn(candidate);
    if (found !== undefined && isInstance(candidate)) {
      request ??= candidate;
      raw ??= found;
      assertSame(raw, found);
    }
  }
  if (request === undefined || raw === undefined) {
    throw notHttp();
  }
  assertSame(raw, firstRequestOf(context, raw));
  const response = [reply, memberOf(context, 'res'), memberOf(req, 'res')].find(isResponse);
  if (response === undefined) {
    return { request, header: cookieHeaderAsItCame(raw), response };
  }
  const answer = rawResponse(response);
  assertSame(raw, requestAnsweredBy(answer) ?? raw);
  assertUnanswered(answer);
  return { request, response };
}

/**
 * Checks a request and a response that the app passes, in middleware or from a GraphQL context.
 *
 * @throws {@link SecureCookieError} `not-http`, or `ambiguous-request` for the response to another
 * request
 */
export function exchangeOfPair(
  request: object,
  response: unknown,
): Exchange | ExchangeWithoutResponse {
  const raw = rawRequest(request);
  // On a WebSocket, socket.io's engine.use passes a substitute for the response.
  if (!isResponse(response) && requestHeader(raw.headers, 'upgrade') !== undefined) {
    return { request, header: cookieHeaderAsItCame(raw), response: undefined };
  }
  const answer = rawResponse(response);
  assertSame(raw, requestAnsweredBy(answer) ?? raw);
  return { request, response: answer };
}

/** Adapters of serverless platforms make a response that does not know its request. */
function requestAnsweredBy(response: object): RawRequest | undefined {
  const request = memberOf(response, 'req');
  return isRawRequest(request) ? request : undefined;
}

function assertSame(raw: RawRequest, other: unknown): void {
  if (other !== raw) {
    throw twoClients();
  }
}

function twoClients(): SecureCookieError {
  return new SecureCookieError(
    'ambiguous-request',
    `The GraphQL context holds requests of two clients, because one object serves all of them: ${OWN_CONTEXT}.`,
  );
}

/** Apollo copies the context, so its request may be an earlier one that has been answered. */
function assertUnanswered({ writableEnded }: ServerResponse): void {
  if (writableEnded) {
    throw new SecureCookieError(
      'ambiguous-request',
      `The request in the GraphQL context has been answered. Either this field was resolved after its operation had failed, so that nobody waits for it, or the request is another client's, because one object serves all of them: ${OWN_CONTEXT}.`,
    );
  }
}

/** If one object serves all clients, it may hold only the last request: so the first is kept on it. */
function firstRequestOf(context: unknown, raw: RawRequest): unknown {
  if (!isInstance(context) || Object.hasOwn(context, REQUEST)) {
    return memberOf(context, REQUEST);
  }
  // A frozen context stays as it is: nobody can put another request there.
  Reflect.defineProperty(context, REQUEST, { value: raw });
  return raw;
}

function isResponse(value: unknown): value is object {
  return isRawResponse(value) || isRawResponse(memberOf(value, 'raw'));
}
