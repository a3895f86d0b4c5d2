import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { OwnOptions } from '../own-options.js';
import {
  judgeRevocation,
  type SecureCookieRevocations,
} from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { SecureCookieVerifyResult } from '../signing/verify-result.js';
import {
  readDefinedCookie,
  type DefinedRead,
  type SecureCookieDefinedResult,
} from './read-defined-cookie.js';
import { readNamedCookie } from './read-named-cookie.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

interface NamedRead {
  readonly name: string;
  readonly options: OwnOptions<SecureCookieVerifyOptions>;
  readonly result: SecureCookieVerifyResult<string | Uint8Array>;
  readonly next: NamedRead | undefined;
}

interface DefinitionRead {
  readonly definition: AnyDefinition;
  readonly read: DefinedRead<unknown>;
  readonly next: DefinitionRead | undefined;
}

/**
 * The results of one request: a cookie is verified once, however often it is asked for, and publishes
 * one event. Results are kept by definition, or by name and options, as long as their age allows. A
 * valid one also answers for another `maxAge`.
 *
 * Not for a reader that outlives a request: keys are replaced, and sessions revoked, while a socket is
 * open.
 */
export class RememberedReads {
  readonly #signer: SecureCookieSigner;
  readonly #revocations: SecureCookieRevocations | undefined;
  /** Linked lists: a request reads two or three cookies, and an array reserves room for seventeen. */
  #named: NamedRead | undefined;
  #defined: DefinitionRead | undefined;

  constructor(signer: SecureCookieSigner, revocations: SecureCookieRevocations | undefined) {
    this.#signer = signer;
    this.#revocations = revocations;
  }

  /**
   * @param values - the values of the cookies of that name
   * @param options - own properties, checked
   * @throws {@link SecureCookieError} `clock`
   */
  readNamed(
    name: string,
    values: readonly string[],
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): SecureCookieVerifyResult<string | Uint8Array> {
    for (let known = this.#named; known !== undefined; known = known.next) {
      const isAlike = known.name === name && areAlike(known.options, options);
      if (isAlike && this.#answers(known, options)) {
        return withOwnBytes(known.result);
      }
    }
    const result = readNamedCookie(this.#signer, name, values, options);
    this.#named = { name, options, result, next: this.#named };
    return withOwnBytes(result);
  }

  /** A valid result has a date to check against any `maxAge`; a rejection counts only for its own. */
  #answers({ result, options }: NamedRead, asked: OwnOptions<SecureCookieVerifyOptions>): boolean {
    const { maxAge = this.#signer.maxAge } = asked;
    return result.valid
      ? Number.isFinite(maxAge) && maxAge >= 0 && result.issuedAt + maxAge >= this.#signer.now()
      : options.maxAge === asked.maxAge;
  }

  /**
   * @param values - the values of the cookies of its name
   * @param onRead - called when the cookie is verified, but not when its result is asked for again
   * @throws {@link SecureCookieError} `secret-reused`, `schema-async` or `clock`
   */
  readDefined(
    definition: AnyDefinition,
    values: readonly string[],
    onRead: (read: DefinedRead<unknown>) => void,
  ): SecureCookieDefinedResult<unknown> {
    const known = this.#newestOf(definition);
    if (known?.stored === undefined) {
      return known?.result ?? this.#readAnew(definition, values, onRead);
    }
    return known.stored.expiresAt >= this.#signer.now()
      ? this.#judgedAgain(definition, known)
      : this.#readAnew(definition, values, onRead);
  }

  #newestOf(definition: AnyDefinition): DefinedRead<unknown> | undefined {
    let known = this.#defined;
    while (known !== undefined && known.definition !== definition) {
      known = known.next;
    }
    return known?.read;
  }

  #readAnew(
    definition: AnyDefinition,
    values: readonly string[],
    onRead: (read: DefinedRead<unknown>) => void,
  ): SecureCookieDefinedResult<unknown> {
    const read = readDefinedCookie(this.#signer, definition, values, this.#revocations);
    this.#defined = { definition, read, next: this.#defined };
    onRead(read);
    return read.result;
  }

  /** Decodes the value again, so that each caller gets its own. It may have been revoked since. */
  #judgedAgain(
    definition: AnyDefinition,
    { result, stored }: DefinedRead<unknown>,
  ): SecureCookieDefinedResult<unknown> {
    if (!result.valid || stored === undefined) {
      return result;
    }
    const decoded = definition.decode(stored.payload);
    if (decoded.reason !== undefined) {
      return { valid: false, reason: decoded.reason };
    }
    const { value } = decoded;
    const refusal = judgeRevocation(this.#revocations, definition, value, stored.firstIssuedAt);
    return refusal === undefined ? { ...result, value } : { valid: false, reason: refusal };
  }
}

/** A copy of the bytes: what one caller does to them must not reach the next. */
function withOwnBytes(
  result: SecureCookieVerifyResult<string | Uint8Array>,
): SecureCookieVerifyResult<string | Uint8Array> {
  return result.valid && typeof result.value !== 'string'
    ? { ...result, value: new Uint8Array(result.value) }
    : result;
}

/** Whether two reads have the same options apart from `maxAge`. */
function areAlike(
  one: OwnOptions<SecureCookieVerifyOptions>,
  other: OwnOptions<SecureCookieVerifyOptions>,
): boolean {
  return (
    one.minVersion === other.minVersion &&
    one.encoding === other.encoding &&
    one.encrypted === other.encrypted
  );
}
