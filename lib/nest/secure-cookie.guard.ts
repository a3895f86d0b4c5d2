import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { concealed } from './misuse.js';
import { isInstance } from '../own-member.js';
import { refusal } from './refusal.js';
import { requirementsOf, type SecureCookieRequirement } from './requirements.js';
import { secureCookiesOf } from './running-apps.js';

/** The metadata key under which Nest keeps the guards of a class or a handler's function. */
const GUARDS = '__guards__';

/**
 * Lets a request pass if it carries every cookie that `@RequireSecureCookie` names on the class and
 * on the handler. Otherwise it answers 401, with the same body for missing and invalid cookies, so that
 * a client cannot tell expired from forged. GraphQL clients get `UNAUTHENTICATED`, and clients of
 * sockets "Forbidden resource".
 *
 * `@RequireSecureCookie` binds it. It may also be global (`APP_GUARD`, `useGlobalGuards`): then it lets
 * handlers pass that require nothing. If it is bound by hand to a class or a handler that requires
 * nothing, the app does not start (`option`). In tests, `overrideGuard(SecureCookieGuard)` replaces it.
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
   * @throws {@link SecureCookieError} `module-missing`, `not-http`, `no-handshake` or
   * `ambiguous-request`
   */
  canActivate(context: ExecutionContext): boolean {
    const ofClass = requirementsOf(context.getClass());
    const ofHandler = requirementsOf(context.getHandler());
    // Checked before the request is looked for: a global guard also gets handlers without a request.
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

/** Whether any decorator binds the guard to a class or to a handler's function. */
export function isGuarded(target: object): boolean {
  return guardsOf(target).some(isOwnGuard);
}

/** The guards that are bound to a class, with its parents, or to a handler's function. */
export function guardsOf(target: object): readonly unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS, target);
  return Array.isArray(guards) ? guards : [];
}

/** Whether a class or an instance is this guard. A subclass with its own `canActivate` is not. */
function isOwnGuard(guard: unknown): boolean {
  const methods: unknown = typeof guard === 'function' ? guard.prototype : guard;
  return isInstance(methods) && methods['canActivate'] === SecureCookieGuard.prototype.canActivate;
}
