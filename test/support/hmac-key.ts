import { HmacKey, type HmacAlgorithm } from '../../lib/signing/hmac.js';

/** The one place where tests make a key of HMAC. */
export function hmacKey(algorithm: HmacAlgorithm, secret: Uint8Array): HmacKey {
  return new HmacKey(algorithm, secret);
}
