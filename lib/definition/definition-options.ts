import type {
  SecureCookieAcceptedFormat,
  SecureCookieNameBindingFormat,
} from '../accepts/accepted-format.js';
import { blankAttributes, type SecureCookieAttributes } from '../http/set-cookie.js';
import type { OwnOptions } from '../own-options.js';
import type { SecureCookieCodec } from './codec.js';
import type { SecureCookieDeviceBoundOptions } from './device-bound-option.js';
import type { SecureCookieDomainOf, SecureCookieFormerPlace } from './cookie-places.js';
import type { SecureCookieStandardSchema } from './standard-schema.js';

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
export type SecureCookieDefinitionOptions = Omit<SecureCookieAttributes, 'domain'> &
  SecureCookieRenewalOptions & {
    /**
     * The host the cookie is sent to, with its subdomains; `null` for the host alone, against a
     * default of the app; or a function of the request's host, for tenants, which setting, clearing
     * and renewing ask.
     *
     * @defaultValue none: the host that set it, alone
     */
    readonly domain?: string | null | SecureCookieDomainOf | undefined;
    /**
     * Where the cookie lived before: setting, clearing and renewing delete it there. A browser keeps
     * cookies of one name and different places apart, and sends them all.
     *
     * @defaultValue nowhere else
     * @example
     * [{ domain: null }, { path: '/app' }];
     */
    readonly formerly?: readonly SecureCookieFormerPlace[] | undefined;
    /**
     * Hides the value from whoever does not hold the secret.
     *
     * @defaultValue false
     */
    readonly encrypt?: boolean | undefined;
    /**
     * Formats that came before: read under this name, and re-issued under `renew`. `absoluteMaxAge`
     * counts from the date that they carry; what carries none is first issued when it is renewed, so
     * it ends at the latest `absoluteMaxAge` after `until`.
     *
     * @defaultValue none
     */
    readonly accepts?: readonly SecureCookieAcceptedFormat[] | undefined;
    /**
     * Binds the cookie to the device of a browser that can do so, where `DeviceBoundModule` of
     * `nestjs-secure-cookie/device-bound` is registered. The cookie needs `Secure` and has no domain.
     *
     * @defaultValue not bound
     * @experimental
     */
    readonly deviceBound?: SecureCookieDeviceBoundOptions | undefined;
  };

/** By which keys a cookie can be revoked before it expires. */
export interface SecureCookieRevocableOptions<Output> {
  /**
   * The keys that a value can be revoked by with `SecureCookieRevocations`: 0 to 8 of them, each a
   * text of 1 to 256 characters. It is given what reading returns. Where it returns anything else, or
   * throws, setting throws `value`, and a cookie is rejected as `schema`.
   *
   * @defaultValue none: the cookie ends when it expires
   * @example
   * defineSecureCookie('session', {
   *   schema: z.object({ userId: z.string() }),
   *   revocableBy: ({ userId }) => [`user:${userId}`],
   * });
   */
  readonly revocableBy?: ((value: Output) => readonly string[]) | undefined;
}

/** Another cookie of the old app could be replayed as this one: only a schema tells them apart. */
export interface WithoutSchema {
  readonly schema?: undefined;
  readonly accepts?: readonly SecureCookieNameBindingFormat[] | undefined;
}

/** What `set` takes for a schema. */
export type SchemaInput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['input'];

/** What reading gives for a schema. */
export type SchemaOutput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output'];

/** What the constructor takes, whatever the types of the values are. */
export interface AnyOptions extends Omit<SecureCookieAttributes, 'domain'> {
  readonly domain?: string | null | SecureCookieDomainOf | undefined;
  readonly formerly?: readonly SecureCookieFormerPlace[] | undefined;
  readonly codec?: SecureCookieCodec | undefined;
  readonly schema?: SecureCookieStandardSchema | undefined;
  readonly encrypt?: boolean | undefined;
  readonly accepts?: readonly SecureCookieAcceptedFormat[] | undefined;
  readonly renewAfter?: number | undefined;
  readonly renew?: boolean | undefined;
  readonly renewOn?: 'any' | 'navigation' | undefined;
  readonly absoluteMaxAge?: number | undefined;
  readonly revocableBy?: ((value: never) => readonly string[]) | undefined;
  readonly deviceBound?: SecureCookieDeviceBoundOptions | undefined;
}

/** Every option of a definition, not given. */
export function blankDefinitionOptions(): OwnOptions<AnyOptions> {
  return {
    ...blankAttributes(),
    formerly: undefined,
    codec: undefined,
    schema: undefined,
    encrypt: undefined,
    accepts: undefined,
    renewAfter: undefined,
    renew: undefined,
    renewOn: undefined,
    absoluteMaxAge: undefined,
    revocableBy: undefined,
    deviceBound: undefined,
  };
}
