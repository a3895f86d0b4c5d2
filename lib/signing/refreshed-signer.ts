import { randomBytes } from 'node:crypto';
import { describeError, SecureCookieError } from '../errors.js';
import { Refresher } from '../refresher.js';
import type { SecureCookieKeyProvider } from './key-provider.js';
import type { SecureCookieKeys } from './key-ring.js';
import { resolvePolicy, type SecureCookiePolicy } from './policy.js';
import { keepFresh, SecureCookieSigner } from './secure-cookie-signer.js';

/** Gets reports of failed loads. Nest's `Logger` is one. */
export interface KeyLogger {
  error(message: string): void;
}

/** Seconds. */
const LOAD_TIMEOUT = 10;

/** A signer with keys from a provider. It has none before {@link RefreshedSigner.start}. */
export class RefreshedSigner {
  readonly signer: SecureCookieSigner;
  readonly #refresher: Refresher<SecureCookieKeys>;

  /**
   * @param provider - from `ownKeyProvider`
   */
  constructor(provider: SecureCookieKeyProvider, policy: SecureCookiePolicy, logger: KeyLogger) {
    const { refreshEvery, maxStale } = provider;
    this.signer = new SecureCookieSigner({ ...resolvePolicy(policy), secret: randomBytes(32) });
    this.signer.withdrawKeys();
    this.#refresher = new Refresher({
      load: provider.load,
      apply: (keys) => this.signer.replaceKeys(keys),
      refreshEvery,
      maxStale,
      timeout: LOAD_TIMEOUT,
      clock: undefined,
      timeoutError: () =>
        new SecureCookieError('keys-load', `"keys.load" took over ${LOAD_TIMEOUT} seconds.`),
      onFailure: (error) =>
        logger.error(
          `Loading the keys failed: ${describeError(error)}. The last good keys stay in use as long as "maxStale" allows.`,
        ),
      onStale: () =>
        logger.error(
          `No keys were loaded for ${maxStale} seconds: cookies are refused until a load succeeds.`,
        ),
    });
    keepFresh(this.signer, this.#refresher);
  }

  /**
   * Loads the first keys, and then keeps them fresh.
   *
   * @throws what the provider rejected with, or the error of unusable keys
   */
  async start(): Promise<SecureCookieSigner> {
    await this.#refresher.start();
    return this.signer;
  }

  /** Stops loading. The last keys stay in use. */
  stop(): void {
    this.#refresher.stop();
  }
}
