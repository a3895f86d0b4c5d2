import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { revocationsOf } from '../revocation/revocations-of.js';
import { type SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { refuseSecrets, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { CookieDefaults } from './cookie-defaults.js';
import { bindingOf, type DeviceBinding } from './device-binding.js';

/**
 * Checks a definition against the app that uses it. Called at start-up if a decorator names it.
 *
 * @throws {@link SecureCookieError} `secret-reused`, `revocations-missing`, `device-bound-missing`,
 * `option` or `attribute`
 */
export function checkDefinition(
  definition: SecureCookieDefinition<never, unknown>,
  signer: SecureCookieSigner,
  defaults: CookieDefaults,
  revocations: SecureCookieRevocations | undefined,
  binding: DeviceBinding | undefined,
): void {
  revocationsOf(definition, revocations, signer);
  bindingOf(definition, binding);
  for (const { secrets } of definition.accepts) {
    refuseSecrets(signer, secrets);
  }
  assertRenewable(definition, signer, defaults);
  const resolved = defaults.ofDefinition(definition, { isSecure: () => true });
  assertBindable(definition, signer, resolved.domain);
  binding?.check(definition, resolved);
}

/** Checks `deviceBound` against the app's default domain and the signer's lifetime. */
function assertBindable(
  { name, boundFor, attributes }: SecureCookieDefinition<never, unknown>,
  signer: SecureCookieSigner,
  domain: string | undefined,
): void {
  if (boundFor === undefined) {
    return;
  }
  if (domain !== undefined) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${name}" has "deviceBound", which binds a cookie of one host, but it gets the app's default domain: set "domain: null".`,
    );
  }
  const maxAge = attributes.maxAge ?? signer.maxAge;
  if (boundFor >= maxAge) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${name}" binds it for ${boundFor} seconds, but it ends after ${maxAge}: give it a longer "maxAge", or a shorter "deviceBound.for".`,
    );
  }
}

/**
 * Refuses a cookie that ends before its renewal is due, which only its users would notice.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function assertRenewable(
  { name, renewAfter, attributes }: SecureCookieDefinition<never, unknown>,
  signer: SecureCookieSigner,
  defaults: CookieDefaults,
): void {
  if (renewAfter === undefined || typeof attributes.maxAge === 'number') {
    return;
  }
  // With `null`, the browser sets no limit of its own.
  const kept = attributes.maxAge === null ? null : (defaults.attributes.maxAge ?? null);
  const maxAge = Math.min(signer.maxAge, kept ?? Number.POSITIVE_INFINITY);
  if (renewAfter >= maxAge) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${name}" renews it after ${renewAfter} seconds, but without its own "maxAge" it ends after ${maxAge}, and so is never renewed. Give it a longer "maxAge", or a shorter "renewAfter".`,
    );
  }
}
