import type { ServerResponse } from 'node:http';
import { beforeResponseHead } from './before-response-head.js';
import type { HeadWriter } from './response-head.js';
import { varyByCookie } from './caching.js';

/** Shared by all responses: it holds nothing of a request. */
const VARY: HeadWriter = { write: varyByCookie };

/**
 * Lets a response say that it depends on cookies.
 *
 * @throws {@link SecureCookieError} `not-http` - the response is not one of Node's
 */
export function varyResponseByCookie(response: ServerResponse): void {
  beforeResponseHead(response, VARY);
}
