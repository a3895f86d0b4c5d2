import { appended } from '../appended.js';

/**
 * Reads the `Cookie` request header (RFC 6265, section 5.4). It reads the raw header, not
 * `req.cookies`: the parsers that apps use differ in what they decode and which duplicate they keep.
 *
 * - only `;` separates pairs, even between quotes: a quoted value cannot swallow the pairs after it
 *   (the cookie sandwich)
 * - name and value are split at the first `=`; a pair without one has no name and is skipped
 * - only spaces and tabs are trimmed, and U+00A0 is part of a name: otherwise a cookie that escaped
 *   the rules of `__Host-` could be read under such a name
 * - names are never decoded, for the same reason
 * - one pair of double quotes around a value is removed: Python quotes signed values
 * - a value is percent-decoded only if it holds no `|`, because then Express or Nest encoded it; a
 *   value with a broken escape stays as it is
 */

const TAB = 0x09;
const SPACE = 0x20;

/**
 * The values of all cookies of one name, in order of appearance.
 *
 * One pass over the header, in linear time for any header; only the values of that name are copied.
 *
 * @param header - the raw `Cookie` header, or `undefined`
 * @param name - the cookie's name, compared exactly
 * @param limit - the most values to return
 * @returns the values; an empty list if there is no such cookie
 */
export function findCookieValues(
  header: string | undefined,
  name: string,
  limit: number,
): readonly string[] {
  let values: readonly string[] = [];
  if (header === undefined) {
    return values;
  }
  let start = 0;
  let equals = header.indexOf('=');
  while (equals !== -1 && values.length < limit) {
    const semicolon = header.indexOf(';', start);
    const end = semicolon === -1 ? header.length : semicolon;
    // Searched again only past the last one: otherwise pairs without "=" would take quadratic time.
    if (equals < end) {
      if (isTrimmed(header, start, equals, name)) {
        values = appended(values, cookieValue(header, equals + 1, end));
      }
      equals = header.indexOf('=', end);
    }
    start = end + 1;
  }
  return values;
}

/**
 * The `Cookie` header from raw headers, a list that alternates names and values. Unlike the parsed
 * headers, it holds nothing that other code has added. Several headers are joined as Node joins them.
 */
export function joinRawCookies(rawHeaders: readonly string[]): string | undefined {
  const headers = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'cookie',
  );
  return headers.length === 0 ? undefined : headers.join('; ');
}

/** Whether a part of a text is this name, apart from white space around it. */
function isTrimmed(text: string, start: number, end: number, name: string): boolean {
  const first = skipWhitespace(text, start);
  return text.startsWith(name, first) && skipWhitespace(text, first + name.length) === end;
}

/** The value between an "=" and a ";" or the end, none of which is white space. */
function cookieValue(header: string, start: number, end: number): string {
  const first = skipWhitespace(header, start);
  let last = end;
  while (isWhitespace(header.charCodeAt(last - 1))) {
    last -= 1;
  }
  const quoted = last - first >= 2 && header[first] === '"' && header[last - 1] === '"';
  return percentDecode(quoted ? header.slice(first + 1, last - 1) : header.slice(first, last));
}

function percentDecode(value: string): string {
  if (value.includes('|') || !value.includes('%')) {
    return value;
  }
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function skipWhitespace(text: string, start: number): number {
  let position = start;
  while (isWhitespace(text.charCodeAt(position))) {
    position += 1;
  }
  return position;
}

function isWhitespace(character: number): boolean {
  return character === SPACE || character === TAB;
}
