import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { describeError, SecureCookieError } from '../errors.js';
import type { SecureCookieKeyProvider } from '../signing/key-provider.js';
import type { SecureCookiePolicy } from '../signing/policy.js';
import { RefreshedSigner } from '../signing/refreshed-signer.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';

/** Makes the app's signer with keys from a provider, and keeps them fresh until the app shuts down. */
@Injectable()
export class SecureCookieKeyRefresher implements OnModuleDestroy {
  readonly #logger = new Logger('SecureCookieModule');
  #refreshed: RefreshedSigner | undefined;

  /**
   * @throws {@link SecureCookieError} `keys-load` - without the cause, which Nest would print
   */
  async createSigner(
    provider: SecureCookieKeyProvider,
    policy: SecureCookiePolicy,
  ): Promise<SecureCookieSigner> {
    this.#refreshed = new RefreshedSigner(provider, policy, this.#logger);
    try {
      return await this.#refreshed.start();
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
    this.#refreshed?.stop();
  }
}
