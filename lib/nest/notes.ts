import { isDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieRequirement } from './requirements.js';

/*
 * What decorators note for the checks at start-up. Requirements and parameters are noted on the
 * prototype, which other decorators do not change when they replace a class or a method.
 */

/** The metadata keys of the notes. */
const DEFINITIONS = Symbol('nestjs-secure-cookie definitions');
const REQUIREMENTS = Symbol('nestjs-secure-cookie noted requirements');
const PARAMETERS = Symbol('nestjs-secure-cookie noted parameters');

/** Notes a definition on the class whose decorator names it. */
export function noteDefinition(
  type: object,
  cookie: string | SecureCookieDefinition<never, unknown>,
): void {
  if (typeof cookie !== 'string') {
    Reflect.defineMetadata(DEFINITIONS, [...notedDefinitions(type), cookie], type);
  }
}

/** The definitions that the decorators of a class, or of its parents, name. */
export function notedDefinitions(type: object): readonly SecureCookieDefinition<never, unknown>[] {
  const noted: unknown = Reflect.getMetadata(DEFINITIONS, type);
  return Array.isArray(noted) ? noted.filter(isDefinition) : [];
}

/** Notes a requirement of a class, or of one of its methods. */
export function noteRequirement(
  requirement: SecureCookieRequirement,
  prototype: object,
  key?: string | symbol,
): void {
  const noted = [...notedRequirements(prototype, key), requirement];
  if (key === undefined) {
    Reflect.defineMetadata(REQUIREMENTS, noted, prototype);
  } else {
    Reflect.defineMetadata(REQUIREMENTS, noted, prototype, key);
  }
}

/** The requirements that were noted for a class and its parents, or for a prototype's own method. */
export function notedRequirements(
  prototype: object,
  key?: string | symbol,
): readonly SecureCookieRequirement[] {
  const found: unknown =
    key === undefined
      ? Reflect.getMetadata(REQUIREMENTS, prototype)
      : Reflect.getOwnMetadata(REQUIREMENTS, prototype, key);
  return Array.isArray(found) ? found : [];
}

/** Notes that a parameter of a method is to be a cookie or a jar. */
export function noteParameter(prototype: object, key: string | symbol | undefined): void {
  if (key !== undefined) {
    Reflect.defineMetadata(PARAMETERS, true, prototype, key);
  }
}

/** Whether a parameter was noted for a prototype's own method. */
export function hasNotedParameter(prototype: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(PARAMETERS, prototype, key);
}
