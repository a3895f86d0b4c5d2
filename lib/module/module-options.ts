import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { CookieDefaults } from '../jar/cookie-defaults.js';
import {
  revocationSettings,
  type SecureCookieRevocationSettings,
} from '../revocation/revocation-settings.js';
import {
  blankServiceOptions,
  serviceOptions,
  type SecureCookieServiceOptions,
} from '../nest/service-options.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { blankKeys, KeyRing, type SecureCookieKeys } from '../signing/key-ring.js';
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

type InputFactory = FactoryProvider<SecureCookieModuleInput | Promise<SecureCookieModuleInput>>;

interface AnyAsyncOptions extends SecureCookieModuleScope, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: InputFactory['inject'];
  readonly useFactory?: InputFactory['useFactory'];
  readonly useClass?: Type<SecureCookieOptionsFactory>;
  readonly useExisting?: Type<SecureCookieOptionsFactory>;
}

/** {@link SecureCookieModuleAsyncOptions} in one form: a function, and what Nest injects into it. */
interface ModuleFactory extends SecureCookieModuleScope {
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  readonly makeInput: InputFactory['useFactory'];
  readonly inject: NonNullable<InputFactory['inject']>;
  /** What Nest must make first. */
  readonly providers: readonly Provider[];
}

/**
 * The options of `forRootAsync`, copied once.
 *
 * @throws {@link SecureCookieError} `option` - also if there is not exactly one factory
 */
export function moduleFactory(given: SecureCookieModuleAsyncOptions): ModuleFactory {
  const {
    imports = [],
    isGlobal,
    inject = [],
    useFactory,
    useClass,
    useExisting,
  } = ownOptions<AnyAsyncOptions>(
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
  return useFactory === undefined
    ? {
        imports,
        isGlobal,
        makeInput: (made: SecureCookieOptionsFactory) => made.createSecureCookieOptions(),
        inject: [factory],
        providers: useClass === undefined ? [] : [useClass],
      }
    : { imports, isGlobal, makeInput: useFactory, inject, providers: [] };
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
  const own = ownOptions<SecureCookieModuleOptions>(longForm(input), blankModuleOptions, 'option');
  const { cookie, vary } = serviceOptions({ cookie: own.cookie, vary: own.vary });
  const { maxAge, clockTolerance } = resolvePolicy(own);
  void new CookieDefaults(cookie ?? {}, maxAge);
  const revocations =
    own.revocations === undefined ? undefined : revocationSettings(own.revocations, clockTolerance);
  if (own.keys === undefined) {
    return { ...own, cookie, vary, revocations };
  }
  if (own.secret !== undefined) {
    throw new SecureCookieError(
      'option',
      'The options "secret" and "keys" exclude each other: leave one of them out.',
    );
  }
  return { ...own, keys: ownKeyProvider(own.keys), cookie, vary, revocations };
}

/**
 * The options of `forRoot`: {@link moduleOptions} and the scope of the module. Keys are checked as well,
 * so that bad ones throw at the call; the signer is made when the app starts.
 *
 * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version`, `option` or
 * `attribute`
 */
export function rootOptions(
  input: SecureCookieModuleInput | (SecureCookieModuleOptions & SecureCookieModuleScope),
): SecureCookieModuleScope & { readonly options: SecureCookieModuleOptions } {
  const { isGlobal, ...given } = ownOptions<SecureCookieModuleOptions & SecureCookieModuleScope>(
    longForm(input),
    () => ({ ...blankModuleOptions(), isGlobal: undefined }),
    'option',
  );
  const options = moduleOptions(given);
  if (options.keys === undefined) {
    const { allowWeakSecrets, clock } = resolvePolicy(options);
    void new KeyRing(options, allowWeakSecrets, clock);
  }
  return { options, isGlobal };
}

/** The options that a single secret stands for. */
function longForm<Options extends object>(
  input: SecureCookieSecret | Options | null | undefined,
): Options | { readonly secret: SecureCookieSecret } {
  const isSecret = typeof input === 'string' || isBytes(input);
  if (!isSecret && input !== undefined && input !== null) {
    return input;
  }
  if (isSecret && input !== '') {
    return { secret: input };
  }
  throw new SecureCookieError(
    'secret-missing',
    `SecureCookieModule got no secret (${input === '' ? 'an empty one' : String(input)}). Pass the option "secret", as in forRoot(process.env.COOKIE_SECRET), and set that environment variable before the app starts; if a .env file is loaded later than this line runs, use forRootAsync. ${HOW_TO_MAKE_A_SECRET}`,
  );
}
