import type { ModulesContainer } from '@nestjs/core';
import { markAsShared } from '../exchange/shared-context.js';
import { isInstance, memberOf } from '../own-member.js';

/** The injection token of the options of `GraphQLModule`, which an app may import several times. */
const GRAPHQL_OPTIONS = 'GqlModuleOptions';

/** The metadata keys by which `@nestjs/graphql` knows the resolvers of fields and of references. */
const FIELDS = ['graphql:resolve_property', 'graphql:resolve_reference'];

/** The metadata key of the type that a class resolves, and the types whose fields are operations. */
const TYPE = 'graphql:resolver_type';
const ROOTS = new Set<unknown>(['Query', 'Mutation', 'Subscription']);

/** Marks each object that the app has, in place of a function, for the GraphQL contexts of all requests. */
export function markGraphqlContexts(modules: ModulesContainer): void {
  for (const options of graphqlOptions(modules)) {
    const context = memberOf(options, 'context');
    if (isInstance(context) && typeof context !== 'function') {
      markAsShared(context);
    }
  }
}

/** Whether the app has GraphQL, and none of its modules runs guards on fields, which is the default. */
export function hasUnguardedFields(modules: ModulesContainer): boolean {
  const all = graphqlOptions(modules);
  return all.length > 0 && !all.some(runsGuardsOnFields);
}

/** Whether a method resolves a field of a type, or a reference to it, and no operation. */
export function isField(type: Function, handler: Function): boolean {
  return (
    FIELDS.some((key) => Reflect.hasMetadata(key, handler)) &&
    !ROOTS.has(Reflect.getMetadata(TYPE, type))
  );
}

function runsGuardsOnFields(options: unknown): boolean {
  const enhancers = memberOf(options, 'fieldResolverEnhancers');
  return Array.isArray(enhancers) && enhancers.includes('guards');
}

function graphqlOptions(modules: ModulesContainer): readonly unknown[] {
  return [...modules.values()].flatMap(
    ({ providers }): unknown => providers.get(GRAPHQL_OPTIONS)?.instance ?? [],
  );
}
