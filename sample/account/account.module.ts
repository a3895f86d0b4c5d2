import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { DeviceBoundModule } from 'nestjs-secure-cookie/device-bound';
import { TLS } from '../tls.js';
import { AccountController } from './account.controller.js';
import { AccountGateway } from './account.gateway.js';
import { AccountResolver } from './account.resolver.js';
import { Session } from './session.js';

/** A third example: sessions that end when somebody says so, over HTTP, GraphQL and a WebSocket. */
@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      path: '/account/graphql',
      autoSchemaFile: true,
      graphiql: false,
    }),
    // Browsers bind sessions over TLS alone.
    ...(TLS === undefined
      ? []
      : [DeviceBoundModule.forRoot({ path: '/account/device', sessions: [Session] })]),
  ],
  controllers: [AccountController],
  providers: [AccountResolver, AccountGateway],
})
export class AccountModule {}
