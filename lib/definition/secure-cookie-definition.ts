import { SecureCookieError } from '../errors.js';
import { resolveCookieAttributes, type SecureCookieAttributes } from '../http/set-cookie.js';
import type { SecureCookieRejection } from '../signing/verify-result.js';
import type {
  SecureCookieAcceptedFormat,
  SecureCookieNameBindingFormat,
} from '../accepts/accepted-format.js';
import { CODECS, type SecureCookieJsonValue, type SecureCookieCodec } from './codec.js';
import type {
  SecureCookieStandardSchema,
  SecureCookieStandardSchemaResult,
} from './standard-schema.js';

/** When a cookie that a client presents is re-issued. */
export type SecureCookieRenewalOptions =
  | {
      /** Not renewed by age. */
      readonly renewAfter?: undefined;
      /** Not renewed for its key or format. */
      readonly renew?: false | undefined;
      /** Without renewal, there is nothing to narrow. */
      readonly renewOn?: undefined;
      /**
       * The oldest first issue that is accepted, in seconds, however often the cookie was renewed.
       * Renewal requires it: without it, a cookie that was stolen once would live for ever.
       *
       * @defaultValue no limit but `maxAge`
       */
      readonly absoluteMaxAge?: number | undefined;
    }
  | {
      /**
       * Re-issues cookies older than this, in seconds, with the definition's own attributes.
       *
       * @defaultValue none: age alone renews nothing
       */
      readonly renewAfter?: number | undefined;
      /**
       * Re-issues cookies that are valid but not as they would be written now: signed by an old key,
       * or in an older or accepted format.
       *
       * @defaultValue false
       */
      readonly renew?: boolean | undefined;
      /**
       * `'navigation'` renews only where `Sec-Fetch-Mode` is absent or `navigate`.
       *
       * @defaultValue 'any'
       */
      readonly renewOn?: 'any' | 'navigation' | undefined;
      /** The oldest first issue that is accepted, in seconds, however often it was renewed. */
      readonly absoluteMaxAge: number;
    };

/**
 * What a definition says of its cookie besides the value's type. `maxAge`, in seconds, binds the
 * browser and the server both, and may exceed the signer's.
 */
export type SecureCookieDefinitionOptions = SecureCookieAttributes &
  SecureCookieRenewalOptions & {
    /**
     * Hides the value from whoever does not hold the secret.
     *
     * @defaultValue false
     */
    readonly encrypt?: boolean | undefined;
    /**
     * Formats that came before: read under this name, and re-issued under `renew`.
     *
     * @defaultValue none
     */
    readonly accepts?: readonly SecureCookieAcceptedFormat[] | undefined;
  };

/** Another cookie of the old app could be replayed as this one: only a schema tells them apart. */
interface WithoutSchema {
  readonly schema?: undefined;
  readonly accepts?: readonly SecureCookieNameBindingFormat[] | undefined;
}

/** What `set` takes for a schema. */
type SchemaInput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['input'];

/** What reading gives for a schema. */
type SchemaOutput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output'];

/** The type that reading a definition's cookie gives. */
export type SecureCookieValue<Definition> =
  Definition extends SecureCookieDefinition<never, infer Output> ? Output : never;

/** The type that setting a definition's cookie takes. */
export type SecureCookieInput<Definition> =
  Definition extends SecureCookieDefinition<infer Input, unknown> ? Input : never;

/** What a payload decodes to, or why it does not. */
export type DecodedValue<Output> =
  | { readonly value: Output; readonly reason?: undefined }
  | { readonly reason: Extract<SecureCookieRejection, 'encoding' | 'schema'> };

interface AnyOptions extends Omit<SecureCookieAttributes, never> {
  readonly codec?: SecureCookieCodec | undefined;
  readonly schema?: SecureCookieStandardSchema | undefined;
  readonly encrypt?: boolean | undefined;
  readonly accepts?: readonly SecureCookieAcceptedFormat[] | undefined;
  readonly renewAfter?: number | undefined;
  readonly renew?: boolean | undefined;
  readonly renewOn?: 'any' | 'navigation' | undefined;
  readonly absoluteMaxAge?: number | undefined;
}

/**
 * A cookie defined once: its name, attributes, lifetime, type and policy. A frozen value: nothing is
 * registered. Made by {@link defineSecureCookie}.
 *
 * @example
 * function forget(cookies: SecureCookieJar, cookie: SecureCookieDefinition<never, unknown>) {
 *   cookies.clear(cookie);
 * }
 */
export class SecureCookieDefinition<in Input, out Output> {
  /** The cookie's name. */
  readonly name: string;
  /** Those it is set, renewed and cleared with. */
  readonly attributes: SecureCookieAttributes;
  /** How values become bytes. */
  readonly codec: SecureCookieCodec;
  /** Whether its value is hidden from whoever does not hold the secret. */
  readonly encrypt: boolean;
  /** Formats that came before. */
  readonly accepts: readonly SecureCookieAcceptedFormat[];
  /** The age that is due for renewal, in seconds, where given. */
  readonly renewAfter: number | undefined;
  /** Whether what is valid but not current is re-issued. */
  readonly renew: boolean;
  /** The requests that may renew it. */
  readonly renewOn: 'any' | 'navigation';
  /** The oldest first issue that is accepted, in seconds, where given. */
  readonly absoluteMaxAge: number | undefined;
  readonly #schema: SecureCookieStandardSchema | undefined;

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
      ...attributes
    } = options;
    this.name = name;
    this.attributes = Object.freeze({ ...attributes });
    this.codec = codec;
    this.encrypt = encrypt;
    this.accepts = Object.freeze([...accepts]);
    this.renewAfter = renewAfter;
    this.renew = renew;
    this.renewOn = renewOn;
    this.absoluteMaxAge = absoluteMaxAge;
    this.#schema = schema;
    // An impossible set of attributes is an error of the definition, whatever the connection is like.
    resolveCookieAttributes(name, this.attributes, {}, () => true);
    assertDefinition(this, schema);
    Object.freeze(this);
  }

  /**
   * The payload of a value. What is validated and stored is the value as it is given; it must also
   * pass as it will be read back.
   *
   * @internal
   * @throws {@link SecureCookieError} `value` or `schema-async`
   */
  encode(value: Input): Uint8Array {
    this.#assertValid(value);
    const payload = CODECS[this.codec].encode(this.name, value);
    const stored = CODECS[this.codec].decode(payload);
    if (this.codec === 'json') {
      this.#assertValid(stored?.value);
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
    return validated === undefined || validated.issues !== undefined
      ? { reason: 'schema' }
      : { value: validated.value };
  }

  #assertValid(value: unknown): void {
    const validated = this.#validate(value);
    if (validated?.issues === undefined && validated !== undefined) {
      return;
    }
    const paths = validated?.issues?.map(issuePath).join(', ');
    throw new SecureCookieError(
      'value',
      `The value of the cookie "${this.name}" does not fit its schema${paths === undefined ? '' : `, at: ${paths}`}.`,
    );
  }

  /** What the schema says; `undefined` where it throws, which a schema must not do. */
  #validate(value: unknown): SecureCookieStandardSchemaResult<unknown> | undefined {
    if (this.#schema === undefined) {
      return { value };
    }
    const result = validateWith(this.#schema, value);
    if (isPromise(result)) {
      // It is of no use, and its rejection would end the process.
      void Promise.resolve(result).catch(() => undefined);
      throw new SecureCookieError(
        'schema-async',
        `The schema of the cookie "${this.name}" validates asynchronously: cookies need one that does not.`,
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
 * @param options - the attributes of the cookie; `codec` ('text', 'bytes' or 'json'; text, and json
 * where there is a schema); `schema` (any Standard Schema: zod, valibot, arktype, ...), which both
 * setting and reading validate; `encrypt`; renewal by `renewAfter`, `renew` and `absoluteMaxAge`
 * (seconds); `accepts` for older formats
 * @throws {@link SecureCookieError} `name`, `attribute` or `option`, where it is defined
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
  options?: SecureCookieDefinitionOptions & WithoutSchema & { readonly codec?: 'text' | undefined },
): SecureCookieDefinition<string, string>;
export function defineSecureCookie(
  name: string,
  options: SecureCookieDefinitionOptions & WithoutSchema & { readonly codec: 'bytes' },
): SecureCookieDefinition<Uint8Array, Uint8Array>;
export function defineSecureCookie(
  name: string,
  options: SecureCookieDefinitionOptions & WithoutSchema & { readonly codec: 'json' },
): SecureCookieDefinition<SecureCookieJsonValue, SecureCookieJsonValue>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema<string, unknown>>(
  name: string,
  options: SecureCookieDefinitionOptions & { readonly codec: 'text'; readonly schema: Schema },
): SecureCookieDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema<Uint8Array, unknown>>(
  name: string,
  options: SecureCookieDefinitionOptions & { readonly codec: 'bytes'; readonly schema: Schema },
): SecureCookieDefinition<SchemaInput<Schema>, SchemaOutput<Schema>>;
export function defineSecureCookie<Schema extends SecureCookieStandardSchema>(
  name: string,
  options: SecureCookieDefinitionOptions & {
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

function validateWith(schema: SecureCookieStandardSchema, value: unknown) {
  try {
    return schema['~standard'].validate(value);
  } catch {
    return undefined;
  }
}

/** Of whatever library or realm: taken for a result, a promise would pass as a value without issues. */
function isPromise(result: object | undefined): result is PromiseLike<unknown> {
  return result !== undefined && 'then' in result;
}

function issuePath({ path = [] }: { readonly path?: readonly unknown[] | undefined }): string {
  const keys = path.map((key) =>
    typeof key === 'object' && key !== null && 'key' in key ? key.key : key,
  );
  return keys.length === 0 ? 'the value itself' : keys.map(String).join('.');
}

function assertDefinition(
  definition: SecureCookieDefinition<never, unknown>,
  schema: SecureCookieStandardSchema | undefined,
): void {
  const { codec, encrypt, renew, renewAfter, renewOn, absoluteMaxAge, accepts, attributes } =
    definition;
  const { maxAge } = attributes;
  const renews = renew || renewAfter !== undefined;
  const faults: readonly (readonly [boolean, string])[] = [
    [!Object.hasOwn(CODECS, codec), '"codec" must be "text", "bytes" or "json"'],
    [
      schema !== undefined && typeof schema['~standard']?.validate !== 'function',
      '"schema" must be a Standard Schema, as those of zod, valibot and arktype are',
    ],
    [typeof encrypt !== 'boolean', '"encrypt" must be true or false'],
    [typeof renew !== 'boolean', '"renew" must be true or false'],
    [renewOn !== 'any' && renewOn !== 'navigation', '"renewOn" must be "any" or "navigation"'],
    [
      renewAfter !== undefined && !isDuration(renewAfter),
      '"renewAfter" must be a number of seconds, finite and not negative',
    ],
    [
      absoluteMaxAge !== undefined && !isDuration(absoluteMaxAge),
      '"absoluteMaxAge" must be a number of seconds, finite and not negative',
    ],
    [
      renews && absoluteMaxAge === undefined,
      'renewal needs "absoluteMaxAge", or a stolen cookie could be renewed for ever',
    ],
    [
      renewAfter !== undefined && typeof maxAge === 'number' && renewAfter >= maxAge,
      '"renewAfter" must be less than "maxAge", or nothing is ever renewed',
    ],
    [
      accepts.some(({ until }) => !(until instanceof Date) || Number.isNaN(until.getTime())),
      'a format in "accepts" needs "until", a valid Date',
    ],
    [
      schema === undefined && accepts.some(({ bindsName }) => !bindsName),
      '"accepts" needs a "schema" for a format whose signature does not cover the name: another cookie of the old app could be replayed as this one',
    ],
  ];
  const fault = faults.find(([present]) => present);
  if (fault !== undefined) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${definition.name}" can not be: ${fault[1]}.`,
    );
  }
}

function isDuration(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= 0;
}
