/** A session that a server gave a cookie to. Times are milliseconds of the driver's clock. */
export interface IssuedSession {
  readonly user: string;
  readonly device: string;
  readonly answeredAt: number;
  /** Of its first issue, as its first cookie says, in seconds since the epoch. */
  readonly date: number;
}

/** Something that a server revoked, or is about to. */
export interface Revocation {
  readonly server: number;
  readonly sentAt: number;
  /** Infinite while there is no answer. */
  answeredAt: number;
  /** The date of its mark, in seconds since the epoch; infinite while there is no answer. */
  at: number;
}

/** A cookie that was shown to a server, and what that made of it. */
export interface Visit {
  readonly session: IssuedSession;
  readonly server: number;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** `valid`, or the reason why not. */
  readonly verdict: string;
}

/** What a cookie has to be; while a revocation is on its way, it may be both. */
export type Expected = 'valid' | 'revoked' | 'either';

/**
 * @param revocations - those of its keys
 * @param bound - how long a revocation may be on its way to another server, in milliseconds
 */
export function expected(
  visit: Visit,
  revocations: readonly Revocation[],
  bound: number,
): Expected {
  const applying = revocations.filter(
    ({ at, sentAt }) => at >= visit.session.date && sentAt <= visit.answeredAt,
  );
  if (applying.length === 0) {
    return 'valid';
  }
  const isEverywhere = applying.some(
    ({ server, answeredAt }) => visit.sentAt > answeredAt + (server === visit.server ? 0 : bound),
  );
  return isEverywhere ? 'revoked' : 'either';
}

/** Whether a server said what it had to. */
export function isRight(verdict: string, what: Expected): boolean {
  return what === 'either' ? verdict === 'valid' || verdict === 'revoked' : verdict === what;
}

/**
 * How long after a revocation its cookie was accepted, in milliseconds; 0 where it was not.
 *
 * @param revocations - those of its keys
 */
export function lateness(visit: Visit, revocations: readonly Revocation[]): number {
  return visit.verdict === 'valid'
    ? Math.max(
        0,
        ...revocations
          .filter(({ at }) => at >= visit.session.date)
          .map(({ answeredAt }) => visit.sentAt - answeredAt),
      )
    : 0;
}

/** Milliseconds: dates are whole seconds, and a cookie may be dated one ahead. */
const SECOND = 1000;

/**
 * Whether a revocation that came later does not reach a session, by its date. Within a second that may
 * be: a server that has not heard of an earlier revocation does not know of cookies dated behind it.
 */
export function isMissed({ answeredAt, date }: IssuedSession, { sentAt, at }: Revocation): boolean {
  return answeredAt < sentAt - SECOND && date > at;
}
