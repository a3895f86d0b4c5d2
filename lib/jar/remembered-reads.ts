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

/** Told of a defined cookie when it is verified; not when its result is asked for again. */
export type OnDefinedRead = (
  definition: AnyDefinition,
  read: DefinedRead<unknown>,
  occurrences: number,
) => void;

interface NamedRead {
  readonly name: string;
  readonly options: OwnOptions<SecureCookieVerifyOptions>;
  readonly result: SecureCookieVerifyResult<string | Uint8Array>;
}

interface DefinitionRead {
  readonly definition: AnyDefinition;
  readonly read: DefinedRead<unknown>;
}

/**
 * What was read in one request: a cookie is verified once, whoever asks for it, and publishes one
 * event. Results are remembered by definition, or by name and options, as long as their age allows; a
 * valid one answers for other ages too.
 *
 * Not for a reader that outlives a request: keys turn, and sessions are revoked, under an open socket.
 */
export class RememberedReads {
  readonly #signer: SecureCookieSigner;
  readonly #revocations: SecureCookieRevocations | undefined;
  readonly #onDefinedRead: OnDefinedRead;
  /** Lists: a request reads two or three cookies, and comparing is cheaper than building a key. */
  #named: NamedRead[] = [];
  #defined: DefinitionRead[] = [];

  constructor(
    signer: SecureCookieSigner,
    revocations: SecureCookieRevocations | undefined,
    onDefinedRead: OnDefinedRead,
  ) {
    this.#signer = signer;
    this.#revocations = revocations;
    this.#onDefinedRead = onDefinedRead;
  }

  /**
   * @param values - the cookies of that name, as they came
   * @param options - of own properties, checked
   * @throws {@link SecureCookieError} `secret-reused`, `schema-async` or `clock`
   */
  read(
    cookie: string | AnyDefinition,
    values: readonly string[],
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): SecureCookieDefinedResult<unknown> | SecureCookieVerifyResult<string | Uint8Array> {
    return typeof cookie === 'string'
      ? this.#readNamed(cookie, values, options)
      : this.#readDefined(cookie, values);
  }

  #readNamed(
    name: string,
    values: readonly string[],
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): SecureCookieVerifyResult<string | Uint8Array> {
    for (const known of this.#named) {
      const isAlike = known.name === name && areAlike(known.options, options);
      if (isAlike && this.#answers(known, options)) {
        return withOwnBytes(known.result);
      }
    }
    const result = readNamedCookie(this.#signer, name, values, options);
    this.#named.push({ name, options, result });
    return withOwnBytes(result);
  }

  /** A valid result has a date, which answers for any age; the reason of another is that of its own. */
  #answers({ result, options }: NamedRead, asked: OwnOptions<SecureCookieVerifyOptions>): boolean {
    const { maxAge = this.#signer.maxAge } = asked;
    return result.valid
      ? Number.isFinite(maxAge) && maxAge >= 0 && result.issuedAt + maxAge >= this.#signer.now()
      : options.maxAge === asked.maxAge;
  }

  #readDefined(
    definition: AnyDefinition,
    values: readonly string[],
  ): SecureCookieDefinedResult<unknown> {
    for (const known of this.#defined) {
      if (known.definition === definition) {
        if (known.read.stored === undefined) {
          return known.read.result;
        }
        if (known.read.stored.expiresAt >= this.#signer.now()) {
          return this.#judgedAgain(definition, known.read);
        }
        this.#defined = this.#defined.filter((read) => read !== known);
      }
    }
    const read = readDefinedCookie(this.#signer, definition, values, this.#revocations);
    this.#defined.push({ definition, read });
    this.#onDefinedRead(definition, read, values.length);
    return read.result;
  }

  /** With a value of its own, as {@link withOwnBytes}; it may have been revoked since. */
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

/** What one caller does to a value must not reach the next. */
function withOwnBytes(
  result: SecureCookieVerifyResult<string | Uint8Array>,
): SecureCookieVerifyResult<string | Uint8Array> {
  return result.valid && typeof result.value !== 'string'
    ? { ...result, value: new Uint8Array(result.value) }
    : result;
}

/** But for the age. */
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
