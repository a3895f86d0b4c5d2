import { Logger } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { isInstance } from '../own-member.js';

/** The names of the classes that the module provides. Bundlers number the second class of a name. */
const PROVIDED = /^SecureCookie(?:Service|Signer|Revocations)\d*$/;

/** The metadata keys under which TypeScript and Nest keep the parameters of a constructor. */
const PARAMETER_TYPES = 'design:paramtypes';
const NAMED_PARAMETERS = 'self:paramtypes';

/** Says that there are two copies of this package, and what to do about it. */
export const TWO_COPIES =
  'This app holds two builds or two copies of nestjs-secure-cookie, and Nest takes their classes for different ones. In a bundle, set the condition "module-sync" for the bundler; otherwise install the package once (npm ls nestjs-secure-cookie).';

/**
 * Logs the cause if something injects a class of another copy of this package: Nest only says that it
 * knows no provider for it. That error of Nest follows, and cannot be replaced from here.
 */
export function logOtherCopies(modules: ModulesContainer): void {
  for (const { controllers, providers, injectables } of modules.values()) {
    for (const wrapper of [
      ...controllers.values(),
      ...providers.values(),
      ...injectables.values(),
    ]) {
      const tokens = [...tokensOf(wrapper.metatype), ...(wrapper.inject ?? [])];
      if (tokens.some((token) => isOfOtherCopy(token, modules))) {
        new Logger('SecureCookieModule').error(`module-missing: ${wrapper.name}: ${TWO_COPIES}`);
        return;
      }
    }
  }
}

function tokensOf(type: unknown): readonly unknown[] {
  if (typeof type !== 'function') {
    return [];
  }
  const types: unknown = Reflect.getMetadata(PARAMETER_TYPES, type);
  const named: unknown = Reflect.getMetadata(NAMED_PARAMETERS, type);
  return [
    ...(Array.isArray(types) ? types : []),
    ...(Array.isArray(named) ? named.map((one: unknown) => isInstance(one) && one['param']) : []),
  ];
}

function isOfOtherCopy(token: unknown, modules: ModulesContainer): boolean {
  return (
    typeof token === 'function' &&
    PROVIDED.test(token.name) &&
    ![...modules.values()].some(({ providers }) => providers.has(token))
  );
}
