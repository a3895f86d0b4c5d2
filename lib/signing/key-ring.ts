import { SecureCookieError } from '../errors.js';
import { isPlainObject, ownOptions, type OwnOptions } from '../own-options.js';
import { PreparedKey } from './prepared-key.js';
import { assertStrong, secretBytes, type SecureCookieSecret } from './secret.js';

/** Secrets by key version, a whole number from 0 to 9,999,999,999. Tornado's `cookie_secret` dict. */
export type SecureCookieKeyRecord = Readonly<Record<number, SecureCookieSecret>>;

/** One secret, or a record of them and the version that signs. */
export type SecureCookieKeys =
  | {
      /** The one secret. It signs as key version 0 and reads v2 values of any key version. */
      readonly secret: SecureCookieSecret;
      /**
       * The version it signs as.
       *
       * @defaultValue 0
       */
      readonly keyVersion?: 0 | undefined;
    }
  | {
      /** Secrets by key version: each reads the values that carry its version. */
      readonly secret: SecureCookieKeyRecord;
      /** The version of the secret that signs. Tornado's `key_version` setting. */
      readonly keyVersion: number;
    };

/** What signs and reads at one time. */
export interface Keys {
  /** Whether the secrets came as a record, so that a key version must be known to be read. */
  readonly versioned: boolean;
  /** The key that signs, if there is one. */
  readonly signingKey: PreparedKey | undefined;
  /** The key that reads values of this key version, if there is one. */
  find(version: number): PreparedKey | undefined;
  /** Whether one of the keys was derived from this secret (compared after HMAC padding). */
  includes(secret: SecureCookieSecret): boolean;
}

/** Keys that were withdrawn: none signs, none reads. */
export const NO_KEYS: Keys = Object.freeze({
  versioned: true,
  signingKey: undefined,
  find: () => undefined,
  includes: () => false,
});

/** Every part of a signer's keys, not given. */
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
 * The secrets of a signer: validated, copied, and selected by key version. A ring never changes; a
 * signer that turns its keys swaps the whole ring.
 */
export class KeyRing implements Keys {
  readonly versioned: boolean;
  readonly signingKey: PreparedKey;
  readonly #keys = new Map<number, PreparedKey>();

  /**
   * @param keys - of own properties
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version` or `option`
   */
  constructor({ secret, keyVersion }: SecureCookieKeys, allowWeakSecrets: boolean) {
    this.versioned = isPlainObject(secret);
    const secrets = isPlainObject(secret) ? Object.entries(secret) : [['0', secret] as const];
    if (secrets.length === 0) {
      throw new SecureCookieError(
        'secret-missing',
        'The key record of the option "secret" is empty.',
      );
    }
    for (const [version, value] of secrets) {
      this.#add(version, value, allowWeakSecrets);
    }
    this.signingKey = this.#select(keyVersion);
  }

  find(version: number): PreparedKey | undefined {
    return this.versioned ? this.#keys.get(version) : this.signingKey;
  }

  includes(secret: SecureCookieSecret): boolean {
    const bytes = secretBytes(secret, '');
    return [...this.#keys.values()].some((key) => key.isMadeOf(bytes));
  }

  #add(version: string, secret: unknown, allowWeakSecrets: boolean): void {
    if (!KEY_VERSION.test(version)) {
      throw new SecureCookieError(
        'key-version',
        // It is not shown: in a record written the wrong way round, it is the secret.
        'A key of the record "secret" is not a key version: { [version]: secret }, where versions are whole numbers from 0 to 9999999999.',
      );
    }
    const bytes = secretBytes(secret, this.versioned ? ` of key version ${version}` : '');
    if (!allowWeakSecrets) {
      assertStrong(bytes);
    }
    this.#keys.set(Number(version), new PreparedKey(Number(version), bytes));
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
      return key;
    }
    throw new SecureCookieError(
      'key-version',
      this.versioned
        ? 'The option "keyVersion" names no key of the record "secret".'
        : 'A single secret always signs as key version 0: leave "keyVersion" out, or give "secret" as a record { [version]: secret }.',
    );
  }
}
