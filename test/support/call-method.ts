/** Calls a method with what its types do not allow. */
export function callMethod(target: object, method: string, ...values: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, values);
}
