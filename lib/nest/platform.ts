import type { IncomingMessage, ServerResponse } from 'node:http';
import { Stream } from 'node:stream';
import { SecureCookieError } from '../errors.js';

/**
 * Where the module leaves its service on the platform's instance (Express's app, Fastify's server),
 * so that parameter decorators find it from a request alone, with no injection.
 */
export const PLATFORM_KEY = Symbol.for('nestjs-secure-cookie');

/** Node's request, which carries what others keep on it under symbols of their own. */
export interface RawRequest extends IncomingMessage {
  [key: symbol]: unknown;
}

/**
 * Node's own request behind the platform's. Found by type, never by the presence of `.raw`: an
 * Express app may keep a `req.raw` of its own. Node's requests are streams (HTTP/1.1, HTTP/2 and the
 * ones that Fastify injects), Fastify's is not.
 *
 * @throws {@link SecureCookieError} `not-http`
 */
export function rawRequest(request: unknown): RawRequest {
  const raw = isRawRequest(request) ? request : property(request, 'raw');
  if (isRawRequest(raw)) {
    return raw;
  }
  throw notHttp();
}

/**
 * Node's own response behind the platform's; see {@link rawRequest}.
 *
 * @throws {@link SecureCookieError} `not-http`
 */
export function rawResponse(response: unknown): ServerResponse {
  const raw = isRawResponse(response) ? response : property(response, 'raw');
  if (isRawResponse(raw)) {
    return raw;
  }
  throw notHttp();
}

/** Express's app or Fastify's server, as the request knows it. */
export function platformOf(request: unknown): unknown {
  return property(request, isRawRequest(request) ? 'app' : 'server');
}

/**
 * Whether the request came over TLS as the adapter sees it: Express and Fastify put what they trust
 * of `X-Forwarded-Proto` into `protocol`, the latter also on the raw request that middleware gets.
 */
export function isSecureRequest(request: object): boolean {
  const protocol = property(request, 'protocol');
  if (typeof protocol === 'string') {
    return protocol === 'https';
  }
  return property(rawRequest(request).socket, 'encrypted') === true;
}

/** The error for a request that is asked for where there is none. */
export function notHttp(): SecureCookieError {
  return new SecureCookieError(
    'not-http',
    'There is no HTTP request and response here. In gateways, resolvers and message handlers, read cookies with SecureCookieService.reader(cookieHeader).',
  );
}

function isRawRequest(value: unknown): value is RawRequest {
  return value instanceof Stream && 'headers' in value;
}

function isRawResponse(value: unknown): value is ServerResponse {
  return value instanceof Stream && 'writeHead' in value;
}

function property(value: unknown, key: string): unknown {
  return isInstance(value) ? value[key] : undefined;
}

/** Whether a value can have properties: an object, or a function, as Express's app is. */
export function isInstance(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
