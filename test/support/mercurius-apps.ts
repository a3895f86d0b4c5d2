import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { GraphqlSetting } from './graphql-apps.js';
import { platforms } from './platforms.js';

/** Mercurius's module, with what all apps here have and the options that differ. */
export function mercuriusModule(options: Partial<MercuriusDriverConfig> = {}): DynamicModule {
  return GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    graphiql: false,
    allowBatchedQueries: true,
    ...options,
  });
}

/** Mercurius, which runs on Fastify alone. */
export const mercuriusApps: readonly GraphqlSetting[] = [
  { driver: 'Mercurius', platform: platforms[1], graphql: mercuriusModule() },
];
