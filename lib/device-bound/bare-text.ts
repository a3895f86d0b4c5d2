/**
 * The text of a header that is a string (RFC 9651, section 3.3.3), with its quotes, or without, as
 * Chromium sends it. What is ours holds nothing that would be escaped.
 *
 * @param header - as it came
 * @param maxLength - in characters
 * @returns `undefined` for what is missing or longer
 */
export function bareText(header: unknown, maxLength: number): string | undefined {
  if (typeof header !== 'string' || header.length > maxLength + 2) {
    return undefined;
  }
  const isQuoted = header.length >= 2 && header.startsWith('"') && header.endsWith('"');
  const text = isQuoted ? header.slice(1, -1) : header;
  return text.length > maxLength ? undefined : text;
}
