/**
 * The value of a property that an object has of its own or from its classes: never one that
 * `Object.prototype` was polluted with. `undefined` where there is none, and for what is no object.
 *
 * For objects that others made and that leave properties out. Options are copied once, where they
 * come in, by `ownOptions`.
 */
export function memberOf(object: unknown, name: PropertyKey): unknown {
  // Most objects have none, and nobody has polluted anything: then this is all.
  const value = isInstance(object) ? object[name] : undefined;
  return value === undefined || !isMember(object, name) ? undefined : value;
}

function isMember(object: unknown, name: PropertyKey): boolean {
  for (
    let holder: unknown = object;
    isInstance(holder) && !isObjectPrototype(holder);
    holder = Object.getPrototypeOf(holder)
  ) {
    if (Object.hasOwn(holder, name)) {
      return true;
    }
  }
  return false;
}

/** Whether a value can have properties: an object, or a function, as Express's app is. */
export function isInstance(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** `Object.prototype` of any realm: it has no prototype, and a method that no other such object has. */
export function isObjectPrototype(value: object): boolean {
  return (
    value === Object.prototype ||
    (Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'isPrototypeOf'))
  );
}
