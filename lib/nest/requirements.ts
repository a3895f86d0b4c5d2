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
 * Adds a requirement to what will run: a class, or a method's function. With `SetMetadata`, which
 * replaces, the upper of two decorators would win.
 */
export function addRequirement(requirement: SecureCookieRequirement, handler: object): void {
  Reflect.defineMetadata(REQUIREMENTS, [...requirementsOf(handler), requirement], handler);
}

/** The requirements of a class and its parents, or of a handler's function. */
export function requirementsOf(handler: object): readonly SecureCookieRequirement[] {
  const found: unknown = Reflect.getMetadata(REQUIREMENTS, handler);
  return Array.isArray(found) ? found : [];
}

/** The error if a class or a handler has lost its requirement. */
export function requirementLost(name: string): SecureCookieError {
  return new SecureCookieError(
    'requirement-lost',
    `${name} has lost its @RequireSecureCookie(), so everyone would pass: a decorator above it, or the constructor, has replaced what it was written on, without copying the metadata. Write @RequireSecureCookie() above that decorator, or let the replacement copy all metadata (Reflect.getMetadataKeys).`,
  );
}
