import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApolloFederationDriver } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import {
  Directive,
  Field,
  ID,
  ObjectType,
  Parent,
  Query,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import { SecureCookie, SecureCookieModule } from 'nestjs-secure-cookie';
import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { sendGraphql } from '../support/graphql-client.js';
import { startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

@ObjectType()
@Directive('@key(fields: "id")')
class Order {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  seenBy?: string | undefined;
}

@Resolver(() => Order)
class OrderResolver {
  @Query(() => Order)
  order(@SecureCookie('user') seenBy: string | undefined): Order {
    return { id: '1', seenBy };
  }

  @ResolveReference()
  resolveReference(
    @Parent() { id }: { id: string },
    @SecureCookie('user', { required: true }) seenBy: string,
  ): Order {
    return { id, seenBy };
  }
}

const ENTITIES = `{ _entities(representations: [{ __typename: "Order", id: "7" }]) { ... on Order { id seenBy } } }`;

describe.each(apolloApps)('a subgraph: $driver', ({ driver, platform }) => {
  let running: RunningApp;

  beforeAll(async () => {
    const handsOn = driver === 'Apollo on Fastify';

    @Module({
      imports: [
        SecureCookieModule.forRoot(SECRET),
        apolloModule({
          driver: ApolloFederationDriver,
          autoSchemaFile: { federation: 2 },
          ...(handsOn && { context: (_request: unknown, reply: unknown) => ({ reply }) }),
        }),
      ],
      providers: [OrderResolver],
    })
    class OrdersModule {}

    running = await startApp(platform, OrdersModule);
  });
  afterAll(() => running.close());

  it('a query reads', async () => {
    const { data } = await sendGraphql(
      running.url,
      '{ order { seenBy } }',
      cookieHeader('user', 'alice'),
    );

    expect(data).toEqual({ order: { seenBy: 'alice' } });
  });

  it('a reference resolver finds its context', async () => {
    const [withCookie, without] = await Promise.all([
      sendGraphql(running.url, ENTITIES, cookieHeader('user', 'alice')),
      sendGraphql(running.url, ENTITIES),
    ]);

    expect(withCookie.data).toEqual({ _entities: [{ id: '7', seenBy: 'alice' }] });
    expect(without.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});
