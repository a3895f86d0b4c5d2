import { MAX_AGE, type Answer, type CookieKind } from './cookies.js';
import type { Key } from './turning-keys.js';

/** A cookie that one of the servers set. */
export interface IssuedCookie {
  readonly kind: CookieKind;
  readonly signed: string;
  readonly value: string;
  readonly key: Key;
  /** As it says, in seconds since the epoch. */
  readonly issuedAt: number;
}

/** A cookie that was shown to a server. Milliseconds of the driver's clock. */
export interface Visit {
  readonly cookie: IssuedCookie;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** How far the server's clock is ahead, in seconds. */
  readonly clockOffset: number;
  readonly answer: Answer;
}

/** What a cookie has to be, where the time between question and answer leaves no doubt. */
type Expected = 'valid' | 'expired' | 'unknown-key' | 'either';

/**
 * By the policy of the app: inside its window a cookie is valid, whatever stage the keys are at.
 * Behind it, it is expired, until its key is gone.
 */
export function expectedStrictly({ cookie, sentAt, answeredAt, clockOffset }: Visit): Expected {
  const end = cookie.issuedAt + MAX_AGE;
  if (answeredAt / 1000 + clockOffset <= end) {
    return 'valid';
  }
  if (sentAt >= cookie.key.goneAt) {
    return 'unknown-key';
  }
  return sentAt / 1000 + clockOffset > end && answeredAt <= cookie.key.retiredAt
    ? 'expired'
    : 'either';
}

/** Without an age: a cookie is valid until its key is retired, and never once that is gone. */
export function expectedLeniently({ cookie, sentAt, answeredAt }: Visit): Expected {
  if (answeredAt <= cookie.key.retiredAt) {
    return 'valid';
  }
  return sentAt >= cookie.key.goneAt ? 'unknown-key' : 'either';
}

/** Whether a server said what it had to. Where there is doubt, both sides of it are right. */
export function isRight(
  { value, reason }: Answer['strict'],
  expected: Expected,
  cookie: IssuedCookie,
): boolean {
  if (expected === 'expired' || expected === 'unknown-key') {
    return reason === expected;
  }
  const either = expected === 'either' && (reason === 'expired' || reason === 'unknown-key');
  return value === cookie.value || either;
}
