import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { SecureCookie, SecureCookieModule } from 'nestjs-secure-cookie';
import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { sendGraphql } from '../support/graphql-client.js';
import { mercuriusApps, mercuriusModule } from '../support/mercurius-apps.js';
import { startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

const SCHEMA = `
  interface View { owner: String! }
  type PublicView implements View { owner: String! }
  type AdminView implements View { owner: String! }
  type Query { view: View! }
`;

/** Nest calls the method of a type's name with the value, the context and the type, and no arguments. */
@Resolver('View')
class ViewResolver {
  @Query('view')
  view(): object {
    return { owner: 'alice' };
  }

  @ResolveField('__resolveType')
  resolveType(@SecureCookie('admin') admin: string | undefined): string {
    return admin === undefined ? 'PublicView' : 'AdminView';
  }
}

const schemaFirst = { autoSchemaFile: false, typeDefs: SCHEMA } as const;

describe.each([
  ...apolloApps.map(({ driver, platform }) => ({
    driver,
    platform,
    graphql: apolloModule(schemaFirst),
  })),
  ...mercuriusApps.map(({ driver, platform }) => ({
    driver,
    platform,
    graphql: mercuriusModule(schemaFirst),
  })),
])('the type of a value: $driver', ({ platform, graphql }) => {
  let running: RunningApp;

  beforeAll(async () => {
    @Module({
      imports: [SecureCookieModule.forRoot(SECRET), graphql],
      providers: [ViewResolver],
    })
    class ViewModule {}

    running = await startApp(platform, ViewModule);
  });
  afterAll(() => running.close());

  it.each([
    ['PublicView', ''],
    ['AdminView', cookieHeader('admin', 'root')],
  ])('is a %s by the cookie', async (type, cookie) => {
    const { data } = await sendGraphql(running.url, '{ view { __typename owner } }', cookie);

    expect(data).toEqual({ view: { __typename: type, owner: 'alice' } });
  });
});
