import { KeyRing } from '../signing/key-ring.js';
import { decodeBase64, decodeBytes } from '../signing/payload.js';
import { DEFAULT_CLOCK_TOLERANCE } from '../signing/policy.js';
import type { SecureCookieSecret } from '../signing/secret.js';
import { openSignedValue } from '../signing/signed-value.js';
import type { SecureCookieNameBindingFormat } from './accepted-format.js';

/** What {@link tornadoV1} verifies with, and for how long. */
export interface SecureCookieTornadoV1Options {
  /** The `cookie_secret` of the old app. */
  readonly secret: SecureCookieSecret;
  /** Read until then, by the signer's clock. */
  readonly until: Date;
}

/**
 * Reads cookies in Tornado's first format, with a secret of their own and the definition's `maxAge`.
 * The name is under the signature, though where it ends is ambiguous: see SECURITY.md.
 *
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 * @example
 * defineSecureCookie('user', {
 *   accepts: [tornadoV1({ secret: oldSecret, until: new Date('2027-06-30') })],
 * });
 */
export function tornadoV1({
  secret,
  until,
}: SecureCookieTornadoV1Options): SecureCookieNameBindingFormat {
  // Weak or not, it is the secret that signed those cookies.
  const ring = new KeyRing({ secret }, true);
  return Object.freeze({
    until,
    secrets: Object.freeze([secret]),
    bindsName: true,
    read({ name, value, now, maxAge }) {
      const opened = openSignedValue(ring, name, value, 1);
      if (opened.reason !== undefined || opened.version !== 1) {
        return undefined;
      }
      const age = now - opened.timestamp;
      const bytes = decodeBase64(opened.base64);
      return age <= maxAge && age >= -DEFAULT_CLOCK_TOLERANCE && bytes !== undefined
        ? { payload: decodeBytes(bytes), issuedAt: opened.timestamp }
        : undefined;
    },
  } satisfies SecureCookieNameBindingFormat);
}
