/**
 * All rules on what caches may do with a response that sets, clears, renews or depends on a cookie.
 *
 * A shared cache (a CDN, a reverse proxy) hands one user's response to the next. `Set-Cookie` does not
 * keep a response out of it (RFC 9111, section 7.3), and `max-age`, `Expires` or a status that is
 * cacheable by default lets it in. Only `private` and `no-store` keep it out, and `private` only
 * without a field list: `private="x"` covers only that header (section 5.2.2.7); nor does `no-store` beside
 * `must-understand`. A cache that a
 * targeted field is meant for obeys it instead of `Cache-Control` (RFC 9213, section 2.2).
 *
 * - A response that sets or clears a cookie becomes private: {@link keepPrivate}.
 * - A renewal is optional: it is left out of a response that the app offers to shared caches
 *   ({@link isOfferedToSharedCaches}), and of a prefetch ({@link isPrefetch}). Any other response that
 *   carries one becomes private as well.
 * - A response for which a cookie was read says that it depends on cookies: {@link varyByCookie}.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { requestHeader } from './request-header.js';
import type { ResponseHead } from './response-head.js';

/** Directives that let shared caches store a response. */
const SHARED: readonly string[] = ['public', 's-maxage'];

/** Directives that say that a response is the same for everybody. */
const OFFERED = new Set([...SHARED, 'immutable']);

/** Targeted fields end so (RFC 9213): CDN-Cache-Control, Akamai-Cache-Control. */
const TARGETED = '-cache-control';

/**
 * Older fields that some caches obey instead of `Cache-Control`: those of the Edge Architecture
 * Specification (Fastly, Varnish), of nginx and of Akamai.
 */
const OLDER_TARGETED = new Set(['surrogate-control', 'x-accel-expires', 'edge-control']);

/** RFC 9110, section 5.6.4: a comma in a quoted-string does not separate elements. */
const QUOTED_STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const LIST_ELEMENT = new RegExp(`(?:[^",]|${QUOTED_STRING})+`, 'g');
const QUOTED_STRINGS = new RegExp(QUOTED_STRING);

/** RFC 9110, section 5.6.3: optional white space is spaces and tabs. U+00A0 is part of a word. */
const WHITE_SPACE_AROUND = /^[ \t]+|[ \t]+$/g;

/**
 * Keeps a response out of shared caches. A `Cache-Control` that already does so stays as it is; any
 * other loses `public`, `s-maxage` and `immutable`, and gains `private`. Targeted fields are removed.
 *
 * @returns whether the app had offered the response to shared caches, of which it should be warned
 */
export function keepPrivate(head: ResponseHead): boolean {
  const isOffered = removeTargeted(head);
  const directives = listOf(head, 'Cache-Control');
  if (directives.length === 0) {
    head.setHeader('Cache-Control', 'private');
    return isOffered;
  }
  if (isKeptOut(directives)) {
    return isOffered;
  }
  const kept = directives.filter((directive) => {
    const name = nameOf(directive);
    // private="x" is dropped as well: a cache may obey only the first of two.
    return !OFFERED.has(name) && name !== 'private';
  });
  head.setHeader('Cache-Control', [...kept, 'private'].join(', '));
  return isOffered || directives.some((directive) => SHARED.includes(nameOf(directive)));
}

/** Removes targeted fields, and returns whether one of them had offered the response. */
function removeTargeted(head: ResponseHead): boolean {
  let isOffered = false;
  for (const name of head.names().filter(isTargeted)) {
    isOffered ||= letsIn(head, name);
    head.removeHeader(name);
  }
  return isOffered;
}

/** Whether the app offers a response to shared caches. */
export function isOfferedToSharedCaches(head: ResponseHead): boolean {
  return (
    listOf(head, 'Cache-Control').some((directive) => OFFERED.has(nameOf(directive))) ||
    head.names().some((name) => isTargeted(name) && letsIn(head, name))
  );
}

/**
 * Whether a browser prefetches a page, or loads it for a thumbnail. Browsers say so in `Sec-Purpose`
 * today; older ones did in `Purpose` (Chrome, Safari), `X-Purpose` (Safari) or `X-Moz` (Firefox).
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return (
    says(headers, 'sec-purpose', 'prefetch') ||
    says(headers, 'purpose', 'prefetch') ||
    says(headers, 'purpose', 'preview') ||
    says(headers, 'x-purpose', 'prefetch') ||
    says(headers, 'x-purpose', 'preview') ||
    says(headers, 'x-moz', 'prefetch')
  );
}

/**
 * Adds `Cookie` to the `Vary` header of a response (RFC 9110, section 12.5.5). `*` stays, because it
 * covers every header.
 */
export function varyByCookie(head: ResponseHead): void {
  const names = listOf(head, 'Vary');
  if (names.length === 0) {
    head.setHeader('Vary', 'Cookie');
  } else if (!names.some((name) => name === '*' || name.toLowerCase() === 'cookie')) {
    head.setHeader('Vary', [...names, 'Cookie'].join(', '));
  }
}

/** Checks the last character first, which rules out nearly all other names. */
function isTargeted(name: string): boolean {
  const last = name.charAt(name.length - 1);
  if (last !== 'l' && last !== 'L' && last !== 's' && last !== 'S') {
    return false;
  }
  const lowerCase = name.toLowerCase();
  return lowerCase.endsWith(TARGETED) || OLDER_TARGETED.has(lowerCase);
}

/** In nginx, "X-Accel-Expires: 0" keeps a response out. */
function letsIn(head: ResponseHead, targeted: string): boolean {
  const directives = listOf(head, targeted);
  return !isKeptOut(directives) && !directives.includes('0');
}

/**
 * A cache that knows `must-understand` ignores the `no-store` beside it (RFC 9111, section 5.2.2.3).
 */
function isKeptOut(directives: readonly string[]): boolean {
  return (
    directives.some((directive) => directive.toLowerCase() === 'private') ||
    (directives.some((directive) => directive.toLowerCase() === 'no-store') &&
      !directives.some((directive) => nameOf(directive) === 'must-understand'))
  );
}

/**
 * RFC 9111, section 5.2:
 *
 *     Cache-Control   = #cache-directive
 *     cache-directive = token [ "=" ( token / quoted-string ) ]
 */
function nameOf(directive: string): string {
  const [name = ''] = directive.split('=', 1);
  return name.replaceAll(WHITE_SPACE_AROUND, '').toLowerCase();
}

/** The elements of a list header; empty if a quote is never closed, because then they are ambiguous. */
function listOf(head: ResponseHead, name: string): readonly string[] {
  const values = head.header(name);
  return values.length === 0 ? values : elementsOf(values.join(','));
}

function elementsOf(field: string): readonly string[] {
  if (field.split(QUOTED_STRINGS).some((unquoted) => unquoted.includes('"'))) {
    return [];
  }
  return (field.match(LIST_ELEMENT) ?? [])
    .map((element) => element.replaceAll(WHITE_SPACE_AROUND, ''))
    .filter((element) => element !== '');
}

function says(headers: IncomingHttpHeaders, name: string, purpose: string): boolean {
  return requestHeader(headers, name)?.toString().toLowerCase().includes(purpose) ?? false;
}
