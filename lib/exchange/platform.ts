import type { IncomingMessage, ServerResponse } from 'node:http';
import { Stream } from 'node:stream';
import { SecureCookieError } from '../errors.js';
import { memberOf } from '../own-member.js';
import { requestedHost } from '../http/host-name.js';
import { isEncrypted, isTls } from '../http/request-protocol.js';

/** Node's request, on which other code may keep properties under its own symbols. */
export interface RawRequest extends IncomingMessage {
  [key: symbol]: unknown;
}

/**
 * Node's own request behind the platform's. It is found by type, never by the presence of `.raw`: an
 * Express app may have its own `req.raw`. Node's requests are streams (HTTP/1.1, HTTP/2 and those that
 * Fastify injects); Fastify's are not.
 *
 * @throws {@link SecureCookieError} `not-http`
 */
export function rawRequest(request: unknown): RawRequest {
  const raw = rawRequestIn(request);
  if (raw === undefined) {
    throw notHttp();
  }
  return raw;
}

/** {@link rawRequest}, or `undefined` if there is none. */
export function rawRequestIn(request: unknown): RawRequest | undefined {
  if (isRawRequest(request)) {
    return request;
  }
  const raw = memberOf(request, 'raw');
  return isRawRequest(raw) ? raw : undefined;
}

/**
 * Node's own response behind the platform's; as {@link rawRequest}.
 *
 * @throws {@link SecureCookieError} `not-http`
 */
export function rawResponse(response: unknown): ServerResponse {
  const raw = isRawResponse(response) ? response : memberOf(response, 'raw');
  if (isRawResponse(raw)) {
    return raw;
  }
  throw new SecureCookieError(
    'not-http',
    'There is no response to this request: jar() takes the request and the response of the platform, or the context that guards get. To read without a response, use SecureCookieService.reader(request). With Apollo on Fastify, pass the reply on: context: (request, reply) => ({ reply }).',
  );
}

/** Express's app or Fastify's server, found on the request. */
export function platformOf(request: unknown): unknown {
  return memberOf(request, isRawRequest(request) ? 'app' : 'server');
}

/**
 * Whether the request came over TLS according to the adapter: Express and Fastify copy a trusted
 * `X-Forwarded-Proto` to `protocol`, and Fastify does so on the raw request that middleware gets, too.
 */
export function isSecureRequest(request: object): boolean {
  const protocol = memberOf(request, 'protocol');
  if (typeof protocol === 'string') {
    return isTls(protocol);
  }
  return isEncrypted(rawRequest(request).socket);
}

/**
 * The host of a request according to the adapter: Express and Fastify copy a trusted
 * `X-Forwarded-Host` to `hostname`, and Fastify does so on the raw request that middleware gets, too.
 */
export function hostOf(request: object): string | undefined {
  const hostname = memberOf(request, 'hostname');
  return typeof hostname === 'string' ? hostname : requestedHost(rawRequest(request).headers);
}

/** The error if there is no request. */
export function notHttp(): SecureCookieError {
  return new SecureCookieError(
    'not-http',
    'There is no HTTP request here. Secure cookies are found in HTTP handlers, in GraphQL resolvers whose context has "req" or "reply", and in WebSocket gateways; in message handlers of microservices, read them with SecureCookieService.reader(cookieHeader).',
  );
}

export function isRawRequest(value: unknown): value is RawRequest {
  return value instanceof Stream && 'headers' in value;
}

export function isRawResponse(value: unknown): value is ServerResponse {
  return value instanceof Stream && 'writeHead' in value;
}
