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
      /** `undefined`: cookies are not renewed by age. */
      readonly renewAfter?: undefined;
      /** `false`: cookies are not renewed for their key or format. */
      readonly renew?: false | undefined;
      /** `undefined`: it applies only to renewal. */
      readonly renewOn?: undefined;
      /**
       * A cookie is refused this many seconds after it was first issued, however often it is renewed.
       * Renewal requires it: otherwise a stolen cookie could be renewed for ever.
       *
       * @defaultValue no limit except `maxAge`
       */
      readonly absoluteMaxAge?: number | undefined;
    }
  | {
      /**
       * Re-issues cookies older than this, in seconds, with the definition's own attributes.
       *
       * @defaultValue none: cookies are not renewed by age
       */
      readonly renewAfter?: number | undefined;
      /**
       * Re-issues valid cookies that would be written differently now: those signed with an old key,
       * or in an older or accepted format.
       *
       * @defaultValue false
       */
      readonly renew?: boolean | undefined;
      /**
       * `'navigation'` renews only if `Sec-Fetch-Mode` is absent or `navigate`.
       *
       * @defaultValue 'any'
       */
      readonly renewOn?: 'any' | 'navigation' | undefined;
      /** A cookie is refused this many seconds after it was first issued, however often it is renewed. */
      readonly absoluteMaxAge: number;
    };

/**
 * The options of a definition, apart from the type of its value. `maxAge`, in seconds, applies to both
 * the browser and the server, and may exceed the signer's.
 */
export type SecureCookieDefinitionOptions = Omit<SecureCookieAttributes, 'domain'> &
  SecureCookieRenewalOptions & {
    /**
     * The host that the cookie is sent to, with its subdomains. `null` overrides a default of the app:
     * only the host that set it. A function gets the request's host, for tenants; it is called when
     * the cookie is set, cleared or renewed.
     *
     * @defaultValue none: only the host that set it
     */
    readonly domain?: string | null | SecureCookieDomainOf | undefined;
    /**
     * Where the cookie lived before: setting, clearing and renewing it also delete it there. Browsers
     * keep cookies of one name in different places apart, and send them all.
     *
     * @defaultValue nowhere else
     * @example
     * [{ domain: null }, { path: '/app' }];
     */
    readonly formerly?: readonly SecureCookieFormerPlace[] | undefined;
    /**
     * Hides the value from anyone who does not hold the secret.
     *
     * @defaultValue false
     */
    readonly encrypt?: boolean | undefined;
    /**
     * Older formats that are read under this name, and re-issued with `renew`. `absoluteMaxAge` counts
     * from the date that they carry. A cookie without a date is first issued when it is renewed, so it
     * ends at the latest `absoluteMaxAge` after `until`.
     *
     * @defaultValue none
     */
    readonly accepts?: readonly SecureCookieAcceptedFormat[] | undefined;
    /**
     * Binds the cookie to a device, in browsers that can do so. Needs `DeviceBoundModule` of
     * `nestjs-secure-cookie/device-bound`, and a cookie with `Secure` and without a domain.
     *
     * @defaultValue not bound
     * @experimental
     */
    readonly deviceBound?: SecureCookieDeviceBoundOptions | undefined;
  };

/** The keys by which a cookie can be revoked before it expires. */
export interface SecureCookieRevocableOptions<Output> {
  /**
   * Returns the keys by which `SecureCookieRevocations` can revoke a value: 0 to 8 texts of 1 to 256
   * characters. It gets the value that reading returns. If it returns anything else, or throws,
   * setting throws `value`, and a cookie is rejected as `schema`.
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

/** Without a schema, another cookie of the old app must not be replayable as this one. */
export interface WithoutSchema {
  readonly schema?: undefined;
  readonly accepts?: readonly SecureCookieNameBindingFormat[] | undefined;
}

/** The type that `set` takes with a schema. */
export type SchemaInput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['input'];

/** The type that reading returns with a schema. */
export type SchemaOutput<Schema extends SecureCookieStandardSchema> = NonNullable<
  Schema['~standard']['types']
>['output'];

/** The options of the constructor, for values of any type. */
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

/** Every option of a definition, each `undefined`. */
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
