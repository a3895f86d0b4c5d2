import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { concealed } from './misuse.js';
import { isInstance } from '../own-member.js';
import { refusal } from './refusal.js';
import { requirementsOf, type SecureCookieRequirement } from './requirements.js';
import { secureCookiesOf } from './running-apps.js';

/** Where Nest keeps the guards of a class and of a handler's function. */
const GUARDS = '__guards__';

/**
 * Lets a request pass if it carries every cookie that `@RequireSecureCookie` names on the class and
 * on the handler; else 401, with one body for missing and invalid cookies, so that a client cannot
 * tell expired from forged. GraphQL clients are told `UNAUTHENTICATED`, those of sockets "Forbidden
 * resource".
 *
 * That decorator binds it. It may also be global (`APP_GUARD`, `useGlobalGuards`): it passes whatever
 * requires nothing. Bound by hand to a class or a handler that requires nothing, it keeps the app
 * from starting (`option`). In tests, `overrideGuard(SecureCookieGuard)` replaces it.
 *
 * @example
 * await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideGuard(SecureCookieGuard)
 *   .useValue({ canActivate: () => true })
 *   .compile();
 */
@Injectable()
export class SecureCookieGuard implements CanActivate {
  /**
   * Called by Nest.
   *
   * @throws {@link SecureCookieError} `module-missing`, `not-http`, `no-handshake` or
   * `ambiguous-request`
   */
  canActivate(context: ExecutionContext): boolean {
    const ofClass = requirementsOf(context.getClass());
    const ofHandler = requirementsOf(context.getHandler());
    // Before the request is asked for: a global guard meets handlers that have none.
    if (ofClass.length === 0 && ofHandler.length === 0) {
      return true;
    }
    try {
      const { service, jar } = secureCookiesOf(context);
      if (areMet(jar, ofClass) && areMet(jar, ofHandler)) {
        return true;
      }
      if (context.getType<string>() === 'ws') {
        return false;
      }
      throw refusal(context, service, jar);
    } catch (error) {
      throw concealed(error, context);
    }
  }
}

function areMet(jar: SecureCookieJar, requirements: readonly SecureCookieRequirement[]): boolean {
  return requirements.every(({ cookie, options, bound }) => {
    if (typeof cookie === 'string') {
      return jar.verify(cookie, options).valid;
    }
    const result = jar.verify(cookie);
    return result.valid && (result.bound || !bound);
  });
}

/** Whether the guard is bound to a class, or to a handler's function, by whatever decorator. */
export function isGuarded(target: object): boolean {
  return guardsOf(target).some(isOwnGuard);
}

/** The guards that are bound to a class, with its parents, or to a handler's function. */
export function guardsOf(target: object): readonly unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards : [];
}

/** A class or an instance. A subclass that decides for itself is another guard. */
function isOwnGuard(guard: unknown): boolean {
  const methods: unknown = typeof guard === 'function' ? guard.prototype : guard;
  return isInstance(methods) && methods['canActivate'] === SecureCookieGuard.prototype.canActivate;
}
