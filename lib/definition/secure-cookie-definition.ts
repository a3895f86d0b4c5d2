import { SecureCookieError } from '../errors.js';
import {
  blankAttributes,
  ownCookieAttributes,
  resolveCookieAttributes,
  type SecureCookieAttributes,
} from '../http/set-cookie.js';
import { isLate } from '../any-realm.js';
import { hasMember, memberOf } from '../own-member.js';
import { ownOptions } from '../own-options.js';
import type { SecureCookieRejection } from '../signing/verify-result.js';
import { acceptedFormats, type SecureCookieAcceptedFormat } from '../accepts/accepted-format.js';
import {
  formerPlaces,
  type SecureCookieDomainOf,
  type SecureCookieFormerPlace,
} from './cookie-places.js';
import { CODECS, type SecureCookieJsonValue, type SecureCookieCodec } from './codec.js';
import {
  blankDefinitionOptions,
  type AnyOptions,
  type SchemaInput,
  type SchemaOutput,
  type SecureCookieDefinitionOptions,
  type SecureCookieRevocableOptions,
  type WithoutSchema,
} from './definition-options.js';
import { BRAND } from './definition-brand.js';
import { assertPolicy } from './definition-policy.js';
import { boundDuration } from './device-bound-option.js';
import { revocationKeys, type RevocableBy } from './revocation-keys.js';
import type { SecureCookieStandardSchema } from './standard-schema.js';

/** The type that reading a definition's cookie returns. */
export type SecureCookieValue<Definition> =
  Definition extends SecureCookieDefinition<never, infer Output> ? Output : never;

/** The type that setting a definition's cookie takes. */
export type SecureCookieInput<Definition> =
  Definition extends SecureCookieDefinition<infer Input, unknown> ? Input : never;

/** The value that a payload decodes to, or why it does not decode. */
export type DecodedValue<Output> =
  | { readonly value: Output; readonly reason: undefined }
  | { readonly reason: Extract<SecureCookieRejection, 'encoding' | 'schema'> };

/**
 * The definition of a cookie: its name, attributes, lifetime, type and policy. It is a frozen value,
 * and is registered nowhere. Made by {@link defineSecureCookie}.
 *
 * @example
 * function forget(cookies: SecureCookieJar, cookie: SecureCookieDefinition<never, unknown>) {
 *   cookies.clear(cookie);
 * }
 */
export class SecureCookieDefinition<in Input, out Output> {
  /** The cookie's name. */
  readonly name: string;
  /** The attributes used to set, renew and clear it. */
  readonly attributes: SecureCookieAttributes;
  /** Its domain as a function of the request's host, if given. */
  readonly domainOf: SecureCookieDomainOf | undefined;
  /** The places where it lived before. */
  readonly formerly: readonly SecureCookieFormerPlace[];
  /** How values become bytes. */
  readonly codec: SecureCookieCodec;
  /** Whether its value is hidden from anyone who does not hold the secret. */
  readonly encrypt: boolean;
  /** Older formats that are read. */
  readonly accepts: readonly SecureCookieAcceptedFormat[];
  /** The age after which it is renewed, in seconds, if given. */
  readonly renewAfter: number | undefined;
  /** Whether a valid cookie that is not current is re-issued. */
  readonly renew: boolean;
  /** The requests that may renew it. */
  readonly renewOn: 'any' | 'navigation';
  /** It is refused this many seconds after it was first issued, if given. */
  readonly absoluteMaxAge: number | undefined;
  /**
   * Whether its payload has a frame, with the first issue and the choices of one login. Renewal, which
   * requires `absoluteMaxAge`, and binding need it.
   *
   * @internal
   */
  readonly framed: boolean;
  /**
   * How long a cookie that is bound to a device is valid, in seconds, if it has `deviceBound`.
   *
   * @experimental
   */
  readonly boundFor: number | undefined;
  /** Whether it has `revocableBy`, and so can be revoked. */
  readonly revocable: boolean;
  readonly #revocableBy: RevocableBy | undefined;
  readonly #schema: SecureCookieStandardSchema | undefined;

  /**
   * Identifies a definition to other copies and builds of this package, which have other classes.
   *
   * @internal
   */
  get [BRAND](): true {
    return true;
  }

  /** @internal */
  constructor(name: string, options: AnyOptions) {
    const {
      schema,
      codec = schema === undefined ? 'text' : 'json',
      encrypt = false,
      accepts = [],
      renewAfter,
      renew = false,
      renewOn = 'any',
      absoluteMaxAge,
      revocableBy,
      deviceBound,
      formerly = [],
      domain,
      ...given
    } = ownOptions(options, blankDefinitionOptions, 'option');
    const domainOf = typeof domain === 'function' ? domain : undefined;
    const attributes = ownCookieAttributes({
      ...given,
      domain: typeof domain === 'function' ? undefined : domain,
    });
    this.name = name;
    this.attributes = Object.freeze(attributes);
    this.domainOf = domainOf;
    this.codec = codec;
    this.encrypt = encrypt;
    this.accepts = acceptedFormats(accepts);
    this.renewAfter = renewAfter;
    this.renew = renew;
    this.renewOn = renewOn;
    this.absoluteMaxAge = absoluteMaxAge;
    this.framed = absoluteMaxAge !== undefined || deviceBound !== undefined;
    this.revocable = revocableBy !== undefined;
    this.#revocableBy = revocableBy;
    this.#schema = schema;
    // Attributes that browsers refuse on any connection are an error of the definition.
    const anywhere = domainOf === undefined ? attributes : { ...attributes, domain: 'a.example' };
    resolveCookieAttributes(name, anywhere, blankAttributes(), () => true);
    this.formerly = formerPlaces(name, formerly, attributes);
    assertPolicy(this, schema, revocableBy);
    const hasDomain = domain !== undefined && domain !== null;
    this.boundFor = boundDuration(
      name,
      deviceBound,
      attributes,
      hasDomain,
      absoluteMaxAge,
      renewOn,
    );
    Object.freeze(this);
  }

  /**
   * The payload of a value. The given value is validated and stored; what will be read back must pass
   * the schema as well.
   *
   * @internal
   * @throws {@link SecureCookieError} `value` or `schema-async`
   */
  encode(value: Input): Uint8Array {
    this.#assertValid(value);
    const payload = CODECS[this.codec].encode(this.name, value);
    if (this.codec === 'json') {
      this.#assertValid(CODECS[this.codec].decode(payload)?.value);
    }
    return payload;
  }

  /**
   * The value of a payload.
   *
   * @internal
   * @throws {@link SecureCookieError} `schema-async`
   */
  decode(payload: Uint8Array): DecodedValue<Output>;
  decode(payload: Uint8Array): DecodedValue<unknown> {
    const decoded = CODECS[this.codec].decode(payload);
    if (decoded === undefined) {
      return { reason: 'encoding' };
    }
    const validated = this.#validate(decoded.value);
    return validated === undefined
      ? { reason: 'schema' }
      : { value: validated.value, reason: undefined };
  }

  /**
   * The keys by which a decoded value can be revoked; `undefined` if they are not 0 to 8 valid ones.
   *
   * @internal
   */
  revocationKeys(value: unknown): readonly string[] | undefined {
    return this.#revocableBy === undefined ? [] : revocationKeys(this.#revocableBy, value);
  }

  #assertValid(value: unknown): void {
    if (this.#validate(value) !== undefined) {
      return;
    }
    // Shows neither messages nor paths: the paths of a record are keys of the value.
    throw new SecureCookieError(
      'value',
      `The value of the cookie "${this.name}" does not match its schema. The schema's issues are not repeated here, because they may quote the value: to see them, validate it first.`,
    );
  }

  /** The schema's result; `undefined` if it refuses the value, or throws, which it must not do. */
  #validate(value: unknown): { readonly value: unknown } | undefined {
    if (this.#schema === undefined) {
      return { value };
    }
    const result = validateWith(this.#schema, value);
    if (result === 'async') {
      throw new SecureCookieError(
        'schema-async',
        `The schema of the cookie "${this.name}" validates asynchronously: cookies need a synchronous one.`,
      );
    }
    return result;
  }
}

/**
 * Defines a cookie once: name, attributes, lifetime, type and policy in one place. The type of its
 * values follows from `codec` and `schema`.
 *
 * @param name - the cookie's name
 * @param options - the attributes of the cookie; `codec` ('text', 'bytes' or 'json'; by default text,
 * or json with a schema); `schema` (any Standard Schema: zod, valibot, arktype, ...), which validates
 * values when they are set and read; `encrypt`; renewal by `renewAfter`, `renew` and `absoluteMaxAge`
 * (seconds); `accepts` for older formats; `revocableBy` for the keys by which it can be revoked;
 * `deviceBound` for a cookie that is worthless on another device
 * @throws {@link SecureCookieError} `name`, `attribute` or `option`
 * @example
 * export const Cart = defineSecureCookie('cart', {
 *   schema: z.object({ items: z.array(z.string()) }),
 *   maxAge: 604_800,
 *   path: '/shop',
 *   encrypt: true,
 * });
 */
export function defineSecureCookie(
  name: string,
  options?: SecureCookieDefinitionOptions &
    WithoutSchema &
    SecureCookieRevocableOptions<string> & { readonly codec?: 'text' | undefined },
): SecureCookieDefinition<string, string>;
export function defineSecureCookie(
  name: string,
  options: SecureCookieDefinitionOptions &
    WithoutSchema &
    SecureCookieRevocableOptions<Uint8Array> & { readonly codec: 'bytes' },
): SecureCookieDefinition<Uint8Array, Uint8Array>;
export function defineSecureCookie(
  name: string,
  options: SecureCookieDefinitionOptions &
    WithoutSchema &
    SecureCookieRevocableOptions<SecureCookieJsonValue> & { readonly codec: 'json' },
): SecureCookieDefinition<SecureCookieJsonValue, SecureCookieJsonValue>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema<string, unknown>>(
  name: string,
  options: SecureCookieDefinitionOptions &
    SecureCookieRevocableOptions<SchemaOutput<Schema>> & {
      readonly codec: 'text';
      readonly schema: Schema;
    },
): SecureCookieDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema<Uint8Array, unknown>>(
  name: string,
  options: SecureCookieDefinitionOptions &
    SecureCookieRevocableOptions<SchemaOutput<Schema>> & {
      readonly codec: 'bytes';
      readonly schema: Schema;
    },
): SecureCookieDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema>(
  name: string,
  options: SecureCookieDefinitionOptions &
    SecureCookieRevocableOptions<SchemaOutput<Schema>> & {
      readonly codec?: 'json' | undefined;
      readonly schema: Schema;
    },
): SecureCookieDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineSecureCookie(
  name: string,
  options: AnyOptions = {},
): SecureCookieDefinition<never, unknown> {
  return new SecureCookieDefinition(name, options);
}

/** Reads the result once, inside the `try`: a proxy or a getter may throw. */
function validateWith(
  schema: SecureCookieStandardSchema,
  value: unknown,
): { readonly value: unknown } | 'async' | undefined {
  try {
    const result: unknown = schema['~standard'].validate(value);
    if (isLate(result)) {
      return 'async';
    }
    return fits(result) ? { value: result.value } : undefined;
  } catch {
    return undefined;
  }
}

/** Only an object with a value says that a value is valid; `true`, `false` and `null` do not. */
function fits(result: unknown): result is { readonly value: unknown } {
  return hasMember(result, 'value') && memberOf(result, 'issues') === undefined;
}
