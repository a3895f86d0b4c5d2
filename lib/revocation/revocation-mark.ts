import { memberOf } from '../own-member.js';
import { digestOf } from '../signing/digest.js';

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
}

/** Dates are kept as 32 bits: until 2106. */
export const END_OF_MARKS = 0xffff_ffff;

const MARK_KEY = /^[0-9a-f]{32}$/;

/** The key of a mark. No cookie's name contains `=`, so no two pairs make one text. */
export function markKey(name: string, key: string): string {
  return digestOf(`${name}=${key}`);
}

/** The key of a mark for all cookies of a name: keys of values are never empty. */
export const EVERY_KEY = '';

/** Whether a store gave what {@link SecureCookieRevocationMark} says; anyone may have written it. */
export function isRevocationMark(mark: unknown): mark is SecureCookieRevocationMark {
  const [key, at, until] = [memberOf(mark, 'key'), memberOf(mark, 'at'), memberOf(mark, 'until')];
  return typeof key === 'string' && MARK_KEY.test(key) && isDate(at) && isDate(until) && at < until;
}

function isDate(seconds: unknown): seconds is number {
  return (
    typeof seconds === 'number' &&
    Number.isInteger(seconds) &&
    seconds >= 0 &&
    seconds <= END_OF_MARKS
  );
}
