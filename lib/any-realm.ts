import { types } from 'node:util';
import { memberOf } from './own-member.js';

/*
 * Type checks for values of any realm. Jest's environments and `node:vm` have their own classes, for
 * which `instanceof` is false.
 */

/** Whether a value is a `Uint8Array`; a `Buffer` is one. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

/** Whether a value is a valid `Date`. */
export function isValidDate(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(Date.prototype.getTime.call(value));
}

/** Whether a value is an `Error`, or a `DOMException`. */
export function isError(value: unknown): value is Error {
  return (
    types.isNativeError(value) ||
    value instanceof Error ||
    Object.prototype.toString.call(value) === '[object DOMException]'
  );
}

/**
 * Whether a value is a promise, of any library, although a synchronous answer was due. Its rejection is
 * ignored: an unhandled one would end the process.
 */
export function isLate(value: unknown): value is PromiseLike<unknown> {
  const late = memberOf(value, 'then') !== undefined;
  if (late) {
    void Promise.resolve(value).catch(() => undefined);
  }
  return late;
}
