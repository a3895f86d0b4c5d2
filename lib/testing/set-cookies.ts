import { parseSetCookie } from 'cookie';

/** Where `Set-Cookie` headers are: a fetch response's headers, or supertest's `headers['set-cookie']`. */
export type SetCookieHeaders =
  | {
      /** As the fetch standard has it. */
      getSetCookie(): readonly string[];
    }
  | readonly string[]
  | string
  | undefined;

/** One `Set-Cookie` header, taken apart. */
export interface ReadSetCookie {
  /** The cookie's name. */
  readonly name: string;
  /** As it was sent: signed, and empty where the cookie is deleted. */
  readonly value: string;
  /** What was sent beside the value; what was not sent is absent. */
  readonly attributes: {
    /** The path it is sent to, and all below it. */
    readonly path?: string;
    /** The host it is sent to, with its subdomains. */
    readonly domain?: string;
    /** How long the browser keeps it, in seconds. */
    readonly maxAge?: number;
    /** Until when the browser keeps it; `maxAge` wins. */
    readonly expires?: Date;
    /** Whether it is kept from scripts. */
    readonly httpOnly?: boolean;
    /** Whether it is kept from unencrypted connections. */
    readonly secure?: boolean;
    /** Which requests from other sites it comes along with. */
    readonly sameSite?: string | boolean;
    /** Whether it has a jar of its own under each top-level site. */
    readonly partitioned?: boolean;
    /** Which cookies Chromium drops first. */
    readonly priority?: string;
  };
}

/**
 * Takes the `Set-Cookie` headers of a response apart.
 *
 * @param headers - `response.headers` of fetch, or `response.headers['set-cookie']` of supertest
 * @returns one entry a header, in order
 * @example
 * const [cookie] = readSetCookies(response.headers);
 * expect(cookie?.attributes).toMatchObject({ httpOnly: true, sameSite: 'lax' });
 */
export function readSetCookies(headers: SetCookieHeaders): ReadSetCookie[] {
  return headerList(headers).map((header) => {
    const { name, value = '', ...attributes } = parseSetCookie(header, { decode: (text) => text });
    return { name, value, attributes };
  });
}

function headerList(headers: SetCookieHeaders): readonly string[] {
  if (headers === undefined) {
    return [];
  }
  if (typeof headers === 'string') {
    return [headers];
  }
  return 'getSetCookie' in headers ? headers.getSetCookie() : headers;
}
