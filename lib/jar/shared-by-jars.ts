import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { CookieDefaults } from './cookie-defaults.js';
import type { DeviceBinding } from './device-binding.js';
import type { OneTimeWarnings } from './one-time-warnings.js';

/** What all jars of an app have in common, checked once: each request makes a jar. */
export interface SharedByJars {
  readonly signer: SecureCookieSigner;
  readonly cookie: CookieDefaults;
  readonly vary: boolean;
  readonly logger: SecureCookieLogger;
  readonly revocations: SecureCookieRevocations | undefined;
  readonly deviceBinding: DeviceBinding | undefined;
  /** The warnings that the app gets once; if `undefined`, each jar has its own. */
  readonly warnings: OneTimeWarnings | undefined;
}
