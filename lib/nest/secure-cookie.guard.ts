import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import type { SecureCookieVerifyOptions } from '../signing/judge-value.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { secureCookieServiceOf } from './secure-cookie.service.js';

/** How old, and of which format, the cookie of a parameter or a guard may be. */
export type SecureCookieReadOptions = Pick<SecureCookieVerifyOptions, 'maxAge' | 'minVersion'>;

/** A cookie that a controller or a route asks for. */
export interface SecureCookieRequirement {
  readonly cookie: string | SecureCookieDefinition<never, unknown>;
  readonly options: SecureCookieReadOptions;
}

/** Where `@RequireSecureCookie` keeps its requirements. */
export const SECURE_COOKIE_REQUIREMENTS = Symbol('nestjs-secure-cookie requirements');

/**
 * Lets a request pass if it carries every cookie that `@RequireSecureCookie` names on the controller
 * and on the route; else 401, with one body for missing and invalid cookies, so that a client can not
 * tell expired from forged. Bound by that decorator; `overrideGuard(SecureCookieGuard)` replaces it
 * in tests.
 *
 * @example
 * await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideGuard(SecureCookieGuard)
 *   .useValue({ canActivate: () => true })
 *   .compile();
 */
@Injectable()
export class SecureCookieGuard implements CanActivate {
  readonly #reflector: Reflector;

  constructor(@Inject(Reflector) reflector: Reflector) {
    this.#reflector = reflector;
  }

  /**
   * Called by Nest.
   *
   * @throws {@link SecureCookieError} `module-missing`, or `not-http` outside HTTP
   */
  canActivate(context: ExecutionContext): boolean {
    const jar = secureCookieServiceOf(context).jar(context);
    const requirements = this.#reflector
      .getAll<(readonly SecureCookieRequirement[] | undefined)[]>(SECURE_COOKIE_REQUIREMENTS, [
        context.getClass(),
        context.getHandler(),
      ])
      .flatMap((required) => required ?? []);
    if (requirements.every((requirement) => isMet(jar, requirement))) {
      return true;
    }
    throw new UnauthorizedException();
  }
}

function isMet(jar: SecureCookieJar, { cookie, options }: SecureCookieRequirement): boolean {
  return typeof cookie === 'string' ? jar.verify(cookie, options).valid : jar.verify(cookie).valid;
}
