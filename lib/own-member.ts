/**
 * The value of an object's property, its own or one of its classes', but never one that pollutes
 * `Object.prototype`. `undefined` if it has no such property, or is not an object.
 *
 * For objects that other code made and that may lack properties. Options are copied once by
 * `ownOptions` instead.
 */
export function memberOf(object: unknown, name: PropertyKey): unknown {
  // The fast path: most objects lack the property, and so does Object.prototype.
  const value = isInstance(object) ? object[name] : undefined;
  return value === undefined || !hasMember(object, name) ? undefined : value;
}

/** Whether an object has such a property, even if its value is `undefined`. */
export function hasMember(object: unknown, name: PropertyKey): boolean {
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

/** Whether a value can have properties: an object or a function (Express's app is one). */
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
