import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { isInstance } from '../own-member.js';
import { concealed } from '../nest/misuse.js';
import { requirementLost, requirementsOf } from '../nest/requirements.js';
import { guardsOf, isGuarded } from '../nest/secure-cookie.guard.js';

/** Refuses a handler that is not a method of its class and has no requirement of its own. */
const KEPT: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    const type = context.getClass();
    const handler = context.getHandler();
    if (isMethod(type.prototype, handler) || keepsRequirement(handler)) {
      return true;
    }
    throw concealed(requirementLost(`A handler of ${type.name}`), context);
  },
};

/**
 * Guards a class that Nest instantiates for each request; binds the guard once. The constructor may
 * replace a handler, and with it the guards that Nest keeps on the function: start-up checks cannot see
 * that.
 */
export function guardHandlers(type: Function): void {
  if (!guardsOf(type).includes(KEPT)) {
    UseGuards(KEPT)(type);
  }
}

/** Whether a handler is a replacement that copies all metadata. */
function keepsRequirement(handler: Function): boolean {
  return requirementsOf(handler).length > 0 && isGuarded(handler);
}

function isMethod(prototype: unknown, handler: Function): boolean {
  return (
    isInstance(prototype) &&
    (Object.values(Object.getOwnPropertyDescriptors(prototype)).some(
      ({ value }) => value === handler,
    ) ||
      isMethod(Object.getPrototypeOf(prototype), handler))
  );
}
