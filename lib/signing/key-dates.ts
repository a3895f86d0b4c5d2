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
   * When it begins to sign. The key with the latest such date that has come signs. A key reads even
   * before its date, because clocks may disagree. Only the oldest key may leave it out.
   *
   * @defaultValue none: it signs from the beginning
   */
  readonly signsFrom?: Date | undefined;
  /**
   * When it stops reading: from then on, its values are `unknown-key`. This must be at least the longest
   * `maxAge` after the next key begins to sign; otherwise cookies are refused before they expire.
   *
   * @defaultValue never
   */
  readonly readsUntil?: Date | undefined;
}

/** Seconds since the epoch; infinite if there is no date. */
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

/** Whether one of the keys has a `signsFrom`, so that the dates select the key that signs. */
export function areScheduled(keys: readonly KeyDates[]): boolean {
  return keys.some(({ signsFrom }) => signsFrom !== Number.NEGATIVE_INFINITY);
}

/**
 * The keys in the order in which they sign.
 *
 * @throws {@link SecureCookieError} `option` if two would sign at the same time, or a key would sign
 * values that it does not read
 */
export function schedule(keys: readonly DatedKey[]): readonly DatedKey[] {
  // Not by their difference, which is NaN for two keys without a date.
  const inOrder = keys.toSorted((one, other) => (one.signsFrom < other.signsFrom ? -1 : 1));
  for (const [index, { key, signsFrom, readsUntil }] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next?.signsFrom === signsFrom) {
      throw new SecureCookieError(
        'option',
        `The keys of version ${key.version} and ${next.key.version} begin to sign at the same time: give each its own "signsFrom"; only the oldest may leave it out.`,
      );
    }
    assertReads(key.version, readsUntil, next?.signsFrom ?? Infinity);
  }
  return inOrder;
}

/**
 * @param signsUntil - seconds since the epoch
 * @throws {@link SecureCookieError} `option` - if the key signs longer than it reads
 */
export function assertReads(version: number, readsUntil: number, signsUntil: number): void {
  if (readsUntil < signsUntil) {
    throw new SecureCookieError(
      'option',
      `The key of version ${version} would sign values that are refused: its "readsUntil" must come after the "signsFrom" of the next key, and the last key must have no "readsUntil".`,
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
