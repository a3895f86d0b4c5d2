/**
 * The text of a header that is a string (RFC 9651, section 3.3.3), with quotes, or without them, as
 * Chromium sends it. This library's texts hold no characters that would be escaped.
 *
 * @param header - the header as it came
 * @param maxLength - in characters
 * @returns the text, or `undefined` if it is missing or longer
 */
export function bareText(header: unknown, maxLength: number): string | undefined {
  if (typeof header !== 'string' || header.length > maxLength + 2) {
    return undefined;
  }
  const isQuoted = header.length >= 2 && header.startsWith('"') && header.endsWith('"');
  const text = isQuoted ? header.slice(1, -1) : header;
  return text.length > maxLength ? undefined : text;
}
