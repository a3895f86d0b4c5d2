import {
  applyDecorators,
  createParamDecorator,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { ownOptions } from '../own-options.js';
import { assertVerifyOptions } from '../signing/judge-value.js';
import { assertCookieName } from '../cookie-name.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { concealed } from './misuse.js';
import { noteDefinition, noteParameter, noteRequirement } from './notes.js';
import { asPipe, isMeantForPipe, type SecureCookiePipe } from './pipes.js';
import { refusal } from './refusal.js';
import {
  addRequirement,
  type SecureCookieDefinedRequirementOptions,
  type SecureCookieReadOptions,
  type SecureCookieRequirement,
} from './requirements.js';
import { isGuarded, SecureCookieGuard } from './secure-cookie.guard.js';
import { SecureCookieInterceptor } from './secure-cookie.interceptor.js';
import { secureCookiesOf } from './running-apps.js';

/** The options of `@SecureCookie`. */
export interface SecureCookieParamOptions extends SecureCookieReadOptions {
  /**
   * Answers 401 if the cookie is missing or invalid, instead of passing `undefined`.
   *
   * @defaultValue false
   */
  readonly required?: boolean | undefined;
}

/** The options of `@SecureCookie` for a defined cookie; the definition has the others. */
export type SecureCookieDefinedParamOptions = Pick<SecureCookieParamOptions, 'required'>;

type AnyDefinition = SecureCookieDefinition<never, unknown>;

interface SecureCookieParam {
  readonly cookie: string | AnyDefinition;
  readonly options: SecureCookieReadOptions;
  readonly required: boolean;
}

/** The metadata key that marks handlers to which {@link SecureCookieInterceptor} is bound. */
const HAS_INTERCEPTOR = Symbol('nestjs-secure-cookie interceptor');

/** The metadata key under which TypeScript keeps the classes of a method's parameters. */
const TYPES = 'design:paramtypes';

/** A plain factory: an injectable pipe would run together with the app's global pipes, and is slower. */
const ReadSecureCookie = createParamDecorator(
  ({ cookie, options, required }: SecureCookieParam, context: ExecutionContext): unknown => {
    try {
      const { service, jar } = secureCookiesOf(context);
      const value = typeof cookie === 'string' ? jar.get(cookie, options) : jar.get(cookie);
      if (value === undefined && required) {
        throw refusal(context, service, jar);
      }
      return value;
    } catch (error) {
      throw concealed(error, context);
    }
  },
);

const TakeJar = createParamDecorator(
  (_data: undefined, context: ExecutionContext): SecureCookieJar => {
    try {
      return secureCookiesOf(context).jar;
    } catch (error) {
      throw concealed(error, context);
    }
  },
  [bindInterceptor, hideType, noteParameter],
);

/**
 * The verified value of a cookie, or `undefined` if it is missing or invalid, whatever the client
 * sent. Tornado: `get_signed_cookie` (`get_secure_cookie`).
 *
 * @param name - the cookie's name
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `name`, when the decorator is applied
 * @example
 * \@Get()
 * greet(@SecureCookie('user') user: string | undefined) {
 *   return `Hello ${user ?? 'stranger'}`;
 * }
 */
export function SecureCookie(name: string, ...pipes: SecureCookiePipe[]): ParameterDecorator;
/**
 * The verified value of a cookie, with options for this parameter.
 *
 * @param name - the cookie's name
 * @param options - `maxAge` in seconds and `minVersion` for this parameter; `required: true` for 401
 * instead of `undefined`
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `name` or `option`, when the decorator is applied
 * @example
 * \@Get('settings')
 * settings(@SecureCookie('user', { maxAge: 3600, required: true }) user: string) {
 *   return `Settings of ${user}`;
 * }
 */
export function SecureCookie(
  name: string,
  options: SecureCookieParamOptions,
  ...pipes: SecureCookiePipe[]
): ParameterDecorator;
/**
 * The value of a defined cookie, or `undefined` if there is no valid one. A cookie that is due is
 * renewed on the response.
 *
 * @param definition - made by `defineSecureCookie`
 * @param pipes - run on the value, as with `@Param()`
 * @example
 * \@Get('cart')
 * show(@SecureCookie(Cart) cart: SecureCookieValue<typeof Cart> | undefined) {
 *   return cart?.items ?? [];
 * }
 */
export function SecureCookie(
  definition: AnyDefinition,
  ...pipes: SecureCookiePipe[]
): ParameterDecorator;
/**
 * The value of a defined cookie, or 401 if it is required and there is no valid one.
 *
 * @param definition - made by `defineSecureCookie`
 * @param options - `required: true` for 401 instead of `undefined`
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `option`, when the decorator is applied
 * @example
 * \@Get('cart')
 * show(@SecureCookie(Cart, { required: true }) cart: SecureCookieValue<typeof Cart>) {
 *   return cart.items;
 * }
 */
export function SecureCookie(
  definition: AnyDefinition,
  options: SecureCookieDefinedParamOptions,
  ...pipes: SecureCookiePipe[]
): ParameterDecorator;
export function SecureCookie(
  cookie: string | AnyDefinition,
  ...optionsAndPipes: (SecureCookieParamOptions | SecureCookiePipe)[]
): ParameterDecorator {
  assertCookie(cookie);
  const [first, ...others] = optionsAndPipes;
  const { given, pipes } = isMeantForPipe(first)
    ? { given: {}, pipes: optionsAndPipes }
    : { given: first, pipes: others };
  const read = ReadSecureCookie(paramOf(cookie, given), ...pipes.map(asPipe));
  return (target, key, index) => {
    noteDefinition(target.constructor, cookie);
    noteParameter(target, key);
    read(target, key, index);
  };
}

/**
 * The jar of the request, which reads, sets and clears secure cookies. Also binds
 * {@link SecureCookieInterceptor} to the route, which signs what the jar sets.
 *
 * @throws {@link SecureCookieError} `module-missing`, or `not-http` outside HTTP, when a request
 * reaches the route
 * @example
 * \@Post('login')
 * login(@SecureCookies() cookies: SecureCookieJar) {
 *   cookies.set('user', 'alice');
 * }
 */
export function SecureCookies(): ParameterDecorator {
  return TakeJar();
}

/**
 * Requires a valid cookie on a controller or a route, and answers 401 if it is missing or invalid. May
 * be repeated: every cookie that is named on the controller or the route is required.
 *
 * @param name - the cookie's name
 * @param options - `maxAge` in seconds and `minVersion`, by default the signer's
 * @throws {@link SecureCookieError} `name` or `option`, when the decorator is applied
 * @example
 * \@RequireSecureCookie('user', { maxAge: 3600 })
 * \@Controller('account')
 * export class AccountController {}
 */
export function RequireSecureCookie(
  name: string,
  options?: SecureCookieReadOptions,
): ReturnType<typeof applyDecorators>;
/**
 * Requires a valid defined cookie on a controller or a route.
 *
 * @param definition - made by `defineSecureCookie`
 * @param options - `bound: true` requires a cookie that is bound to a device (experimental)
 * @throws {@link SecureCookieError} `option`, when the decorator is applied
 * @example
 * \@RequireSecureCookie(Session)
 * \@Controller('account')
 * export class AccountController {}
 */
export function RequireSecureCookie(
  definition: AnyDefinition,
  options?: SecureCookieDefinedRequirementOptions,
): ReturnType<typeof applyDecorators>;
export function RequireSecureCookie(
  cookie: string | AnyDefinition,
  options: SecureCookieReadOptions & SecureCookieDefinedRequirementOptions = {},
): ReturnType<typeof applyDecorators> {
  assertCookie(cookie);
  const requirement = requirementOf(cookie, options);
  return (target, key, method) => {
    const handler: unknown = method === undefined ? target : method.value;
    if (typeof handler !== 'function') {
      throw new SecureCookieError(
        'option',
        `@RequireSecureCookie() belongs on a class or a method, but "${String(key)}" is an accessor: write it below the decorator that turns the method into one.`,
      );
    }
    addRequirement(requirement, handler);
    noteRequirement(requirement, key === undefined ? handler.prototype : target, key);
    noteDefinition(key === undefined ? handler : target.constructor, cookie);
    // Bound once, however many cookies are required: each guard costs time.
    if (!isGuarded(handler)) {
      bindGuard(target, key, method);
    }
  };
}

const bindGuard = applyDecorators(UseGuards(SecureCookieGuard));

function assertCookie(cookie: string | AnyDefinition): void {
  if (typeof cookie === 'string') {
    assertCookieName(cookie);
  } else {
    assertDefinition(cookie);
  }
}

function bindInterceptor(target: object, key: string | symbol | undefined): void {
  const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  const handler: unknown = method?.value;
  if (key === undefined || method === undefined || typeof handler !== 'function') {
    return;
  }
  // Bound once, however many jars a method takes: each interceptor costs time.
  if (!Reflect.hasOwnMetadata(HAS_INTERCEPTOR, handler)) {
    Reflect.defineMetadata(HAS_INTERCEPTOR, true, handler);
    UseInterceptors(SecureCookieInterceptor)(target, key, method);
  }
}

/**
 * Hides the class of a parameter from pipes: a ValidationPipe creates a new instance of it, and with
 * `import type` that class is `Function`. Pipes leave `Object` alone.
 */
function hideType(target: object, key: string | symbol | undefined, index: number): void {
  const types: unknown = key === undefined ? [] : Reflect.getOwnMetadata(TYPES, target, key);
  if (key !== undefined && Array.isArray(types)) {
    Reflect.defineMetadata(TYPES, types.with(index, Object), target, key);
  }
}

function paramOf(
  cookie: string | AnyDefinition,
  given: SecureCookieParamOptions,
): SecureCookieParam {
  const { required = false, ...options } =
    typeof cookie === 'string'
      ? ownOptions<SecureCookieParamOptions>(
          given,
          () => ({ ...noAges(), ...notRequired() }),
          'option',
        )
      : {
          ...noAges(),
          ...ownOptions<SecureCookieDefinedParamOptions>(given, notRequired, 'option'),
        };
  assertVerifyOptions(options);
  if (typeof required !== 'boolean') {
    throw new SecureCookieError('option', 'The option "required" must be true or false.');
  }
  return { cookie, options, required };
}

function requirementOf(
  cookie: string | AnyDefinition,
  given: SecureCookieReadOptions & SecureCookieDefinedRequirementOptions,
): SecureCookieRequirement {
  if (typeof cookie === 'string') {
    const options = ownOptions<SecureCookieReadOptions>(given, noAges, 'option');
    assertVerifyOptions(options);
    return { cookie, options, bound: false };
  }
  const { bound = false } = ownOptions<SecureCookieDefinedRequirementOptions>(
    given,
    () => ({ bound: undefined }),
    'option',
  );
  if (typeof bound !== 'boolean' || (bound && cookie.boundFor === undefined)) {
    throw new SecureCookieError(
      'option',
      `The option "bound" must be true or false, and true only for a definition with "deviceBound"; that of the cookie "${cookie.name}" ${cookie.boundFor === undefined ? 'has none' : 'has it'}.`,
    );
  }
  return { cookie, options: noAges(), bound };
}

const noAges = () => ({ maxAge: undefined, minVersion: undefined });
const notRequired = () => ({ required: undefined });
