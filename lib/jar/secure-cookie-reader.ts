import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { findCookieValues } from '../http/cookie-header.js';
import { assertNoOptions, ownOptions, type OwnOptions } from '../own-options.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import {
  ownVerifyOptions,
  type SecureCookieEncodedValue,
  type SecureCookieEncoding,
  type SecureCookieVerifyOptions,
} from '../signing/judge-value.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { SecureCookieVerifyResult } from '../signing/verify-result.js';
import { readDefinedCookie, type SecureCookieDefinedResult } from './read-defined-cookie.js';
import { readNamedCookie } from './read-named-cookie.js';

/**
 * The most cookies of one name that are tried. Browsers send several if paths or domains differ; more
 * would only waste time.
 */
const MAX_VALUES = 16;

/** The result of reading a cookie, by its name or by its definition. */
export type CookieResult =
  SecureCookieDefinedResult<unknown> | SecureCookieVerifyResult<string | Uint8Array>;

/** The options of a reader. */
export interface SecureCookieReaderOptions {
  /**
   * The app's revocations, which must have been started.
   *
   * @defaultValue none: reading a definition with `revocableBy` throws `revocations-missing`
   */
  readonly revocations?: SecureCookieRevocations | undefined;
}

function blankOptions(): OwnOptions<SecureCookieReaderOptions> {
  return { revocations: undefined };
}

/** The cookies of one name, and those of the names before. */
interface FoundValues {
  readonly name: string;
  readonly values: readonly string[];
  readonly next: FoundValues | undefined;
}

/**
 * Reads secure cookies from one `Cookie` header. If a name occurs several times, the newest valid
 * cookie counts (Tornado takes the last one). Only a `__Host-` name protects against a neighbouring
 * subdomain that plants cookies.
 *
 * Each read verifies again, so a reader may be kept as long as a socket is open.
 *
 * @example
 * new SecureCookieReader(signer, request.headers.cookie).get('user');
 */
export class SecureCookieReader {
  readonly #signer: SecureCookieSigner;
  readonly #header: string | undefined;
  readonly #revocations: SecureCookieRevocations | undefined;
  /**
   * The cookies of each name that was asked for: guards, parameters and the jar share the search. A
   * linked list, because a request reads two or three names, and an array reserves room for seventeen.
   */
  #found: FoundValues | undefined;

  /**
   * @param signer - verifies the cookies
   * @param header - the raw `Cookie` request header
   * @param options - `revocations`, if the app has any
   * @throws {@link SecureCookieError} `option`
   */
  constructor(
    signer: SecureCookieSigner,
    header: string | undefined,
    options?: SecureCookieReaderOptions,
  ) {
    if (header === null || Array.isArray(header)) {
      throw new SecureCookieError(
        'option',
        'A reader takes the "Cookie" header of one request: a string, or undefined if there is none.',
      );
    }
    this.#signer = signer;
    this.#header = header;
    this.#revocations =
      options === undefined ? undefined : ownOptions(options, blankOptions, 'option').revocations;
  }

  /**
   * The verified value of a cookie. Tornado: `get_signed_cookie` (`get_secure_cookie`).
   *
   * @param name - the cookie's name
   * @param options - `maxAge` in seconds and `minVersion`, by default the signer's; `encoding`;
   * `encrypted`
   * @returns text, or bytes with `encoding: 'bytes'`; `undefined` if there is no valid cookie
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` for a broken clock
   * @example
   * cookies.get('user', { maxAge: 3600 });
   */
  get<Encoding extends SecureCookieEncoding = 'utf8'>(
    name: string,
    options?: SecureCookieVerifyOptions<Encoding>,
  ): SecureCookieEncodedValue<Encoding> | undefined;
  /**
   * The value of a defined cookie.
   *
   * @param definition - made by `defineSecureCookie`
   * @returns what its codec and schema return; `undefined` if there is no valid cookie
   * @throws {@link SecureCookieError} `secret-reused`, `revocations-missing`, `schema-async` or
   * `clock`
   * @example
   * const cart = cookies.get(Cart);
   */
  get<Value>(definition: SecureCookieDefinition<never, Value>): Value | undefined;
  get(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options?: SecureCookieVerifyOptions,
  ): unknown {
    const result = this.#verify(cookie, options);
    return result.valid ? result.value : undefined;
  }

  /**
   * The verified value of a cookie with its date, format and key version, or the reason why there is
   * none. Tornado: `get_signed_cookie`, and `get_signed_cookie_key_version` for the `keyVersion`.
   *
   * @param name - the cookie's name
   * @param options - `maxAge` in seconds and `minVersion`, by default the signer's; `encoding`;
   * `encrypted`
   * @returns the result of the newest valid cookie of that name, or else of the first one
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` for a broken clock
   * @example
   * const result = cookies.verify('user');
   * if (result.valid && !result.current) cookies.set('user', result.value);
   */
  verify<Encoding extends SecureCookieEncoding = 'utf8'>(
    name: string,
    options?: SecureCookieVerifyOptions<Encoding>,
  ): SecureCookieVerifyResult<SecureCookieEncodedValue<Encoding>>;
  /**
   * The value of a defined cookie with its date, or the reason why there is none.
   *
   * @param definition - made by `defineSecureCookie`
   * @throws {@link SecureCookieError} `secret-reused`, `revocations-missing`, `schema-async` or
   * `clock`
   * @example
   * const result = cookies.verify(Cart);
   * if (!result.valid) console.log(result.reason); // 'schema'
   */
  verify<Value>(definition: SecureCookieDefinition<never, Value>): SecureCookieDefinedResult<Value>;
  verify(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options?: SecureCookieVerifyOptions,
  ): CookieResult {
    return this.#verify(cookie, options);
  }

  /**
   * Verifies a cookie with these values, by its name and options or by its definition.
   *
   * @internal
   */
  protected readValues(
    cookie: string | SecureCookieDefinition<never, unknown>,
    values: readonly string[],
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): CookieResult {
    return readAnew(this.#signer, cookie, values, options, this.#revocations);
  }

  #verify(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options: SecureCookieVerifyOptions | undefined,
  ): CookieResult {
    if (typeof cookie === 'string') {
      return this.readValues(cookie, this.#find(cookie), ownVerifyOptions(options));
    }
    assertDefinition(cookie);
    assertNoOptions(options, 'option');
    return this.readValues(cookie, this.#find(cookie.name), ownVerifyOptions(undefined));
  }

  #find(name: string): readonly string[] {
    for (let known = this.#found; known !== undefined; known = known.next) {
      if (known.name === name) {
        return known.values;
      }
    }
    const values = findCookieValues(this.#header, name, MAX_VALUES);
    this.#found = { name, values, next: this.#found };
    return values;
  }
}

/** Verifies a cookie, even if it was verified before. */
export function readAnew(
  signer: SecureCookieSigner,
  cookie: string | SecureCookieDefinition<never, unknown>,
  values: readonly string[],
  options: OwnOptions<SecureCookieVerifyOptions>,
  revocations: SecureCookieRevocations | undefined,
): CookieResult {
  return typeof cookie === 'string'
    ? readNamedCookie(signer, cookie, values, options)
    : readDefinedCookie(signer, cookie, values, revocations).result;
}
