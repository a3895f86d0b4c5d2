import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { SecureCookieError } from '../errors.js';
import { hasNotedParameter, notedDefinitions, notedRequirements } from '../nest/notes.js';
import {
  requirementLost,
  requirementsOf,
  type SecureCookieRequirement,
} from '../nest/requirements.js';
import { isGuarded } from '../nest/secure-cookie.guard.js';
import { SecureCookieService } from '../nest/secure-cookie.service.js';
import { isInstance } from '../own-member.js';
import { hasUnguardedFields, isField } from './graphql-options.js';
import { guardHandlers } from './kept-handlers.js';

/** The metadata key by which Nest knows the class of a gateway. */
const GATEWAY = 'websockets:is_gateway';

/** What Nest calls on a gateway without guards, interceptors and parameter decorators. */
const GATEWAY_HOOKS = new Set(['afterInit', 'handleConnection', 'handleDisconnect']);

/** A class whose methods Nest may call: a controller, a resolver, a gateway. */
interface Component {
  readonly type: Function;
  /** The instance that Nest has made; for other scopes, one whose constructor has not run. */
  readonly instance: unknown;
  /** Whether Nest makes an instance for each request. */
  readonly isPerRequest: boolean;
}

/**
 * Compares what decorators declared with what Nest will run, in every class of the app. Runs once, when
 * the app starts.
 *
 * @returns the classes
 * @throws {@link SecureCookieError} `secret-reused`; `requirement-lost` if a class or a handler has
 * lost its `@RequireSecureCookie`; `option` if the guard is bound to a handler that requires nothing, or
 * if a hook of a gateway, or a field of GraphQL, has a decorator that does nothing there
 */
export function checkComponents(
  modules: ModulesContainer,
  service: SecureCookieService,
): ReadonlySet<Function> {
  const scanner = new MetadataScanner();
  const components = [...componentsOf(modules)];
  const unguardedFields = hasUnguardedFields(modules);
  for (const component of components) {
    const { type } = component;
    if (service instanceof SecureCookieService) {
      service.checkDefinitions(notedDefinitions(type));
    }
    assertKept(type.name, type, notedRequirements(type.prototype));
    for (const method of scanner.getAllMethodNames(type.prototype)) {
      checkMethod(component, method, unguardedFields);
    }
  }
  return new Set(components.map(({ type }) => type));
}

function* componentsOf(modules: ModulesContainer): Iterable<Component> {
  for (const { controllers, providers } of modules.values()) {
    for (const wrapper of [...controllers.values(), ...providers.values()]) {
      const { metatype, isNotMetatype } = wrapper;
      if (!isNotMetatype && typeof metatype === 'function' && isInstance(metatype.prototype)) {
        const isPerRequest = !wrapper.isDependencyTreeStatic();
        yield { type: metatype, instance: wrapper.instance, isPerRequest };
      }
    }
  }
}

function checkMethod(
  { type, instance, isPerRequest }: Component,
  method: string,
  unguardedFields: boolean,
): void {
  const owner = ownerOf(type.prototype, method);
  const noted = notedRequirements(owner, method);
  const declared = ownMethod(owner, method);
  // As in Nest: if the constructor has bound or wrapped the method, that is what runs.
  const handler = (noted.length > 0 && ownMethod(instance, method)) || declared;
  if (handler === undefined) {
    return;
  }
  const name = `${type.name}.${method}`;
  if (noted.length > 0 || hasNotedParameter(owner, method)) {
    assertNoHook(name, type, method);
  }
  if (noted.length > 0 && unguardedFields && isField(type, handler)) {
    throw new SecureCookieError(
      'option',
      `@RequireSecureCookie() is on the field ${name}, where GraphQL runs no guards, so everyone would pass: write @SecureCookie(<cookie>, { required: true }) on a parameter, or let GraphQLModule run them, with fieldResolverEnhancers: ['guards', 'interceptors'].`,
    );
  }
  assertKept(name, handler, noted);
  if (isPerRequest && noted.length > 0) {
    guardHandlers(type);
  }
  const requires = requirementsOf(type).length + requirementsOf(handler).length > 0;
  const guarded = isGuarded(type) || isGuarded(handler);
  if (requires && !guarded) {
    throw requirementLost(name);
  }
  if (guarded && !requires && Reflect.getMetadataKeys(handler).length > 0) {
    throw new SecureCookieError(
      'option',
      `@UseGuards(SecureCookieGuard) is bound to ${name}, which requires no cookie, so everyone would pass. Name the cookie with @RequireSecureCookie(<cookie>), which binds the guard by itself, and remove @UseGuards(SecureCookieGuard).`,
    );
  }
}

function assertNoHook(name: string, type: Function, method: string): void {
  if (GATEWAY_HOOKS.has(method) && Reflect.hasMetadata(GATEWAY, type)) {
    throw new SecureCookieError(
      'option',
      `${name} has a decorator that does nothing there: Nest calls it without guards and without parameter decorators, so everyone would pass. Read the cookie with SecureCookieService.reader(client), and close the socket if it has none.`,
    );
  }
}

function assertKept(
  name: string,
  handler: object,
  noted: readonly SecureCookieRequirement[],
): void {
  const kept = requirementsOf(handler);
  if (!noted.every((requirement) => kept.includes(requirement))) {
    throw requirementLost(name);
  }
}

/** The prototype that defines a method: only there can a decorator have replaced it. */
function ownerOf(prototype: object, method: string): object {
  const parent: unknown = Object.getPrototypeOf(prototype);
  return Object.hasOwn(prototype, method) || !isInstance(parent)
    ? prototype
    : ownerOf(parent, method);
}

function ownMethod(owner: unknown, method: string): Function | undefined {
  const found: unknown = isInstance(owner)
    ? Object.getOwnPropertyDescriptor(owner, method)?.value
    : undefined;
  return typeof found === 'function' ? found : undefined;
}
