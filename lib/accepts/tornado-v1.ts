import { ownOptions, type OwnOptions } from '../own-options.js';
import { HmacInput } from '../signing/hmac-input.js';
import { KeyRing } from '../signing/key-ring.js';
import { latin1Bytes } from '../signing/own-bytes.js';
import { decodeBase64 } from '../signing/payload.js';
import type { SecureCookieSecret } from '../signing/secret.js';
import { openSignedValue } from '../signing/signed-value.js';
import { AcceptedFormat, type SecureCookieNameBindingFormat } from './accepted-format.js';

/** What {@link tornadoV1} verifies with, and for how long. */
export interface SecureCookieTornadoV1Options {
  /** The `cookie_secret` of the old app. */
  readonly secret: SecureCookieSecret;
  /** Read until then, by the signer's clock. */
  readonly until: Date;
}

function blankOptions(): OwnOptions<SecureCookieTornadoV1Options> {
  return { secret: undefined, until: undefined };
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
export function tornadoV1(options: SecureCookieTornadoV1Options): SecureCookieNameBindingFormat {
  const { secret, until } = ownOptions(options, blankOptions, 'option');
  // Weak or not, it is the secret that signed those cookies.
  const ring = new KeyRing({ secret, keyVersion: undefined }, true);
  // Format 1 lays nothing out in it.
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
