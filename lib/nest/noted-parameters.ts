/** The metadata key that marks methods with a parameter decorator of ours, on their prototype. */
const PARAMETERS = Symbol('nestjs-secure-cookie noted parameters');

/** Notes that a parameter of a method is to be a cookie or a jar, for the checks at start-up. */
export function noteParameter(prototype: object, key: string | symbol | undefined): void {
  if (key !== undefined) {
    Reflect.defineMetadata(PARAMETERS, true, prototype, key);
  }
}

/** Whether a parameter was noted for a prototype's own method. */
export function hasNotedParameter(prototype: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(PARAMETERS, prototype, key);
}
