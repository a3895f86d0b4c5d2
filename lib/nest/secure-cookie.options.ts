import type { FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { ownCookieAttributes, type SecureCookieAttributes } from '../http/set-cookie.js';
import { CookieDefaults } from '../jar/cookie-defaults.js';
import {
  revocationSettings,
  type SecureCookieRevocationSettings,
} from '../revocation/revocation-settings.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { blankKeys, type SecureCookieKeys } from '../signing/key-ring.js';
import { blankPolicy, resolvePolicy, type SecureCookiePolicy } from '../signing/policy.js';
import { HOW_TO_MAKE_A_SECRET, type SecureCookieSecret } from '../signing/secret.js';
import { ownKeyProvider, type SecureCookieKeyProvider } from '../signing/key-provider.js';

/** The keys of the app: either given as they are, or from a provider. */
export type SecureCookieModuleKeys =
  | (SecureCookieKeys & {
      /** `undefined`: the keys are given. */
      readonly keys?: undefined;
    })
  | {
      /** Loads the keys from elsewhere and keeps them fresh; replaces `secret`. */
      readonly keys: SecureCookieKeyProvider;
      /** `undefined`: the provider returns it. */
      readonly secret?: undefined;
      /** `undefined`: the provider returns it. */
      readonly keyVersion?: undefined;
    };

/** The options of a `SecureCookieService`, none of which is secret. */
export interface SecureCookieServiceOptions {
  /**
   * Default attributes of all cookies that a jar sets.
   *
   * @defaultValue those of {@link SecureCookieAttributes}
   */
  readonly cookie?: SecureCookieAttributes | undefined;
  /**
   * Whether a response for which a cookie was read gets `Vary: Cookie`, so that no cache uses it to
   * answer a request with other cookies. `false` leaves that to the app.
   *
   * @defaultValue true
   */
  readonly vary?: boolean | undefined;
}

/**
 * The options of `SecureCookieModule`: those of the signer, the default attributes of the app's cookies,
 * and `keys` for secrets that are kept elsewhere.
 */
export type SecureCookieModuleOptions = SecureCookieModuleKeys &
  SecureCookiePolicy &
  SecureCookieServiceOptions & {
    /**
     * Where revocations are kept, for definitions with `revocableBy`.
     *
     * @defaultValue none: such a definition throws `revocations-missing`
     */
    readonly revocations?: SecureCookieRevocationSettings | undefined;
  };

/**
 * {@link SecureCookieModuleOptions}, or a single secret as a shorthand. Only the type allows
 * `undefined`, so that `process.env.COOKIE_SECRET` needs no cast: it throws `secret-missing`.
 */
export type SecureCookieModuleInput = SecureCookieSecret | SecureCookieModuleOptions | undefined;

/** Controls where the providers can be injected. */
export interface SecureCookieModuleScope {
  /**
   * Whether `SecureCookieSigner` and `SecureCookieService` can be injected without importing the
   * module again. The decorators work everywhere in any case.
   *
   * @defaultValue true
   */
  readonly isGlobal?: boolean | undefined;
}

/** Makes the options of `SecureCookieModule.forRootAsync` with `useClass` or `useExisting`. */
export interface SecureCookieOptionsFactory {
  /** Called once, when the app starts. */
  createSecureCookieOptions(): SecureCookieModuleInput | Promise<SecureCookieModuleInput>;
}

/** The options of `SecureCookieModule.forRootAsync`: one of `useFactory`, `useClass`, `useExisting`. */
export type SecureCookieModuleAsyncOptions = SecureCookieModuleScope &
  Pick<ModuleMetadata, 'imports'> &
  (
    | Pick<
        FactoryProvider<SecureCookieModuleInput | Promise<SecureCookieModuleInput>>,
        'inject' | 'useFactory'
      >
    | {
        /** A factory that Nest makes for this module. */
        readonly useClass: Type<SecureCookieOptionsFactory>;
      }
    | {
        /** A factory that one of the `imports` exports. */
        readonly useExisting: Type<SecureCookieOptionsFactory>;
      }
  );

interface AnyAsyncOptions extends SecureCookieModuleScope, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: FactoryProvider<
    SecureCookieModuleInput | Promise<SecureCookieModuleInput>
  >['useFactory'];
  readonly useClass?: Type<SecureCookieOptionsFactory>;
  readonly useExisting?: Type<SecureCookieOptionsFactory>;
}

/**
 * The options of `forRootAsync`, copied once.
 *
 * @throws {@link SecureCookieError} `option` - also if there is not exactly one factory
 */
export function asyncOptions(given: SecureCookieModuleAsyncOptions): AnyAsyncOptions {
  const own = ownOptions<AnyAsyncOptions>(
    given,
    () => ({
      imports: undefined,
      isGlobal: undefined,
      inject: undefined,
      useFactory: undefined,
      useClass: undefined,
      useExisting: undefined,
    }),
    'option',
  );
  const { useFactory, useClass, useExisting, inject = [], imports = [] } = own;
  const [factory, ...others] = [useFactory, useClass, useExisting].filter(
    (one) => one !== undefined,
  );
  if (typeof factory !== 'function' || others.length > 0) {
    throw new SecureCookieError(
      'option',
      'forRootAsync needs exactly one of "useFactory" (a function), "useClass" and "useExisting" (classes).',
    );
  }
  if (!Array.isArray(inject) || !Array.isArray(imports)) {
    throw new SecureCookieError(
      'option',
      'The options "inject" and "imports" of forRootAsync must be lists.',
    );
  }
  return own;
}

/** The injection token of {@link SecureCookieServiceOptions}, for classes that extend the service. */
export const SERVICE_OPTIONS = Symbol('nestjs-secure-cookie service options');

function blankServiceOptions(): OwnOptions<SecureCookieServiceOptions> {
  return { cookie: undefined, vary: undefined };
}

/**
 * The options of a service, copied once and checked.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`
 */
export function serviceOptions(given: SecureCookieServiceOptions): SecureCookieServiceOptions {
  const own = ownOptions(given, blankServiceOptions, 'option');
  assertVary(own);
  return { ...own, cookie: own.cookie === undefined ? undefined : ownCookieAttributes(own.cookie) };
}

function blankModuleOptions(): OwnOptions<SecureCookieModuleOptions> {
  return {
    ...blankKeys(),
    ...blankPolicy(),
    ...blankServiceOptions(),
    keys: undefined,
    revocations: undefined,
  };
}

/**
 * The options of the module, copied once. Everything is checked that needs no key.
 *
 * @throws {@link SecureCookieError} `secret-missing`, `option` or `attribute`
 */
export function moduleOptions(input: SecureCookieModuleInput): SecureCookieModuleOptions {
  if (isSecret(input)) {
    return ownOptions({ secret: definedSecret(input) }, blankModuleOptions, 'option');
  }
  const own = ownOptions(input, blankModuleOptions, 'option');
  const cookie = own.cookie === undefined ? undefined : ownCookieAttributes(own.cookie);
  const { maxAge, clockTolerance } = resolvePolicy(own);
  void new CookieDefaults(cookie ?? {}, maxAge);
  assertVary(own);
  const revocations =
    own.revocations === undefined ? undefined : revocationSettings(own.revocations, clockTolerance);
  if (own.keys === undefined) {
    return { ...own, cookie, revocations };
  }
  if (own.secret !== undefined) {
    throw new SecureCookieError(
      'option',
      'The options "secret" and "keys" exclude each other: leave one of them out.',
    );
  }
  return { ...own, keys: ownKeyProvider(own.keys), cookie, revocations };
}

function assertVary({ vary }: SecureCookieServiceOptions): void {
  if (vary !== undefined && typeof vary !== 'boolean') {
    throw new SecureCookieError('option', 'The option "vary" must be true or false.');
  }
}

/**
 * The options of `forRoot`: {@link moduleOptions}, and the scope of the module.
 *
 * @throws {@link SecureCookieError} `secret-missing`, `option` or `attribute`
 */
export function rootOptions(
  input: SecureCookieModuleInput | (SecureCookieModuleOptions & SecureCookieModuleScope),
): SecureCookieModuleScope & { readonly options: SecureCookieModuleOptions } {
  if (isSecret(input)) {
    return { options: moduleOptions(input), isGlobal: undefined };
  }
  const { isGlobal, ...options } = ownOptions<SecureCookieModuleOptions & SecureCookieModuleScope>(
    input,
    () => ({ ...blankModuleOptions(), isGlobal: undefined }),
    'option',
  );
  return { options: moduleOptions(options), isGlobal };
}

function isSecret(input: unknown): input is SecureCookieSecret | null | undefined {
  return input === undefined || input === null || typeof input === 'string' || isBytes(input);
}

function definedSecret(secret: SecureCookieSecret | null | undefined): SecureCookieSecret {
  if (secret !== undefined && secret !== null && secret !== '') {
    return secret;
  }
  throw new SecureCookieError(
    'secret-missing',
    `SecureCookieModule got no secret (${secret === '' ? 'an empty one' : String(secret)}). Pass the option "secret", as in forRoot(process.env.COOKIE_SECRET), and set that environment variable before the app starts; if a .env file is loaded later than this line runs, use forRootAsync. ${HOW_TO_MAKE_A_SECRET}`,
  );
}
