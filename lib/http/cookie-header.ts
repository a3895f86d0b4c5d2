/**
 * Reads the `Cookie` request header (RFC 6265, section 5.4), from the raw header and not from
 * `req.cookies`: parsers that an app may run differ in what they decode and which duplicate they
 * keep.
 *
 * - pairs are separated by `;` and by nothing else, quotes included: a quoted value can not swallow
 *   the pairs after it (the cookie sandwich)
 * - name and value are split at the first `=`; a pair without one has no name and is skipped
 * - only space and tab are trimmed: U+00A0 is part of a name, or a cookie that is not subject to the
 *   rules of `__Host-` could be read as one that is
 * - names are never decoded, for the same reason
 * - one pair of double quotes around a value is removed: Python quotes signed values
 * - a value is percent-decoded only if it holds no `|`: then an Express or Nest encoder wrote it;
 *   where an escape is broken, the value stays as it is
 */

const TAB = 0x09;
const SPACE = 0x20;

/**
 * The values of all cookies of one name, in order of appearance.
 *
 * One pass over the header, in linear time whatever it holds; only the values of that name are
 * copied.
 *
 * @param header - the `Cookie` header as it came, or `undefined`
 * @param name - the cookie's name, compared exactly
 * @param limit - how many values are taken at most
 * @returns the values; empty where there is none
 */
export function findCookieValues(
  header: string | undefined,
  name: string,
  limit: number,
): readonly string[] {
  const values: string[] = [];
  if (header === undefined) {
    return values;
  }
  let equals = -1;
  for (let start = 0; start < header.length && values.length < limit;) {
    const semicolon = header.indexOf(';', start);
    const end = semicolon === -1 ? header.length : semicolon;
    if (equals < start) {
      // Looked up again only behind the last one, or pairs without "=" would cost quadratic time.
      equals = header.indexOf('=', start);
      if (equals === -1) {
        break;
      }
    }
    if (equals < end && isTrimmed(header, start, equals, name)) {
      values.push(cookieValue(header, equals + 1, end));
    }
    start = end + 1;
  }
  return values;
}

/**
 * The `Cookie` header from headers as they came, name after value: what others have added to the
 * parsed ones is not there. Several are joined as Node joins them.
 */
export function joinRawCookies(rawHeaders: readonly string[]): string | undefined {
  const headers = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'cookie',
  );
  return headers.length === 0 ? undefined : headers.join('; ');
}

/** Whether a part of a text, without the white space around it, is this name. */
function isTrimmed(text: string, start: number, end: number, name: string): boolean {
  const first = skipWhitespace(text, start, end);
  return (
    text.startsWith(name, first) &&
    first + name.length <= end &&
    skipWhitespace(text, first + name.length, end) === end
  );
}

function cookieValue(header: string, start: number, end: number): string {
  const first = skipWhitespace(header, start, end);
  let last = end;
  while (last > first && isWhitespace(header.charCodeAt(last - 1))) {
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

function skipWhitespace(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && isWhitespace(text.charCodeAt(position))) {
    position += 1;
  }
  return position;
}

function isWhitespace(character: number): boolean {
  return character === SPACE || character === TAB;
}
