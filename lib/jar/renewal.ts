import type { IncomingMessage } from 'node:http';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieDefinedResult } from './read-defined-cookie.js';
import { isOfferedToSharedCaches, isPrefetch } from '../http/caching.js';
import { requestHeader } from '../http/request-header.js';
import type { ResponseHead } from '../http/response-head.js';
import { TIME_TO_BIND } from './device-binding.js';

/** Media types are compared without regard to case (RFC 9110, section 8.3.1). */
const EVENT_STREAM = /^[ \t]*text\/event-stream/i;

/**
 * Whether a cookie is due for renewal, by its age or because it would be written differently now. One
 * that is bound to a device never is: it gets a successor only after a proof of the device. One that a
 * browser may be binding just now is not renewed for its key or format: the renewed cookie would replace
 * the bound one, as in the minutes in which only some instances sign with a new key.
 */
export function isDueForRenewal(
  { renewAfter, renew, boundFor }: SecureCookieDefinition<never, unknown>,
  result: SecureCookieDefinedResult<unknown>,
  now: number,
): boolean {
  if (!result.valid || result.bound) {
    return false;
  }
  const { issuedAt, current } = result;
  const isOld = renewAfter !== undefined && issuedAt !== undefined && now - issuedAt > renewAfter;
  const mayBeBound =
    boundFor !== undefined && issuedAt !== undefined && now - issuedAt <= TIME_TO_BIND;
  return isOld || (renew && !current && !mayBeBound);
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
