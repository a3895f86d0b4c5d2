import { SecureCookieError } from '../errors.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';

/** How old, and of which format, the cookie of a parameter or a guard may be. */
export type SecureCookieReadOptions = Pick<SecureCookieVerifyOptions, 'maxAge' | 'minVersion'>;

/** What a defined cookie must be, besides valid. */
export interface SecureCookieDefinedRequirementOptions {
  /**
   * Whether it must be bound to a device: 401 for one that is not.
   *
   * @defaultValue false
   * @experimental
   */
  readonly bound?: boolean | undefined;
}

/** A cookie that a class or a handler asks for. */
export interface SecureCookieRequirement {
  readonly cookie: string | SecureCookieDefinition<never, unknown>;
  readonly options: SecureCookieReadOptions;
  /** Whether it must be bound to a device. */
  readonly bound: boolean;
}

/** Where requirements are kept: on a class, or on a handler's function, as Nest keeps its guards. */
const REQUIREMENTS = Symbol('nestjs-secure-cookie requirements');

/**
 * Where they are noted once more, for the checks at start-up: on the prototype, which decorators
 * leave as it is when they replace a class or a method.
 */
const NOTES = Symbol('nestjs-secure-cookie noted requirements');

/**
 * Adds a requirement to a class, or to a method of a prototype. Adds rather than sets: with
 * `SetMetadata`, the upper of two decorators would win alone.
 *
 * @param handler - what will run: the class, or the method's function
 * @param prototype - where it is noted
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

/** What a class, with its parents, or a handler's function asks for. */
export function requirementsOf(handler: object): readonly SecureCookieRequirement[] {
  const found: unknown = Reflect.getMetadata(REQUIREMENTS, handler);
  return Array.isArray(found) ? found : [];
}

/** What was asked for on a class, or on a prototype's own method. */
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

/** The error for what has lost its requirement. */
export function requirementLost(name: string): SecureCookieError {
  return new SecureCookieError(
    'requirement-lost',
    `${name} has lost its @RequireSecureCookie(), so that everyone would pass: a decorator above it, or the constructor, has replaced what it was written on, without its metadata. Write @RequireSecureCookie() above that decorator, or let the replacement copy all metadata (Reflect.getMetadataKeys).`,
  );
}
