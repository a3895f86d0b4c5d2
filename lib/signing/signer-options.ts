import { SecureCookieError } from '../errors.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { blankKeys, type SecureCookieKeys } from './key-ring.js';
import { blankPolicy, type SecureCookiePolicy } from './policy.js';

/** The keys and the policy of a `SecureCookieSigner`. */
export type SecureCookieSignerOptions = SecureCookieKeys & SecureCookiePolicy;

/**
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function ownSignerOptions(given: SecureCookieSignerOptions): SecureCookieSignerOptions {
  if (typeof given !== 'object' || given === null) {
    throw new SecureCookieError(
      'secret-missing',
      'The signer needs its options: new SecureCookieSigner({ secret }).',
    );
  }
  return ownOptions(given, blankSignerOptions, 'option');
}

function blankSignerOptions(): OwnOptions<SecureCookieSignerOptions> {
  return { ...blankKeys(), ...blankPolicy() };
}
