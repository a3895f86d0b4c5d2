import { ownOptions, type OwnOptions } from '../own-options.js';
import { HmacInput } from '../signing/hmac-input.js';
import { KeyRing } from '../signing/key-ring.js';
import { latin1Bytes } from '../signing/own-bytes.js';
import { decodeBase64 } from '../signing/payload.js';
import type { SecureCookieSecret } from '../signing/secret.js';
import { openSignedValue } from '../signing/signed-value.js';
import { oldSecret } from './old-secret.js';
import { AcceptedFormat, type SecureCookieNameBindingFormat } from './accepted-format.js';

/** The options of {@link tornadoV1}. */
export interface SecureCookieTornadoV1Options {
  /** The `cookie_secret` of the old app. */
  readonly secret: SecureCookieSecret;
  /** The date until which such cookies are read, by the signer's clock. */
  readonly until: Date;
}

function blankOptions(): OwnOptions<SecureCookieTornadoV1Options> {
  return { secret: undefined, until: undefined };
}

/**
 * Reads cookies in Tornado's first format, with their own secret and the definition's `maxAge`. The
 * signature covers the name, but not where it ends: see SECURITY.md.
 *
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 * @example
 * defineSecureCookie('user', {
 *   accepts: [tornadoV1({ secret: oldSecret, until: new Date('2027-06-30') })],
 * });
 */
export function tornadoV1(options: SecureCookieTornadoV1Options): SecureCookieNameBindingFormat {
  const { secret, until } = ownOptions(options, blankOptions, 'option');
  // A weak secret is allowed, because the old cookies are signed with it.
  const ring = new KeyRing({ secret: oldSecret(secret), keyVersion: undefined }, true, () => 0);
  // Format 1 does not use it.
  const input = new HmacInput(0);
  return new AcceptedFormat({
    until,
    secrets: [secret],
    bindsName: true,
    read({ name, value }) {
      const opened = openSignedValue(ring, input, name, value, 1);
      if (opened.reason !== undefined || opened.version !== 1) {
        return undefined;
      }
      const bytes = decodeBase64(opened.base64);
      return bytes === undefined
        ? undefined
        : { payload: latin1Bytes(bytes), issuedAt: opened.timestamp };
    },
  });
}
