import type { ModulesContainer } from '@nestjs/core';
import { markAsShared } from '../exchange/shared-context.js';
import { isInstance, memberOf } from '../own-member.js';

/** The injection token of the options of `GraphQLModule`, which an app may import several times. */
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** Marks each object that the app has, in place of a function, for the GraphQL contexts of all requests. */
export function markGraphqlContexts(modules: ModulesContainer): void {
  for (const { providers } of modules.values()) {
    const context = memberOf(providers.get(GRAPHQL_OPTIONS)?.instance, 'context');
    if (isInstance(context) && typeof context !== 'function') {
      markAsShared(context);
    }
  }
}
