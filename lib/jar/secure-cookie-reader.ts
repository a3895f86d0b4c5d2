import {
  readDefinedCookie,
  type DefinedRead,
  type SecureCookieDefinedResult,
} from './read-defined-cookie.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { findCookieValues } from '../http/cookie-header.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { SecureCookieVerifyResult } from '../signing/verify-result.js';

/**
 * How many cookies of one name are tried. Browsers send several when paths or domains differ; a
 * client that sends hundreds only costs time.
 */
const MAX_CANDIDATES = 16;

/**
 * Reads secure cookies from one `Cookie` header. Where a name occurs several times, the first cookie
 * that verifies wins (Tornado takes the last one). Against a neighbouring subdomain that plants
 * cookies, only a `__Host-` name helps.
 *
 * @example
 * new SecureCookieReader(signer, request.headers.cookie).get('user');
 */
export class SecureCookieReader {
  readonly #signer: SecureCookieSigner;
  readonly #header: string | undefined;
  /** The cookies of each name that was asked for: guards, parameters and the jar share the search. */
  readonly #candidates = new Map<string, readonly string[]>();

  /**
   * @param signer - what verifies
   * @param header - the `Cookie` request header, as it came
   */
  constructor(signer: SecureCookieSigner, header: string | undefined) {
    this.#signer = signer;
    this.#header = header;
  }

  /**
   * The verified value of a cookie. Tornado: `get_signed_cookie` (`get_secure_cookie`).
   *
   * @param name - the cookie's name
   * @param options - `maxAge` in seconds, `minVersion`, `encoding`; the signer's where left out
   * @returns text, or bytes with `encoding: 'bytes'`; `undefined` where there is no valid cookie
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` for a broken clock
   * @example
   * cookies.get('user', { maxAge: 3600 });
   */
  get(
    name: string,
    options: SecureCookieVerifyOptions & { readonly encoding: 'bytes' },
  ): Uint8Array | undefined;
  get(
    name: string,
    options?: SecureCookieVerifyOptions & { readonly encoding?: 'utf8' | undefined },
  ): string | undefined;
  /**
   * The value of a defined cookie.
   *
   * @param definition - made by `defineSecureCookie`
   * @returns what its codec and schema give; `undefined` where there is no valid cookie
   * @throws {@link SecureCookieError} `secret-reused`, `schema-async` or `clock`
   * @example
   * const cart = cookies.get(Cart);
   */
  get<Value>(definition: SecureCookieDefinition<never, Value>): Value | undefined;
  get(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options: SecureCookieVerifyOptions = {},
  ): unknown {
    const result = this.#verify(cookie, options);
    return result.valid ? result.value : undefined;
  }

  /**
   * The verified value of a cookie with its date, format and key version, or the reason why there is
   * none. Tornado: `get_signed_cookie`, and `get_signed_cookie_key_version` for the `keyVersion`.
   *
   * @param name - the cookie's name
   * @param options - `maxAge` in seconds, `minVersion`, `encoding`; the signer's where left out
   * @returns the result of the first cookie of that name that verifies, else of the first one
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` for a broken clock
   * @example
   * const result = cookies.verify('user');
   * if (result.valid && !result.current) cookies.set('user', result.value);
   */
  verify(
    name: string,
    options: SecureCookieVerifyOptions & { readonly encoding: 'bytes' },
  ): SecureCookieVerifyResult<Uint8Array>;
  verify(
    name: string,
    options?: SecureCookieVerifyOptions & { readonly encoding?: 'utf8' | undefined },
  ): SecureCookieVerifyResult;
  /**
   * The value of a defined cookie with its date, or the reason why there is none.
   *
   * @param definition - made by `defineSecureCookie`
   * @throws {@link SecureCookieError} `secret-reused`, `schema-async` or `clock`
   * @example
   * const result = cookies.verify(Cart);
   * if (!result.valid) console.log(result.reason); // 'schema'
   */
  verify<Value>(definition: SecureCookieDefinition<never, Value>): SecureCookieDefinedResult<Value>;
  verify(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options: SecureCookieVerifyOptions = {},
  ): SecureCookieDefinedResult<unknown> {
    return this.#verify(cookie, options);
  }

  /**
   * What a jar does with a defined cookie that it read.
   *
   * @internal
   */
  protected onRead(
    _definition: SecureCookieDefinition<never, unknown>,
    _read: DefinedRead<unknown>,
    _occurrences: number,
  ): void {}

  #verify(
    cookie: string | SecureCookieDefinition<never, unknown>,
    options: SecureCookieVerifyOptions,
  ): SecureCookieDefinedResult<unknown> {
    return typeof cookie === 'string'
      ? this.#verifyName(cookie, options)
      : this.#verifyDefined(cookie);
  }

  #verifyDefined(
    definition: SecureCookieDefinition<never, unknown>,
  ): SecureCookieDefinedResult<unknown> {
    const candidates = this.#find(definition.name);
    const read = readDefinedCookie(this.#signer, definition, candidates);
    this.onRead(definition, read, candidates.length);
    return read.result;
  }

  #verifyName(
    name: string,
    options: SecureCookieVerifyOptions,
  ): SecureCookieVerifyResult<string | Uint8Array> {
    const candidates = this.#find(name);
    return candidates.length > 1
      ? this.#signer.verifyFirst(name, candidates, options)
      : this.#signer.verify(name, candidates[0], options);
  }

  #find(name: string): readonly string[] {
    const known = this.#candidates.get(name);
    if (known !== undefined) {
      return known;
    }
    const found = findCookieValues(this.#header, name, MAX_CANDIDATES);
    this.#candidates.set(name, found);
    return found;
  }
}
