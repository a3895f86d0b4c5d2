import { isDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';

/** The metadata key of the definitions that the decorators of a class name. */
const DEFINITIONS = Symbol('nestjs-secure-cookie definitions');

/** Notes a definition on the class whose decorator reads it, for the checks at start-up. */
export function noteDefinition(
  controller: object,
  cookie: string | SecureCookieDefinition<never, unknown>,
): void {
  if (typeof cookie !== 'string') {
    const noted = notedDefinitions(controller);
    Reflect.defineMetadata(DEFINITIONS, [...noted, cookie], controller);
  }
}

/** The definitions that the decorators of a class, or of its parents, name. */
export function notedDefinitions(
  controller: object,
): readonly SecureCookieDefinition<never, unknown>[] {
  const noted: unknown = Reflect.getMetadata(DEFINITIONS, controller);
  return Array.isArray(noted) ? noted.filter(isDefinition) : [];
}
