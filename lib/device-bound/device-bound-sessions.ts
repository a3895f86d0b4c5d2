import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { DEVICE_BINDING } from '../jar/device-binding.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { BoundSessions } from './bound-sessions.js';
import { readRefreshCookie, sessionEnd } from './refresh-cookie.js';

/**
 * Tells bound sessions apart. `DeviceBoundModule` provides it.
 *
 * @example
 * const identifier = app
 *   .get(DeviceBoundSessions, { strict: false })
 *   .identifierOf(Session, request.headers.cookie);
 * @experimental
 */
@Injectable()
export class DeviceBoundSessions {
  readonly #sessions: BoundSessions;
  readonly #moduleRef: ModuleRef;

  constructor(
    @Inject(DEVICE_BINDING) sessions: BoundSessions,
    @Inject(ModuleRef) moduleRef: ModuleRef,
  ) {
    this.#sessions = sessions;
    this.#moduleRef = moduleRef;
  }

  /**
   * The identifier of a bound session, as its browser knows it. It is random, stays the same until the
   * session ends, and proves nothing.
   *
   * It travels in the refresh cookie, so ask on routes below the `path` of the module: browsers send that
   * cookie to no others.
   *
   * @param definition - one of the `sessions` of the module
   * @param cookieHeader - the `Cookie` header
   * @returns 32 hexadecimal digits; `undefined` if no bound session came along, or one that is over
   * @throws `SecureCookieError` with `device-bound-missing` - if the module does not name the definition -
   * or `clock`
   * @example
   * const sessions = app.get(DeviceBoundSessions, { strict: false });
   * sessions.identifierOf(Session, request.headers.cookie);
   * @experimental
   */
  identifierOf(
    definition: SecureCookieDefinition<never, unknown>,
    cookieHeader: string | undefined,
  ): string | undefined {
    const session = this.#sessions.all.find((bound) => bound.definition === definition);
    if (session === undefined) {
      throw new SecureCookieError(
        'device-bound-missing',
        `The definition of the cookie "${definition.name}" is not among the "sessions" of DeviceBoundModule: name it there.`,
      );
    }
    const signer = this.#moduleRef.get(SecureCookieSigner, { strict: false });
    const cookie = readRefreshCookie(signer, session, cookieHeader, undefined);
    return cookie !== undefined && signer.now() <= sessionEnd(signer, definition, cookie).last
      ? cookie.identifier
      : undefined;
  }
}
