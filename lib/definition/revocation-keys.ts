import { isLate } from '../any-realm.js';

/** The most keys that one value can have. */
const MAX_KEYS = 8;

/** Characters. */
const MAX_KEY_LENGTH = 256;

/** Returns the keys of a value of any type. */
export type RevocableBy = (value: never) => readonly string[];

/** Whether a value is a key that cookies can be revoked by: well-formed text of 1 to 256 characters. */
export function isRevocationKey(key: unknown): key is string {
  return (
    typeof key === 'string' && key.length > 0 && key.length <= MAX_KEY_LENGTH && key.isWellFormed()
  );
}

/**
 * The keys of a value, or `undefined` if the function does not return 0 to 8 of them, or throws: it
 * also gets values of older releases, and no request may fail for that.
 */
export function revocationKeys(
  revocableBy: RevocableBy,
  value: unknown,
): readonly string[] | undefined {
  try {
    const keys: unknown = Reflect.apply(revocableBy, undefined, [value]);
    return !isLate(keys) && isKeys(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}

function isKeys(keys: unknown): keys is readonly string[] {
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) {
    return false;
  }
  // Not with `every`, which skips holes.
  for (const key of keys) {
    if (!isRevocationKey(key)) {
      return false;
    }
  }
  return true;
}
