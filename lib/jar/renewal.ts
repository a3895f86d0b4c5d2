import type { IncomingMessage } from 'node:http';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieDefinedResult } from './read-defined-cookie.js';
import { isOfferedToSharedCaches, isPrefetch } from '../http/caching.js';
import { requestHeader } from '../http/request-header.js';
import type { ResponseHead } from '../http/response-head.js';

/** Media types are compared without regard to case (RFC 9110, section 8.3.1). */
const EVENT_STREAM = /^[ \t]*text\/event-stream/i;

/**
 * Whether a cookie is due for renewal, by its age or because it would be written differently now. One
 * that is bound to a device never is: it gets a successor only after a proof of the device.
 */
export function isDueForRenewal(
  { renewAfter, renew }: SecureCookieDefinition<never, unknown>,
  result: SecureCookieDefinedResult<unknown>,
  now: number,
): boolean {
  if (!result.valid || result.bound) {
    return false;
  }
  const isOld =
    renewAfter !== undefined && result.issuedAt !== undefined && now - result.issuedAt > renewAfter;
  return isOld || (renew && !result.current);
}

/**
 * Whether this response may carry a renewed cookie. Decided at its head, when status and headers are
 * known. A failure may not, nor a response that no person sees (prefetch, HEAD, upgrade, event stream,
 * 304), nor one that the app offers to shared caches.
 */
export function mayRenewOn(
  { renewOn }: SecureCookieDefinition<never, unknown>,
  { method, headers }: Pick<IncomingMessage, 'headers' | 'method'>,
  head: ResponseHead,
): boolean {
  const { statusCode } = head;
  const mode = requestHeader(headers, 'sec-fetch-mode');
  return (
    statusCode < 400 &&
    statusCode !== 304 &&
    method !== 'HEAD' &&
    requestHeader(headers, 'upgrade') === undefined &&
    !isPrefetch(headers) &&
    !head.header('Content-Type').some((type) => EVENT_STREAM.test(type)) &&
    !isOfferedToSharedCaches(head) &&
    (renewOn === 'any' || mode === undefined || mode === 'navigate')
  );
}
