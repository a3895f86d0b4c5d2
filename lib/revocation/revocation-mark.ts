import { memberOf } from '../own-member.js';
import { digestOf } from '../signing/digest.js';
import { beginHint, finishHint } from './key-hint.js';

/** One revocation, as it is kept and spread: a date for a key. It names nobody. */
export interface SecureCookieRevocationMark {
  /**
   * What was revoked: the first 128 bits of a SHA-256, as 32 lower-case hexadecimal digits. Hashed is
   * the cookie's name, `=`, and the key; and for all cookies of that name, the name and `=` alone:
   *
   *     printf '__Host-session=user:42' | sha256sum | cut -c 1-32
   */
  readonly key: string;
  /** Cookies first issued until then, that second included, are refused; seconds since the epoch. */
  readonly at: number;
  /** When no such cookie can be valid any more, and the mark may be forgotten; seconds since the epoch. */
  readonly until: number;
  /**
   * A short hash of the text that `key` is a hash of, by which a look-up passes over keys without a
   * mark: FNV-1a of 32 bits over its UTF-16 code units, of which the low 31 bits. It tells nothing that
   * `key` does not tell: both serve to try a guess. A mark counts without it as well, but while there is
   * such a mark, each look-up takes a microsecond longer. With a wrong hint, it may go unseen.
   *
   * @defaultValue none
   */
  readonly hint?: number | null | undefined;
}

/** Dates are kept as 32 bits: until 2106. */
export const END_OF_MARKS = 0xffff_ffff;

const END_OF_HINTS = 0x7fff_ffff;

const MARK_KEY = /^[0-9a-f]{32}$/;

/** What a mark has of a cookie's name and a key. No name contains `=`: no two pairs make one text. */
export function hashesOf(
  name: string,
  key: string,
): { readonly key: string; readonly hint: number } {
  return { key: markKey(name, key), hint: finishHint(beginHint(name), key) };
}

/** The key of a mark. */
export function markKey(name: string, key: string): string {
  return digestOf(`${name}=${key}`);
}

/** The key of a mark for all cookies of a name: keys of values are never empty. */
export const EVERY_KEY = '';

/** Whether a store gave what {@link SecureCookieRevocationMark} says; anyone may have written it. */
export function isRevocationMark(mark: unknown): mark is SecureCookieRevocationMark {
  const [key, at, until] = [memberOf(mark, 'key'), memberOf(mark, 'at'), memberOf(mark, 'until')];
  return (
    typeof key === 'string' &&
    MARK_KEY.test(key) &&
    isWhole(at, END_OF_MARKS) &&
    isWhole(until, END_OF_MARKS) &&
    at < until
  );
}

/** Whether a mark's hint is one. Where it is not, the mark counts as one without. */
export function isHint(hint: unknown): hint is number {
  return isWhole(hint, END_OF_HINTS);
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}
