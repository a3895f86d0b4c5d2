import { SecureCookieError } from '../errors.js';

/** A fetch response's headers, or supertest's `headers['set-cookie']`. */
export type SetCookieHeaders =
  | {
      /** As in the fetch standard. */
      getSetCookie(): readonly string[];
    }
  | readonly string[]
  | string
  | null
  | undefined;

/** One parsed `Set-Cookie` header. */
export interface ReadSetCookie {
  /** The cookie's name. */
  readonly name: string;
  /** The value as it was sent: signed, or empty if the cookie is deleted. */
  readonly value: string;
  /** Its attributes. One that was not sent, or that browsers would ignore, is absent. */
  readonly attributes: {
    /** The path that the cookie is sent to, with everything below it. */
    readonly path?: string;
    /** The host that the cookie is sent to, with its subdomains. */
    readonly domain?: string;
    /** How long the browser keeps it, in seconds. */
    readonly maxAge?: number;
    /** Until when the browser keeps it; `maxAge` wins. */
    readonly expires?: Date;
    /** Whether it is hidden from scripts. */
    readonly httpOnly?: boolean;
    /** Whether it is kept from unencrypted connections. */
    readonly secure?: boolean;
    /** With which requests from other sites browsers send it. */
    readonly sameSite?: 'strict' | 'lax' | 'none';
    /** Whether browsers keep a separate cookie for each top-level site. */
    readonly partitioned?: boolean;
    /** Which cookies Chromium evicts first. */
    readonly priority?: 'low' | 'medium' | 'high';
  };
}

type Attributes = ReadSetCookie['attributes'];

/**
 * A comma between two headers in one text (RFC 9110, section 5.3). The name and "=" of the next cookie
 * follow it; they do not follow the comma in `Expires=Thu, 06 Sep 2012`.
 */
const JOINT = /,[ \t]*(?=[^\s=;,]+=)/;

/** RFC 6265bis, section 5.6.2. */
const MAX_AGE = /^-?\d+$/;

const SAME_SITES = ['strict', 'lax', 'none'] as const;
const PRIORITIES = ['low', 'medium', 'high'] as const;

/** How to parse each attribute, by its name in lower case. */
const ATTRIBUTES = new Map<string, (value: string) => Attributes>([
  ['path', (path) => ({ path })],
  ['domain', (domain) => ({ domain })],
  ['max-age', (value) => (MAX_AGE.test(value) ? { maxAge: Number(value) } : {})],
  ['expires', readExpires],
  ['httponly', () => ({ httpOnly: true })],
  ['secure', () => ({ secure: true })],
  ['partitioned', () => ({ partitioned: true })],
  ['samesite', readSameSite],
  ['priority', readPriority],
]);

/**
 * Parses the `Set-Cookie` headers of a response.
 *
 * @param headers - `response.headers` of fetch, or `response.headers['set-cookie']` of supertest. A
 * single text may hold several headers, joined by commas as `headers.get('set-cookie')` joins them;
 * each text of a list is one header.
 * @returns one entry for each header, in order; an empty list for `null` and `undefined`
 * @throws `SecureCookieError` with `option` - for anything else
 * @example
 * const [cookie] = readSetCookies(response.headers);
 * expect(cookie?.attributes).toMatchObject({ httpOnly: true, sameSite: 'lax' });
 */
export function readSetCookies(headers: SetCookieHeaders): ReadSetCookie[] {
  return headerList(headers).map(readSetCookie);
}

function headerList(headers: unknown): readonly string[] {
  if (headers === undefined || headers === null) {
    return [];
  }
  if (typeof headers === 'string') {
    return headers === '' ? [] : headers.split(JOINT);
  }
  const list = hasGetSetCookie(headers) ? headers.getSetCookie() : headers;
  if (!Array.isArray(list) || !list.every((header) => typeof header === 'string')) {
    throw new SecureCookieError(
      'option',
      "readSetCookies takes the headers of a fetch response, a string, or a list of strings: response.headers, or response.headers['set-cookie'] of supertest.",
    );
  }
  return list;
}

function hasGetSetCookie(headers: unknown): headers is { getSetCookie(): unknown } {
  return (
    typeof headers === 'object' &&
    headers !== null &&
    'getSetCookie' in headers &&
    typeof headers.getSetCookie === 'function'
  );
}

/** Parses as RFC 6265bis, section 5.6, says: only the first "=" of each part counts. */
function readSetCookie(header: string): ReadSetCookie {
  const [pair = '', ...parts] = header.split(';');
  const equals = pair.indexOf('=');
  const attributes: Attributes = {};
  for (const part of parts) {
    const [name = '', ...value] = part.split('=');
    // If an attribute is repeated, the last one counts.
    Object.assign(attributes, ATTRIBUTES.get(trim(name).toLowerCase())?.(trim(value.join('='))));
  }
  return {
    name: trim(pair.slice(0, Math.max(0, equals))),
    value: trim(pair.slice(equals + 1)),
    attributes,
  };
}

function readExpires(value: string): Attributes {
  const expires = new Date(value);
  return Number.isNaN(expires.getTime()) ? {} : { expires };
}

function readSameSite(value: string): Attributes {
  const sameSite = SAME_SITES.find((one) => one === value.toLowerCase());
  return sameSite === undefined ? {} : { sameSite };
}

function readPriority(value: string): Attributes {
  const priority = PRIORITIES.find((one) => one === value.toLowerCase());
  return priority === undefined ? {} : { priority };
}

/** Trims only spaces and tabs, as RFC 6265bis does. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
