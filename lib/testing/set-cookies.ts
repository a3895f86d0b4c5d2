import { parseSetCookie } from 'cookie';

/** Where `Set-Cookie` headers are: a fetch response's headers, or supertest's `headers['set-cookie']`. */
export type SetCookieHeaders =
  { getSetCookie(): readonly string[] } | readonly string[] | string | undefined;

/** One `Set-Cookie` header, taken apart. */
export interface ReadSetCookie {
  readonly name: string;
  /** As it was sent: signed, and empty where the cookie is deleted. */
  readonly value: string;
  readonly attributes: {
    readonly path?: string;
    readonly domain?: string;
    /** Seconds. */
    readonly maxAge?: number;
    readonly expires?: Date;
    readonly httpOnly?: boolean;
    readonly secure?: boolean;
    readonly sameSite?: string | boolean;
    readonly partitioned?: boolean;
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
