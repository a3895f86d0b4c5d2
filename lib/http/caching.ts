/**
 * What caches may do with a response that sets, clears, renews or depends on a cookie: the whole rule.
 *
 * A shared cache (a CDN, a reverse proxy) hands one user's response to the next. `Set-Cookie` does not
 * keep a response out of it (RFC 9111, section 7.3), and `max-age`, `Expires` or a status that is
 * cacheable by default lets it in. Only `private` and `no-store` keep it out, and `private` only
 * without a field list: `private="x"` is about that one header (section 5.2.2.7). The caches that a
 * targeted field is meant for obey it in place of `Cache-Control` (RFC 9213, section 2.2).
 *
 * - Where a cookie is set or cleared, the response becomes private: {@link keepPrivate}.
 * - A renewal is a courtesy: it stays away from a response that the app offers to shared caches
 *   ({@link isOfferedToSharedCaches}) and from a prefetch ({@link isPrefetch}). Any other response that
 *   carries one becomes private as well.
 * - Where a cookie was read, the response says that it depends on it: {@link varyByCookie}.
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHead } from './response-head.js';

/** These let shared caches keep a response. */
const SHARED: readonly string[] = ['public', 's-maxage'];

/** These, and `immutable`, say that a response is the same for everybody. */
const OFFERED = new Set([...SHARED, 'immutable']);

/** RFC 9213: CDN-Cache-Control, Cloudflare-CDN-Cache-Control, Akamai-Cache-Control. */
const TARGETED = '-cache-control';

/**
 * Older fields that some caches obey in place of `Cache-Control`: those of the Edge Architecture
 * Specification (Fastly, Varnish), of nginx and of Akamai.
 */
const OLDER_TARGETED = new Set(['surrogate-control', 'x-accel-expires', 'edge-control']);

/** RFC 9110, section 5.6.4: a comma in a quoted-string separates nothing. */
const QUOTED_STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const LIST_ELEMENT = new RegExp(`(?:[^",]|${QUOTED_STRING})+`, 'gs');
const QUOTED_STRINGS = new RegExp(QUOTED_STRING, 'gs');

/** RFC 9110, section 5.6.3: optional white space is spaces and tabs. U+00A0 belongs to a word. */
const WHITE_SPACE_AROUND = /^[ \t]+|[ \t]+$/g;

/**
 * Keeps a response out of shared caches. A `Cache-Control` that does so already stays; from any other,
 * `public`, `s-maxage` and `immutable` are dropped, and `private` is added. Targeted fields are
 * removed.
 *
 * @returns whether the app had offered the response to shared caches: it should hear of it
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
    // private="x" goes as well: a cache may obey the first of two.
    return !OFFERED.has(name) && name !== 'private';
  });
  head.setHeader('Cache-Control', [...kept, 'private'].join(', '));
  return isOffered || directives.some((directive) => SHARED.includes(nameOf(directive)));
}

/** Removes targeted fields; `true` where one of them had offered the response. */
function removeTargeted(head: ResponseHead): boolean {
  let isOffered = false;
  for (const name of head.names()) {
    if (isTargeted(name)) {
      isOffered ||= letsIn(head, name);
      head.removeHeader(name);
    }
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
 * Whether a browser asks ahead of its user, or for a thumbnail: `Sec-Purpose` today, `Purpose`
 * (Chrome, Safari), `X-Purpose` (Safari) and `X-Moz` (Firefox) before it.
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  const { purpose, 'x-purpose': xPurpose, 'x-moz': xMoz, 'sec-purpose': secPurpose } = headers;
  return (
    says(secPurpose, 'prefetch') ||
    says(purpose, 'prefetch') ||
    says(purpose, 'preview') ||
    says(xPurpose, 'prefetch') ||
    says(xPurpose, 'preview') ||
    says(xMoz, 'prefetch')
  );
}

/**
 * Says that a response depends on the request's cookies (RFC 9110, section 12.5.5), beside what it
 * depends on already. `*` says more than any name.
 */
export function varyByCookie(head: ResponseHead): void {
  const names = listOf(head, 'Vary');
  if (names.length === 0) {
    head.setHeader('Vary', 'Cookie');
  } else if (!names.some((name) => name === '*' || name.toLowerCase() === 'cookie')) {
    head.setHeader('Vary', [...names, 'Cookie'].join(', '));
  }
}

/** Looked at from its end, where nearly all other names differ. */
function isTargeted(name: string): boolean {
  const last = name.charAt(name.length - 1);
  if (last !== 'l' && last !== 'L' && last !== 's' && last !== 'S') {
    return false;
  }
  const lowerCase = name.toLowerCase();
  return lowerCase.endsWith(TARGETED) || OLDER_TARGETED.has(lowerCase);
}

/** nginx: "X-Accel-Expires: 0" keeps a response out. */
function letsIn(head: ResponseHead, targeted: string): boolean {
  const directives = listOf(head, targeted);
  return !isKeptOut(directives) && !directives.includes('0');
}

function isKeptOut(directives: readonly string[]): boolean {
  return directives.some((directive) => {
    const lowerCase = directive.toLowerCase();
    return lowerCase === 'private' || lowerCase === 'no-store';
  });
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

/** The elements of a header that is a list; none of one whose quotes are open, as nobody can tell them. */
function listOf(head: ResponseHead, name: string): readonly string[] {
  const values = head.header(name);
  if (values.length === 0) {
    return values;
  }
  const field = values.join(',');
  if (field.replaceAll(QUOTED_STRINGS, '').includes('"')) {
    return [];
  }
  return (field.match(LIST_ELEMENT) ?? [])
    .map((element) => element.replaceAll(WHITE_SPACE_AROUND, ''))
    .filter((element) => element !== '');
}

function says(value: string | string[] | undefined, purpose: string): boolean {
  return value !== undefined && String(value).toLowerCase().includes(purpose);
}
