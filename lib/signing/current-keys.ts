import { SecureCookieError } from '../errors.js';
import { KeyRing, NO_KEYS, notYet, type Keys, type SecureCookieKeys } from './key-ring.js';
import type { PreparedKey } from './prepared-key.js';
import { fingerprint, secretBytes, type SecureCookieSecret } from './secret.js';

/** Tells how old keys are that come from elsewhere. */
export interface KeyFreshness {
  /** Whether they may no longer be used. */
  isStale(): boolean;
  /** Has them loaded earlier: a value has come whose key is not among them. */
  hasten(): void;
}

/** The keys that a signer uses now, and the secrets that none of them may be made of. */
export class CurrentKeys {
  readonly #allowWeakSecrets: boolean;
  readonly #clock: () => number;
  /**
   * Of formats that definitions accept, by fingerprint: none may become a key here. They are few,
   * however many definitions name them.
   */
  readonly #foreignSecrets = new Map<string, SecureCookieSecret>();
  /** Lists that were looked at before. */
  readonly #refused = new WeakSet<readonly SecureCookieSecret[]>();
  #keys: Keys;
  #freshness: KeyFreshness | undefined;

  /**
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version` or `option`
   */
  constructor(keys: SecureCookieKeys, allowWeakSecrets: boolean, clock: () => number) {
    this.#allowWeakSecrets = allowWeakSecrets;
    this.#clock = clock;
    this.#keys = new KeyRing(keys, allowWeakSecrets, clock);
  }

  /** Those that read now: none, where they were withdrawn or are too old. */
  get reading(): Keys {
    return this.#freshness?.isStale() === true ? NO_KEYS : this.#keys;
  }

  /**
   * The key that signs now.
   *
   * @throws {@link SecureCookieError} `keys-stale`, or `option` where none signs yet
   */
  get signing(): PreparedKey {
    const keys = this.reading;
    const { signingKey } = keys;
    if (signingKey !== undefined) {
      return signingKey;
    }
    throw keys === NO_KEYS ? withdrawn() : notYet();
  }

  /** Says that a value has come whose key does not read: a load may bring it, if it is not known. */
  miss(version: number): void {
    if (!this.#keys.knows(version)) {
      this.#freshness?.hasten();
    }
  }

  /** From now on, `freshness` says whether they are too old. */
  keepFresh(freshness: KeyFreshness): void {
    this.#freshness = freshness;
  }

  /**
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version` or `option`, or `secret-reused`; then the old ones stay
   */
  replace(keys: SecureCookieKeys): void {
    const ring = new KeyRing(keys, this.#allowWeakSecrets, this.#clock);
    assertForeign(ring, [...this.#foreignSecrets.values()]);
    this.#keys = ring;
  }

  withdraw(): void {
    this.#keys = NO_KEYS;
  }

  /**
   * Refuses, from now on, keys made of these secrets.
   *
   * @throws {@link SecureCookieError} `secret-reused`
   */
  refuse(secrets: readonly SecureCookieSecret[]): void {
    if (!this.#refused.has(secrets)) {
      assertForeign(this.#keys, secrets);
      for (const secret of secrets) {
        this.#foreignSecrets.set(fingerprint(secret), secretBytes(secret, ''));
      }
      this.#refused.add(secrets);
    }
  }
}

function withdrawn(): SecureCookieError {
  return new SecureCookieError(
    'keys-stale',
    'The keys were withdrawn, so nothing can be signed: the key provider has not answered for longer than "maxStale", or withdrawKeys was called. Call replaceKeys.',
  );
}

function assertForeign(keys: Keys, secrets: readonly SecureCookieSecret[]): void {
  if (secrets.some((secret) => keys.includes(secret))) {
    throw new SecureCookieError(
      'secret-reused',
      'A secret of "accepts" is also a secret of the signer: with it, an old cookie can be turned into a forged new one. Give the signer a new secret, and leave the old one to "accepts".',
    );
  }
}
