import type { OwnOptions } from '../own-options.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import { publishRead } from '../signing/read-events.js';
import {
  readSignedValue,
  type SecureCookieSigner,
  type SignedRead,
} from '../signing/secure-cookie-signer.js';
import type { SecureCookieVerifyResult } from '../signing/verify-result.js';

/**
 * Verifies a cookie by its name: the newest valid value counts; if none is valid, the reason of the
 * first. Browsers send older cookies first: if the first one counted, a change of domain or path would
 * never take effect. Publishes one event.
 *
 * @param options - own properties, checked
 * @throws {@link SecureCookieError} `clock`
 */
export function readNamedCookie(
  signer: SecureCookieSigner,
  name: string,
  values: readonly string[],
  options: OwnOptions<SecureCookieVerifyOptions>,
): SecureCookieVerifyResult<string | Uint8Array> {
  let newest = readSignedValue(signer, name, values[0], options);
  for (let next = 1; next < values.length; next += 1) {
    const other = readSignedValue(signer, name, values[next], options);
    if (isNewer(other, newest)) {
      newest = other;
    }
  }
  publishRead(name, newest.result, newest.keyVersion);
  return newest.result;
}

function isNewer({ result: other }: SignedRead, { result: present }: SignedRead): boolean {
  return other.valid && (!present.valid || other.issuedAt > present.issuedAt);
}
