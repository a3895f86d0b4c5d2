import { SecureCookieError } from '../errors.js';
import { isPlainObject, ownOptions, type OwnOptions } from '../own-options.js';
import {
  areScheduled,
  assertReads,
  keyDates,
  schedule,
  type DatedKey,
  type SecureCookieDatedSecret,
} from './key-dates.js';
import { PreparedKey } from './prepared-key.js';
import { assertStrong, secretBytes, type SecureCookieSecret } from './secret.js';

/** Secrets by key version, a whole number from 0 to 9,999,999,999. Tornado's `cookie_secret` dict. */
export type SecureCookieKeyRecord = Readonly<Record<number, SecureCookieSecret>>;

/** Secrets by key version, each with the dates of its rotation. */
export type SecureCookieDatedKeyRecord = Readonly<Record<number, SecureCookieDatedSecret>>;

/** One secret, or a record of them, in which a version or dates select the one that signs. */
export type SecureCookieKeys =
  | {
      /**
       * The only secret. It signs as key version 0 and reads v2 values of any key version. Only the type
       * allows `undefined`, so that `process.env.COOKIE_SECRET` needs no cast: it throws `secret-missing`.
       */
      readonly secret: SecureCookieSecret | undefined;
      /**
       * The version that it signs as.
       *
       * @defaultValue 0
       */
      readonly keyVersion?: 0 | undefined;
    }
  | {
      /** Secrets by key version: each reads the values that carry its version. */
      readonly secret: Readonly<Record<number, SecureCookieSecret | SecureCookieDatedSecret>>;
      /** The version of the secret that signs. Tornado's `key_version` setting. */
      readonly keyVersion: number;
    }
  | {
      /** Secrets by key version. The one with the latest `signsFrom` that has come signs. */
      readonly secret: SecureCookieDatedKeyRecord;
      /**
       * `undefined`: the dates select the one that signs.
       *
       * @defaultValue undefined
       */
      readonly keyVersion?: undefined;
    };

/** The keys that sign and read at one time. */
export interface Keys {
  /** Whether the secrets came as a record: then only values of known key versions are read. */
  readonly versioned: boolean;
  /** The key that signs, if there is one. */
  readonly signingKey: PreparedKey | undefined;
  /** The key that reads values of this key version, if there is one. */
  find(version: number): PreparedKey | undefined;
  /** Whether there is a key of this version, even if it no longer reads. */
  knows(version: number): boolean;
  /** Whether one of the keys was derived from this secret (compared after HMAC padding). */
  includes(secret: SecureCookieSecret): boolean;
}

/** Withdrawn keys, which neither sign nor read. */
export const NO_KEYS: Keys = Object.freeze({
  versioned: true,
  signingKey: undefined,
  find: () => undefined,
  knows: () => false,
  includes: () => false,
});

/** Every option of a signer's keys, each `undefined`. */
export function blankKeys(): OwnOptions<SecureCookieKeys> {
  return { secret: undefined, keyVersion: undefined };
}

/**
 * The keys that a caller or a key provider gives, copied once.
 *
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function ownKeys(given: SecureCookieKeys | null | undefined): SecureCookieKeys {
  if (given === undefined || given === null) {
    throw new SecureCookieError(
      'secret-missing',
      `The keys are ${String(given)}: give { secret }, or { secret: { [version]: secret }, keyVersion }.`,
    );
  }
  return ownOptions(given, blankKeys, 'option');
}

/** Ten digits at most: the same bound that the v2 format's key version field has. */
const KEY_VERSION = /^(?:0|[1-9][0-9]{0,9})$/;

/**
 * The secrets of a signer: validated, copied, and selected by key version and date. A ring never
 * changes; to replace keys, a signer swaps the whole ring.
 */
export class KeyRing implements Keys {
  readonly versioned: boolean;
  readonly #clock: () => number;
  readonly #keys = new Map<number, DatedKey>();
  /** The key that signs, unless dates select it. */
  readonly #selected: PreparedKey | undefined;
  /** The keys in the order in which they sign, if dates select. */
  readonly #scheduled: readonly DatedKey[];

  /**
   * @param keys - own properties
   * @param clock - called if keys have dates; seconds since the epoch
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version` or `option`
   */
  constructor(
    { secret, keyVersion }: SecureCookieKeys,
    allowWeakSecrets: boolean,
    clock: () => number,
  ) {
    this.#clock = clock;
    this.versioned = isPlainObject(secret);
    const secrets = isPlainObject(secret) ? Object.entries(secret) : [['0', secret] as const];
    if (secrets.length === 0) {
      throw new SecureCookieError(
        'secret-missing',
        'The key record of the option "secret" is empty.',
      );
    }
    for (const [version, entry] of secrets) {
      this.#add(version, entry, allowWeakSecrets);
    }
    const all = [...this.#keys.values()];
    const isScheduled = areScheduled(all);
    this.#selected = isScheduled ? undefined : this.#select(keyVersion);
    this.#scheduled = isScheduled ? scheduled(all, keyVersion) : [];
    if (this.signingKey === undefined) {
      throw notYet();
    }
  }

  get signingKey(): PreparedKey | undefined {
    return this.#selected ?? this.#scheduledAt(this.#clock());
  }

  find(version: number): PreparedKey | undefined {
    if (!this.versioned) {
      return this.signingKey;
    }
    const found = this.#keys.get(version);
    return found === undefined || found.readsUntil === Infinity || this.#clock() < found.readsUntil
      ? found?.key
      : undefined;
  }

  knows(version: number): boolean {
    return !this.versioned || this.#keys.has(version);
  }

  includes(secret: SecureCookieSecret): boolean {
    const bytes = secretBytes(secret);
    return [...this.#keys.values()].some(({ key }) => key.isMadeOf(bytes));
  }

  #add(version: string, entry: unknown, allowWeakSecrets: boolean): void {
    if (!KEY_VERSION.test(version)) {
      throw new SecureCookieError(
        'key-version',
        // Does not show the key: in a record written the wrong way round, it is the secret.
        'A key of the record "secret" is not a key version: { [version]: secret }, where versions are whole numbers from 0 to 9999999999.',
      );
    }
    const dates = keyDates(entry, version);
    const bytes = secretBytes(
      dates.secret,
      `The option "secret"${this.versioned ? ` of key version ${version}` : ''}`,
    );
    if (!allowWeakSecrets) {
      assertStrong(bytes);
    }
    const { signsFrom, readsUntil } = dates;
    const key = new PreparedKey(Number(version), bytes);
    this.#keys.set(key.version, { key, signsFrom, readsUntil });
  }

  #scheduledAt(now: number): PreparedKey | undefined {
    return this.#scheduled.findLast(({ signsFrom }) => signsFrom <= now)?.key;
  }

  #select(given: unknown): PreparedKey {
    if (this.versioned && given === undefined) {
      throw new SecureCookieError(
        'key-version',
        'The option "keyVersion" is required with a key record: name the version that signs.',
      );
    }
    const keyVersion = given === undefined ? 0 : given;
    const key = typeof keyVersion === 'number' ? this.#keys.get(keyVersion) : undefined;
    if (key !== undefined) {
      assertReads(key.key.version, key.readsUntil, Infinity);
      return key.key;
    }
    throw new SecureCookieError(
      'key-version',
      this.versioned
        ? 'The option "keyVersion" names no key of the record "secret".'
        : 'A single secret always signs as key version 0: leave "keyVersion" out, or give "secret" as a record { [version]: secret }.',
    );
  }
}

function scheduled(keys: readonly DatedKey[], keyVersion: unknown): readonly DatedKey[] {
  if (keyVersion !== undefined) {
    throw new SecureCookieError(
      'option',
      'The options "keyVersion" and "signsFrom" exclude each other: if a key has a "signsFrom", the dates select the key that signs.',
    );
  }
  return schedule(keys);
}

/** The error if no key signs yet. */
export function notYet(): SecureCookieError {
  return new SecureCookieError(
    'option',
    'No key signs yet: every "signsFrom" is in the future, by the clock of the signer. Leave it out for the oldest key.',
  );
}
