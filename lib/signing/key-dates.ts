import { isValidDate } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { isPlainObject, ownOptions } from '../own-options.js';
import type { PreparedKey } from './prepared-key.js';
import type { SecureCookieSecret } from './secret.js';

/** A secret of a key record with its dates, by the signer's clock. */
export interface SecureCookieDatedSecret {
  /** The secret itself. */
  readonly secret: SecureCookieSecret;
  /**
   * When it begins to sign: of all keys, the one that signs is the one with the latest such date that
   * has come. It reads before that already, so that clocks may disagree. Left out for the oldest key
   * alone.
   *
   * @defaultValue since ever
   */
  readonly signsFrom?: Date | undefined;
  /**
   * When it ends to read: its values are `unknown-key` from then on. At least the longest `maxAge`
   * after the next key has begun to sign, or cookies are refused that have not expired.
   *
   * @defaultValue never
   */
  readonly readsUntil?: Date | undefined;
}

/** In seconds since the epoch; infinite where there is no date. */
interface KeyDates {
  readonly signsFrom: number;
  readonly readsUntil: number;
}

/** A key with its dates. */
export interface DatedKey extends KeyDates {
  readonly key: PreparedKey;
}

function blankEntry() {
  return { secret: undefined, signsFrom: undefined, readsUntil: undefined };
}

/**
 * An entry of a key record, copied.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function keyDates(entry: unknown, version: string): KeyDates & { readonly secret: unknown } {
  if (!isPlainObject(entry)) {
    return { secret: entry, signsFrom: Number.NEGATIVE_INFINITY, readsUntil: Infinity };
  }
  const own = ownOptions<Record<keyof SecureCookieDatedSecret, unknown>>(
    { ...blankEntry(), ...entry },
    blankEntry,
    'option',
  );
  return {
    secret: own.secret,
    signsFrom: seconds(own.signsFrom, 'signsFrom', version) ?? Number.NEGATIVE_INFINITY,
    readsUntil: seconds(own.readsUntil, 'readsUntil', version) ?? Infinity,
  };
}

/** Whether one of the keys has a date from which it signs, so that the dates say which key signs. */
export function areScheduled(keys: readonly KeyDates[]): boolean {
  return keys.some(({ signsFrom }) => signsFrom !== Number.NEGATIVE_INFINITY);
}

/**
 * The keys in the order in which they sign.
 *
 * @throws {@link SecureCookieError} `option` where two would sign at one time, or a key would sign what
 * it does not read
 */
export function schedule(keys: readonly DatedKey[]): readonly DatedKey[] {
  // Not by their difference: of two without a date, that is NaN.
  const inOrder = keys.toSorted((one, other) => (one.signsFrom < other.signsFrom ? -1 : 1));
  for (const [index, { key, signsFrom, readsUntil }] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next?.signsFrom === signsFrom) {
      throw new SecureCookieError(
        'option',
        `The keys of version ${key.version} and ${next.key.version} begin to sign at the same time: give each a "signsFrom" of its own; only the oldest may have none.`,
      );
    }
    assertReads(key.version, readsUntil, next?.signsFrom ?? Infinity);
  }
  return inOrder;
}

/**
 * @param signsUntil - seconds since the epoch
 * @throws {@link SecureCookieError} `option` - for a key that signs longer than it reads
 */
export function assertReads(version: number, readsUntil: number, signsUntil: number): void {
  if (readsUntil < signsUntil) {
    throw new SecureCookieError(
      'option',
      `The key of version ${version} would sign what is refused: its "readsUntil" must come after the "signsFrom" of the key that follows it, and a key that none follows has no such date.`,
    );
  }
}

function seconds(date: unknown, option: string, version: string): number | undefined {
  if (date === undefined) {
    return undefined;
  }
  if (!isValidDate(date)) {
    throw new SecureCookieError(
      'option',
      `"${option}" of key version ${version} must be a valid Date, such as new Date('2027-01-31T00:00:00Z').`,
    );
  }
  return date.getTime() / 1000;
}
