import { types } from 'node:util';

/*
 * What a value is, whatever realm it was made in. Jest's environments and `node:vm` have classes of
 * their own, for which `instanceof` says no.
 */

/** Whether a value is a `Uint8Array`, as `Buffer` is as well. */
export function isBytes(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}

/** Whether a value is a `Date` that is one: not an invalid one. */
export function isValidDate(value: unknown): value is Date {
  return types.isDate(value) && !Number.isNaN(Date.prototype.getTime.call(value));
}

/** Whether a value is an `Error`, one of the web's (`DOMException`) included. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}
