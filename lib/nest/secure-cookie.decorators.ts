import {
  applyDecorators,
  createParamDecorator,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { assertVerifyOptions } from '../signing/judge-value.js';
import { assertCookieName } from '../cookie-name.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import {
  SECURE_COOKIE_REQUIREMENTS,
  SecureCookieGuard,
  type SecureCookieReadOptions,
  type SecureCookieRequirement,
} from './secure-cookie.guard.js';
import { noteDefinition } from './noted-definitions.js';
import { SecureCookieInterceptor } from './secure-cookie.interceptor.js';
import { secureCookieServiceOf } from './secure-cookie.service.js';

/** How `@SecureCookie` reads. */
export interface SecureCookieParamOptions extends SecureCookieReadOptions {
  /**
   * Answers 401 where the cookie is missing or invalid, instead of passing `undefined`.
   *
   * @defaultValue false
   */
  readonly required?: boolean | undefined;
}

/** A pipe, or the class of one. */
export type SecureCookiePipe = Type<PipeTransform> | PipeTransform;

/** How `@SecureCookie` reads a defined cookie: all but this is the definition's. */
export type SecureCookieDefinedParamOptions = Pick<SecureCookieParamOptions, 'required'>;

type AnyDefinition = SecureCookieDefinition<never, unknown>;

interface SecureCookieParam {
  readonly cookie: string | AnyDefinition;
  readonly options: SecureCookieParamOptions;
}

/** Marks the handlers that {@link SecureCookieInterceptor} is bound to. */
const HAS_INTERCEPTOR = Symbol('nestjs-secure-cookie interceptor');

const PARAM_OPTIONS: readonly string[] = ['maxAge', 'minVersion', 'required'];
const DEFINED_PARAM_OPTIONS: readonly string[] = ['required'];
const REQUIRE_OPTIONS: readonly string[] = ['maxAge', 'minVersion'];

/** A plain factory: an injectable pipe would meet the app's own pipes, and take longer. */
const ReadSecureCookie = createParamDecorator(
  ({ cookie, options }: SecureCookieParam, context: ExecutionContext): unknown => {
    const jar = secureCookieServiceOf(context).jar(context);
    const value = typeof cookie === 'string' ? jar.get(cookie, options) : jar.get(cookie);
    if (value === undefined && options.required === true) {
      throw new UnauthorizedException();
    }
    return value;
  },
);

const TakeJar = createParamDecorator(
  (_data: undefined, context: ExecutionContext): SecureCookieJar =>
    secureCookieServiceOf(context).jar(context),
  [bindInterceptor],
);

/**
 * The verified value of a cookie, or `undefined` where it is missing or invalid, whatever the client
 * sent. Tornado: `get_signed_cookie` (`get_secure_cookie`).
 *
 * @param name - the cookie's name
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `name`, where it is applied
 * @example
 * \@Get()
 * greet(@SecureCookie('user') user: string | undefined) {
 *   return `Hello ${user ?? 'stranger'}`;
 * }
 */
export function SecureCookie(name: string, ...pipes: SecureCookiePipe[]): ParameterDecorator;
/**
 * The verified value of a cookie, by rules of its own.
 *
 * @param name - the cookie's name
 * @param options - `maxAge` in seconds and `minVersion` for this parameter; `required: true` for 401
 * instead of `undefined`
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `name` or `option`, where it is applied
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
 * The value of a defined cookie, or `undefined` where there is no valid one. A cookie that is due is
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
 * The value of a defined cookie, or 401 where there is no valid one and it is required.
 *
 * @param definition - made by `defineSecureCookie`
 * @param options - `required: true` for 401 instead of `undefined`
 * @param pipes - run on the value, as with `@Param()`
 * @throws {@link SecureCookieError} `option`, where it is applied
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
  const [first, ...others] = optionsAndPipes;
  const options = first === undefined || isPipe(first) ? {} : first;
  const pipes = (options === first ? others : optionsAndPipes).filter(isPipe);
  assertCookie(cookie);
  assertReadOptions(options, typeof cookie === 'string' ? PARAM_OPTIONS : DEFINED_PARAM_OPTIONS);
  const read = ReadSecureCookie({ cookie, options: { ...options } }, ...pipes);
  return (target, key, index) => {
    noteDefinition(target.constructor, cookie);
    read(target, key, index);
  };
}

/**
 * The jar of the request: reads, sets and clears secure cookies. Also binds
 * {@link SecureCookieInterceptor} to the route, which signs what the jar sets.
 *
 * @throws {@link SecureCookieError} `module-missing`, or `not-http` outside HTTP; both at the request
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
 * Asks for a valid cookie on a controller or a route: 401 where it is missing or invalid. May be
 * repeated; all that are named on the controller and on the route are needed.
 *
 * @param name - the cookie's name
 * @param options - `maxAge` in seconds and `minVersion`; the signer's where left out
 * @throws {@link SecureCookieError} `name` or `option`, where it is applied
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
 * Asks for a valid defined cookie on a controller or a route.
 *
 * @param definition - made by `defineSecureCookie`
 * @throws {@link SecureCookieError} `option`, where it is applied
 * @example
 * \@RequireSecureCookie(Session)
 * \@Controller('account')
 * export class AccountController {}
 */
export function RequireSecureCookie(definition: AnyDefinition): ReturnType<typeof applyDecorators>;
export function RequireSecureCookie(
  cookie: string | AnyDefinition,
  options: SecureCookieReadOptions = {},
): ReturnType<typeof applyDecorators> {
  assertCookie(cookie);
  assertReadOptions(options, typeof cookie === 'string' ? REQUIRE_OPTIONS : []);
  return applyDecorators(
    addRequirement({ cookie, options: { ...options } }),
    UseGuards(SecureCookieGuard),
  );
}

/** Adds rather than sets: with `SetMetadata`, the upper of two decorators would win alone. */
function addRequirement(requirement: SecureCookieRequirement): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const subject: object = descriptor === undefined ? target : descriptor.value;
    const present: unknown = Reflect.getMetadata(SECURE_COOKIE_REQUIREMENTS, subject);
    const requirements = Array.isArray(present) ? [...present, requirement] : [requirement];
    Reflect.defineMetadata(SECURE_COOKIE_REQUIREMENTS, requirements, subject);
    noteDefinition(descriptor === undefined ? target : target.constructor, requirement.cookie);
  };
}

function assertCookie(cookie: string | AnyDefinition): void {
  if (!(cookie instanceof SecureCookieDefinition)) {
    assertCookieName(cookie);
  }
}

function bindInterceptor(target: object, key: string | symbol | undefined): void {
  const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
  const handler: unknown = method?.value;
  if (key === undefined || method === undefined || typeof handler !== 'function') {
    return;
  }
  // Once, however many jars a method takes: each interceptor costs time.
  if (!Reflect.hasOwnMetadata(HAS_INTERCEPTOR, handler)) {
    Reflect.defineMetadata(HAS_INTERCEPTOR, true, handler);
    UseInterceptors(SecureCookieInterceptor)(target, key, method);
  }
}

function isPipe(value: SecureCookieParamOptions | SecureCookiePipe): value is SecureCookiePipe {
  return typeof value === 'function' || (isObject(value) && 'transform' in value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function assertReadOptions(options: SecureCookieParamOptions, allowed: readonly string[]): void {
  if (!isObject(options)) {
    throw new SecureCookieError('option', `Options are an object of ${allowed.join(', ')}.`);
  }
  const unknown = Object.keys(options).find((option) => !allowed.includes(option));
  if (unknown !== undefined) {
    throw new SecureCookieError(
      'option',
      `There is no option ${JSON.stringify(unknown)} here: use ${allowed.join(', ')}.`,
    );
  }
  if (options.required !== undefined && typeof options.required !== 'boolean') {
    throw new SecureCookieError('option', 'The option "required" must be true or false.');
  }
  assertVerifyOptions(options);
}
