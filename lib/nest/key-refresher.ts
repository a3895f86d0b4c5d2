import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { describeError, SecureCookieError } from '../errors.js';
import type { SecureCookieKeys } from '../signing/key-ring.js';
import { resolvePolicy, type SecureCookiePolicy } from '../signing/policy.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';

/** Where keys come from that live outside the app: a file, a secret manager, Redis. */
export interface SecureCookieKeyProvider {
  /**
   * Gives the keys as they are now. Called before the app accepts requests, where a failure fails
   * the start, then again and again, one call at a time. A call counts as failed after 10 seconds;
   * what it still gives later is ignored.
   *
   * @param signal - aborted when the time is up, or the app shuts down
   */
  readonly load: (signal: AbortSignal) => Promise<SecureCookieKeys>;
  /**
   * The pause between two loads, in seconds (not milliseconds): above 0, at most 2,147,483. A failed
   * load leaves the last good keys in use.
   */
  readonly refreshEvery: number;
  /**
   * How old the last good keys may get, in seconds (not milliseconds): more than `refreshEvery`, at
   * most 2,147,483. After that every read is rejected as `unknown-key` and signing throws
   * `keys-stale`, until a load succeeds again.
   *
   * @defaultValue no limit
   */
  readonly maxStale?: number | undefined;
}

/** Seconds. Node's timers count milliseconds in 32 bits, and fire at once beyond. */
const MAX_TIMER = 2_147_483;

/** Seconds. */
const LOAD_TIMEOUT = 10;

/**
 * @throws {@link SecureCookieError} `option`
 */
export function assertKeyProvider(provider: SecureCookieKeyProvider): void {
  const { load, refreshEvery, maxStale } = provider;
  if (typeof load !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "keys.load" must be a function that returns a promise of { secret, keyVersion }.',
    );
  }
  if (!isTimer(refreshEvery)) {
    throw new SecureCookieError(
      'option',
      `The option "keys.refreshEvery" must be a number of seconds above 0 and at most ${MAX_TIMER}.`,
    );
  }
  if (maxStale !== undefined && !(isTimer(maxStale) && maxStale > refreshEvery)) {
    throw new SecureCookieError(
      'option',
      `The option "keys.maxStale" must be a number of seconds above "keys.refreshEvery" and at most ${MAX_TIMER}.`,
    );
  }
}

/** Makes a signer whose keys a provider gives, and keeps them fresh until the app shuts down. */
@Injectable()
export class SecureCookieKeyRefresher implements OnModuleDestroy {
  readonly #logger = new Logger('SecureCookieModule');
  readonly #shutdown = new AbortController();
  #refreshTimer: NodeJS.Timeout | undefined;
  #staleTimer: NodeJS.Timeout | undefined;

  /**
   * @throws {@link SecureCookieError} `keys-load` - without the cause, which Nest would print
   */
  async createSigner(
    provider: SecureCookieKeyProvider,
    policy: SecureCookiePolicy,
  ): Promise<SecureCookieSigner> {
    try {
      const keys = await this.#load(provider);
      const signer = new SecureCookieSigner({ ...keys, ...resolvePolicy(policy) });
      this.#keepFresh(signer, provider);
      return signer;
    } catch (error) {
      const what = describeError(error);
      this.#logger.error(`Loading the keys failed at start-up: ${what}`);
      throw new SecureCookieError(
        'keys-load',
        `The option "keys.load" failed when the app started: ${what}. Its message is not repeated here, because it may quote a secret.`,
      );
    }
  }

  onModuleDestroy(): void {
    this.#shutdown.abort();
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#staleTimer);
  }

  #keepFresh(signer: SecureCookieSigner, provider: SecureCookieKeyProvider): void {
    if (this.#shutdown.signal.aborted) {
      return;
    }
    this.#startStaleTimer(signer, provider);
    this.#startRefreshTimer(signer, provider);
  }

  #startRefreshTimer(signer: SecureCookieSigner, provider: SecureCookieKeyProvider): void {
    const refresh = (): void => void this.#refresh(signer, provider);
    this.#refreshTimer = setTimeout(refresh, provider.refreshEvery * 1000).unref();
  }

  #startStaleTimer(signer: SecureCookieSigner, { maxStale }: SecureCookieKeyProvider): void {
    clearTimeout(this.#staleTimer);
    if (maxStale === undefined) {
      return;
    }
    const withdraw = (): void => {
      signer.withdrawKeys();
      this.#logger.error(
        `No keys were loaded for ${maxStale} seconds: cookies are refused until a load succeeds.`,
      );
    };
    this.#staleTimer = setTimeout(withdraw, maxStale * 1000).unref();
  }

  async #refresh(signer: SecureCookieSigner, provider: SecureCookieKeyProvider): Promise<void> {
    try {
      const keys = await this.#load(provider, { keepAlive: false });
      if (!this.#shutdown.signal.aborted) {
        signer.replaceKeys(keys);
        this.#startStaleTimer(signer, provider);
      }
    } catch (error) {
      if (!this.#shutdown.signal.aborted) {
        this.#logger.error(
          `Loading the keys failed: ${describeError(error)}. The last good keys stay in use as long as "maxStale" lets them.`,
        );
      }
    }
    if (!this.#shutdown.signal.aborted) {
      this.#startRefreshTimer(signer, provider);
    }
  }

  /** Bounded in time. At start-up the timer keeps the process alive: else it would end in silence. */
  async #load(
    provider: SecureCookieKeyProvider,
    { keepAlive = true }: { readonly keepAlive?: boolean } = {},
  ): Promise<SecureCookieKeys> {
    const timeout = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(
          new SecureCookieError('keys-load', `"keys.load" took over ${LOAD_TIMEOUT} seconds.`),
        );
        timeout.abort();
      }, LOAD_TIMEOUT * 1000);
    });
    if (!keepAlive) {
      timer?.unref();
    }
    try {
      return await Promise.race([
        provider.load(AbortSignal.any([timeout.signal, this.#shutdown.signal])),
        late,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isTimer(seconds: unknown): boolean {
  return (
    typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 && seconds <= MAX_TIMER
  );
}
