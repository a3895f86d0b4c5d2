import { isError } from './any-realm.js';
import { memberOf } from './own-member.js';

/**
 * The codes of {@link SecureCookieError}. The codes are stable; the messages are not.
 *
 * | code | thrown when |
 * |---|---|
 * | `secret-missing` | no secret was given: `undefined`, an empty one, or an empty key record |
 * | `secret-weak` | a secret has under 32 bytes, repeats fewer than 32, or is published in documentation |
 * | `secret-reused` | one secret would serve two purposes |
 * | `key-version` | the key version is missing, not in the key record, or cannot be used here |
 * | `keys-stale` | the keys were withdrawn or are too old, so nothing can be signed |
 * | `keys-load` | the key provider failed when the app started |
 * | `revocations-missing` | a definition with `revocableBy` was used without the option `revocations` |
 * | `revocations-load` | the source of revocations failed when the app started |
 * | `revocation-failed` | the source did not record a revocation |
 * | `device-bound-missing` | a definition with `deviceBound` was used without `DeviceBoundModule` |
 * | `schema-async` | the schema of a definition validates asynchronously |
 * | `option` | an option has a wrong type or is out of range |
 * | `clock` | the clock did not return seconds since the epoch |
 * | `name` | the name is not a valid cookie name |
 * | `value` | a value cannot be signed: it is neither well-formed text nor bytes, or it is too long |
 * | `attribute` | a cookie attribute would be ignored or misread by browsers |
 * | `cookie-too-large` | the name and the signed value exceed what browsers keep |
 * | `headers-sent` | a cookie was set after the head of the response had been sent |
 * | `module-missing` | `SecureCookieModule` is not part of the app |
 * | `module-twice` | `SecureCookieModule` was registered twice in one app |
 * | `requirement-lost` | a decorator or a constructor replaced what `@RequireSecureCookie` was written on |
 * | `not-http` | there is no HTTP request here |
 * | `no-response` | a cookie was set or cleared without a response: on a socket, in a subscription |
 * | `no-handshake` | the request that opened a WebSocket is not known |
 * | `ambiguous-request` | a handler may work for one of two requests, or of two running apps |
 */
export type SecureCookieErrorCode =
  | 'secret-missing'
  | 'secret-weak'
  | 'secret-reused'
  | 'key-version'
  | 'keys-stale'
  | 'keys-load'
  | 'revocations-missing'
  | 'revocations-load'
  | 'revocation-failed'
  | 'device-bound-missing'
  | 'schema-async'
  | 'option'
  | 'clock'
  | 'name'
  | 'value'
  | 'attribute'
  | 'cookie-too-large'
  | 'headers-sent'
  | 'module-missing'
  | 'module-twice'
  | 'requirement-lost'
  | 'not-http'
  | 'no-response'
  | 'no-handshake'
  | 'ambiguous-request';

/**
 * Thrown when a developer misuses the library, and never because of what a client sent.
 *
 * The message says what to change. It holds neither a secret nor a cookie's value.
 *
 * @example
 * try {
 *   signer.sign('session', value);
 * } catch (error) {
 *   if (error instanceof SecureCookieError && error.code === 'value') {
 *     throw new BadRequestException('That cannot be kept in a cookie.', { cause: error });
 *   }
 *   throw error;
 * }
 */
export class SecureCookieError extends Error {
  /** The name that is printed; to tell errors apart, use {@link code}. */
  override readonly name = 'SecureCookieError';

  /**
   * @param code - what went wrong; stable between releases
   * @param message - what to change
   * @param options - `cause`, if another error led to this one
   */
  constructor(
    readonly code: SecureCookieErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The names and codes that a log may show: one word, shorter than any secret, or the longer name of an
 * error class. Any code can set the two, so they may hold the data that the error is about.
 */
const SHOWN = /^(?:[a-z][\w-]{0,30}|\d[\w-]{0,7}|[a-z]{1,55}(?:error|exception))$/i;

/**
 * What a log may say about an error: its name and code. Messages quote their input (`JSON.parse`),
 * which may be a secret or a cookie's value. Never throws, even if the error's own getters do.
 */
export function describeError(error: unknown): string {
  try {
    if (!isError(error)) {
      return `a thrown ${typeof error}`;
    }
    const name: unknown = error.name;
    const code: unknown = memberOf(error, 'code');
    const shown = isShown(name) ? name : 'Error';
    return isShown(code) ? `${shown} '${code}'` : shown;
  } catch {
    return 'an error that cannot be read';
  }
}

function isShown(word: unknown): word is string {
  return typeof word === 'string' && SHOWN.test(word);
}
