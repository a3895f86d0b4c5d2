import { isInstance, memberOf } from '../own-member.js';

/**
 * The property of an object that the app has for the GraphQL contexts of all requests: the object itself.
 * It can be enumerated, so that the copies that drivers make have it as well.
 */
const SHARED = Symbol.for('nestjs-secure-cookie shared context');

/** Marks such an object. A frozen one stays as it is: no driver can put a request there. */
export function markAsShared(context: object): void {
  Reflect.defineProperty(context, SHARED, { value: context, enumerable: true, configurable: true });
}

/**
 * Whether one client's request is kept where the contexts of all others come from. Mercurius and
 * `@nestjs/apollo` 13 put it there; version 14 puts it in a copy.
 */
export function holdsRequestOfAnother(context: unknown): boolean {
  return isInstance(memberOf(memberOf(context, SHARED), 'req'));
}
