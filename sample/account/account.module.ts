import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { AccountController } from './account.controller.js';
import { AccountGateway } from './account.gateway.js';
import { AccountResolver } from './account.resolver.js';

/** A third example: sessions that end when somebody says so, over HTTP, GraphQL and a WebSocket. */
@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      path: '/account/graphql',
      autoSchemaFile: true,
      graphiql: false,
    }),
  ],
  controllers: [AccountController],
  providers: [AccountResolver, AccountGateway],
})
export class AccountModule {}
