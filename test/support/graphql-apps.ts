import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { platforms, type Platform } from './platforms.js';

/** How an app of GraphQL is put together: a platform, and a driver with its options. */
export interface GraphqlSetting {
  readonly driver: string;
  readonly platform: Platform;
  readonly graphql: DynamicModule;
}

const [express, fastify] = platforms;

/** Apollo on both platforms. On Fastify, the app hands the reply on. */
export const apolloApps: readonly GraphqlSetting[] = [
  { driver: 'Apollo on Express', platform: express, graphql: apolloModule() },
  {
    driver: 'Apollo on Fastify',
    platform: fastify,
    graphql: apolloModule({ context: (_request: unknown, reply: unknown) => ({ reply }) }),
  },
];

/** Apollo's module, with what all apps here have and the options that differ. */
export function apolloModule(options: Partial<ApolloDriverConfig> = {}): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    graphiql: false,
    allowBatchedHttpRequests: true,
    ...options,
  });
}
