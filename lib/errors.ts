/**
 * What a {@link SecureCookieError} is about. The codes are stable; the messages are not.
 *
 * | code | thrown when |
 * |---|---|
 * | `secret-missing` | no secret was given: `undefined`, an empty one, or an empty key record |
 * | `secret-weak` | a secret is under 32 bytes, or one that documentation publishes |
 * | `secret-reused` | one secret would serve two purposes |
 * | `key-version` | the key version is missing, not in the key record, or cannot be used here |
 * | `keys-stale` | something was to be signed after the keys had been withdrawn |
 * | `keys-load` | the key provider failed when the app started |
 * | `schema-async` | the schema of a definition validates asynchronously |
 * | `option` | an option has a wrong type or is out of range |
 * | `clock` | the clock gave something that is not seconds since the epoch |
 * | `name` | a cookie's name can not be signed |
 * | `value` | a value can not be signed: neither well-formed text nor bytes, or too long |
 * | `attribute` | a cookie attribute would be ignored or misread by browsers |
 * | `cookie-too-large` | the name and the signed value exceed what browsers keep |
 * | `headers-sent` | a cookie was set after the head of the response had been sent |
 * | `module-missing` | `SecureCookieModule` is not part of the app |
 * | `module-twice` | `SecureCookieModule` was registered twice in one app |
 * | `requirement-lost` | a decorator or a constructor has replaced what `@RequireSecureCookie` was written on |
 * | `not-http` | a request was needed where there is none |
 */
export type SecureCookieErrorCode =
  | 'secret-missing'
  | 'secret-weak'
  | 'secret-reused'
  | 'key-version'
  | 'keys-stale'
  | 'keys-load'
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
  | 'not-http';

/**
 * Thrown when the library is misused by the developer; never because of what a client sent.
 *
 * Its message says what to change and holds neither a secret nor a cookie's value.
 *
 * @example
 * try {
 *   signer.sign('session', value);
 * } catch (error) {
 *   if (error instanceof SecureCookieError && error.code === 'value') {
 *     throw new BadRequestException('That can not be kept in a cookie.', { cause: error });
 *   }
 *   throw error;
 * }
 */
export class SecureCookieError extends Error {
  /** How it is printed; tell errors apart by {@link code}. */
  override readonly name = 'SecureCookieError';

  /**
   * @param code - what went wrong; stable between releases
   * @param message - what to change
   * @param options - `cause`, where another error led to this one
   */
  constructor(
    readonly code: SecureCookieErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A code that is a word, as Node's and ours are; anything else might quote what it is about. */
const CODE = /^[\w-]{1,64}$/;

/**
 * What a log may say of an error: its name and code. Messages quote their input (`JSON.parse`), and
 * that may be a secret or a cookie's value.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return `a thrown ${typeof error}`;
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? `${error.name} '${code}'` : error.name;
}
