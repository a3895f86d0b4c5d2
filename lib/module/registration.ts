import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { SecureCookieError } from '../errors.js';
import { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { isInstance } from '../own-member.js';
import { TWO_COPIES } from './other-copies.js';
import { SecureCookieService } from '../nest/secure-cookie.service.js';

/** A module of Nest's container. */
type RegisteredModule = ModulesContainer extends Map<string, infer Registered> ? Registered : never;

/**
 * The injection token of a value that distinguishes calls of `forRoot`. With Nest's
 * `moduleIdGeneratorAlgorithm: 'deep-hash'`, modules that look alike are the same module, and two calls
 * that differ only in their secrets look alike. One key for all copies of this package.
 */
export const REGISTRATION = Symbol.for('nestjs-secure-cookie registration');

/**
 * The registration of the module in this app's container: another app may have its own on the same
 * platform. A bare import of the class is not a registration.
 *
 * @throws {@link SecureCookieError} `module-missing`, `module-twice`, or `option` for options that
 * depend on the request
 */
export function registrationOf(modules: ModulesContainer, type: Type): RegisteredModule {
  const registrations = [...modules.values()].filter(({ providers }) =>
    providers.has(REGISTRATION),
  );
  const registration = registrations.find(({ metatype }) => metatype === type);
  if (registration === undefined) {
    throw new SecureCookieError(
      'module-missing',
      registrations.length > 0
        ? TWO_COPIES
        : 'SecureCookieModule was imported without its options: import SecureCookieModule.forRoot(<secret>) in the root module, once; it is global.',
    );
  }
  if (registrations.length > 1) {
    throw new SecureCookieError(
      'module-twice',
      'SecureCookieModule is registered twice in this app: call forRoot or forRootAsync once, in the root module. For a second secret, provide a SecureCookieSigner under a token of your own.',
    );
  }
  if (registration.providers.get(SecureCookieService)?.isDependencyTreeStatic() === false) {
    throw new SecureCookieError(
      'option',
      'The options of SecureCookieModule depend on the request: forRootAsync injects REQUEST, a provider of that scope, or one that depends on such a provider. Options are made once, when the app starts: inject only providers of the default scope.',
    );
  }
  return registration;
}

/** The service of a registration, or a double in a test. */
export function serviceOf({ providers }: RegisteredModule): SecureCookieService {
  const service: unknown = providers.get(SecureCookieService)?.instance;
  if (isService(service)) {
    return service;
  }
  throw new SecureCookieError(
    'option',
    'A replacement for SecureCookieService must be an object with the function "jar".',
  );
}

/** The revocations of a registration, which must be stopped with the app. */
export function revocationsIn({
  providers,
}: RegisteredModule): SecureCookieRevocations | undefined {
  const revocations: unknown = providers.get(SecureCookieRevocations)?.instance;
  return revocations instanceof SecureCookieRevocations ? revocations : undefined;
}

function isService(service: unknown): service is SecureCookieService {
  return isInstance(service) && typeof service['jar'] === 'function';
}
