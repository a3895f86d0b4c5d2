import { memberOf } from '../own-member.js';
import { digestOf } from '../signing/digest.js';
import { beginHint, finishHint } from './key-hint.js';

/** One revocation, as it is stored and shared: a date for a key. It names nobody. */
export interface SecureCookieRevocationMark {
  /**
   * What was revoked: the first 128 bits of a SHA-256, as 32 lower-case hexadecimal digits. The hash is
   * of the cookie's name, `=` and the key, or, for all cookies of that name, of the name and `=`:
   *
   *     printf '__Host-session=user:42' | sha256sum | cut -c 1-32
   */
  readonly key: string;
  /** Cookies first issued up to and including this second are refused; seconds since the epoch. */
  readonly at: number;
  /** When no such cookie can still be valid, and the mark may be forgotten; seconds since the epoch. */
  readonly until: number;
  /**
   * A short hash of the text that `key` is a hash of, with which look-ups skip keys without a mark: the
   * low 31 bits of a 32-bit FNV-1a over the UTF-16 code units. It reveals nothing that `key` does not:
   * either can confirm a guess. A mark without it counts as well, but makes every look-up slower while
   * it is held. A mark with a wrong hint may be missed.
   *
   * @defaultValue none
   */
  readonly hint?: number | null | undefined;
}

/** Dates are kept in 32 bits, which last until 2106. */
export const END_OF_MARKS = 0xffff_ffff;

const END_OF_HINTS = 0x7fff_ffff;

const MARK_KEY = /^[0-9a-f]{32}$/;

/** A mark's hashes of a cookie's name and a key. No name contains `=`, so no two pairs give one text. */
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

/** The key that stands for all cookies of a name: keys of values are never empty. */
export const EVERY_KEY = '';

/** Whether a store returned a {@link SecureCookieRevocationMark}; anyone may have written it. */
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

/** Whether a mark's hint is valid. If not, the mark counts as one without a hint. */
export function isHint(hint: unknown): hint is number {
  return isWhole(hint, END_OF_HINTS);
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}
