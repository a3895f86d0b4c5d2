import { SecureCookieError } from '../errors.js';
import { KeyRing, NO_KEYS, notYet, type Keys, type SecureCookieKeys } from './key-ring.js';
import type { PreparedKey } from './prepared-key.js';
import { fingerprint, secretBytes, type SecureCookieSecret } from './secret.js';

/** Knows how old keys from a provider are. */
export interface KeyFreshness {
  /** Whether they are too old to be used. */
  isStale(): boolean;
  /** Brings the next load forward, because a value has come whose key is not among them. */
  hasten(): void;
}

/** The keys that a signer uses now, and the secrets that they must not be made from. */
export class CurrentKeys {
  readonly #allowWeakSecrets: boolean;
  readonly #clock: () => number;
  /**
   * Secrets of formats that definitions accept, by fingerprint: none may become a key. There are few of
   * them, however many definitions name them.
   */
  readonly #foreignSecrets = new Map<string, SecureCookieSecret>();
  /** Lists of secrets that were checked before. */
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

  /** The keys that read now; there are none if they were withdrawn or are too old. */
  get reading(): Keys {
    return this.#freshness?.isStale() === true ? NO_KEYS : this.#keys;
  }

  /**
   * The key that signs now.
   *
   * @throws {@link SecureCookieError} `keys-stale`, or `option` if none signs yet
   */
  get signing(): PreparedKey {
    const keys = this.reading;
    const { signingKey } = keys;
    if (signingKey !== undefined) {
      return signingKey;
    }
    throw keys === NO_KEYS ? withdrawn() : notYet();
  }

  /** Reports a value whose key does not read. If the key is unknown, a load may bring it. */
  miss(version: number): void {
    if (!this.#keys.knows(version)) {
      this.#freshness?.hasten();
    }
  }

  /** From now on, asks `freshness` whether the keys are too old. */
  keepFresh(freshness: KeyFreshness): void {
    this.#freshness = freshness;
  }

  /**
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version`, `option` or
   * `secret-reused`; then the old keys stay
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
   * From now on, refuses keys made from these secrets.
   *
   * @throws {@link SecureCookieError} `secret-reused`
   */
  refuse(secrets: readonly SecureCookieSecret[]): void {
    if (!this.#refused.has(secrets)) {
      assertForeign(this.#keys, secrets);
      for (const secret of secrets) {
        this.#foreignSecrets.set(fingerprint(secret), secretBytes(secret));
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
