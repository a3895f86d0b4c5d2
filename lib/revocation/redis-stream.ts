import { memberOf } from '../own-member.js';
import type { SecureCookieRevocationMark } from './revocation-mark.js';

/** One entry of the stream. */
export interface StreamEntry {
  /** Milliseconds of the server's clock, and a number. */
  readonly id: string;
  /** Its content, to distinguish it from another entry with the same id. */
  readonly text: string;
  /** Its mark, unchecked: anyone may have written it. */
  readonly mark: SecureCookieRevocationMark;
}

const ENTRY_ID = /^\d{1,20}-\d{1,20}$/;

const WHOLE_NUMBER = /^\d{1,10}$/;

/**
 * The entries in a reply to XRANGE. Clients return them as Redis does, an id and a list that alternates
 * fields and values, or as pairs, or as an object for each:
 *
 *     [['1526919030474-55', ['key', '...', 'at', '...']]]          ioredis, node-redis
 *     [{ key: '1526919030474-55', value: [['key', '...'], ...] }]  valkey-glide
 *
 * @throws Error - if it is not such a reply
 */
export function parseStream(reply: unknown): readonly StreamEntry[] {
  if (!Array.isArray(reply)) {
    throw new Error('The reply to XRANGE is not a list of entries: "send" must resolve to it.');
  }
  return reply.map(parseEntry);
}

/** Whether a reply is the id of an entry, as XADD returns it. */
export function isEntryId(reply: unknown): boolean {
  return ENTRY_ID.test(String(reply));
}

function parseEntry(entry: unknown): StreamEntry {
  const [id, fields] = Array.isArray(entry) ? entry : keyAndValue(entry);
  const words = Array.isArray(fields) ? fields.flat().map(String) : [];
  if (!ENTRY_ID.test(String(id))) {
    throw new Error('The reply to XRANGE has an entry without an id.');
  }
  const hint = valueOf(words, 'hint');
  const mark = {
    key: valueOf(words, 'key'),
    at: wholeNumber(valueOf(words, 'at')),
    until: wholeNumber(valueOf(words, 'until')),
    ...(hint === '' ? {} : { hint: wholeNumber(hint) }),
  };
  return { id: String(id), text: words.join(' '), mark };
}

function keyAndValue(entry: unknown): readonly unknown[] {
  return [memberOf(entry, 'key'), memberOf(entry, 'value')];
}

function valueOf(words: readonly string[], field: string): string {
  const index = words.findIndex((word, position) => position % 2 === 0 && word === field);
  return index === -1 ? '' : (words[index + 1] ?? '');
}

/** NaN for bad digits: no valid mark has that. */
function wholeNumber(digits: string): number {
  return WHOLE_NUMBER.test(digits) ? Number(digits) : Number.NaN;
}
