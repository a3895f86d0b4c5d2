import { SecureCookieError } from '../errors.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';

/** How old the cookie of a parameter or a guard may be, and in which formats. */
export type SecureCookieReadOptions = Pick<SecureCookieVerifyOptions, 'maxAge' | 'minVersion'>;

/** What a guard may require of a defined cookie besides being valid. */
export interface SecureCookieDefinedRequirementOptions {
  /**
   * Whether the cookie must be bound to a device; if it is not, the answer is 401.
   *
   * @defaultValue false
   * @experimental
   */
  readonly bound?: boolean | undefined;
}

/** A cookie that a class or a handler requires. */
export interface SecureCookieRequirement {
  readonly cookie: string | SecureCookieDefinition<never, unknown>;
  readonly options: SecureCookieReadOptions;
  /** Whether it must be bound to a device. */
  readonly bound: boolean;
}

/** The metadata key of requirements, on a class or a handler's function, as Nest keeps its guards. */
const REQUIREMENTS = Symbol('nestjs-secure-cookie requirements');

/**
 * The metadata key of a second note, for the checks at start-up: on the prototype, which decorators do
 * not change when they replace a class or a method.
 */
const NOTES = Symbol('nestjs-secure-cookie noted requirements');

/**
 * Adds a requirement to a class, or to a method of a prototype. With `SetMetadata`, which replaces, the
 * upper of two decorators would win.
 *
 * @param handler - what will run: the class, or the method's function
 * @param prototype - gets the second note
 * @param key - the method's name
 */
export function addRequirement(
  requirement: SecureCookieRequirement,
  handler: object,
  prototype: object,
  key?: string | symbol,
): void {
  Reflect.defineMetadata(REQUIREMENTS, [...requirementsOf(handler), requirement], handler);
  const noted = [...notedRequirements(prototype, key), requirement];
  if (key === undefined) {
    Reflect.defineMetadata(NOTES, noted, prototype);
  } else {
    Reflect.defineMetadata(NOTES, noted, prototype, key);
  }
}

/** The requirements of a class and its parents, or of a handler's function. */
export function requirementsOf(handler: object): readonly SecureCookieRequirement[] {
  const found: unknown = Reflect.getMetadata(REQUIREMENTS, handler);
  return Array.isArray(found) ? found : [];
}

/** The requirements that were noted for a class, or for a prototype's own method. */
export function notedRequirements(
  prototype: object,
  key?: string | symbol,
): readonly SecureCookieRequirement[] {
  const found: unknown =
    key === undefined
      ? Reflect.getMetadata(NOTES, prototype)
      : Reflect.getOwnMetadata(NOTES, prototype, key);
  return Array.isArray(found) ? found : [];
}

/** The error if a class or a handler has lost its requirement. */
export function requirementLost(name: string): SecureCookieError {
  return new SecureCookieError(
    'requirement-lost',
    `${name} has lost its @RequireSecureCookie(), so everyone would pass: a decorator above it, or the constructor, has replaced what it was written on, without copying the metadata. Write @RequireSecureCookie() above that decorator, or let the replacement copy all metadata (Reflect.getMetadataKeys).`,
  );
}
