import { expect, it } from '@jest/globals';
import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { describeGraphqlFailures } from '../support/graphql-failures.js';
import { sendGraphql } from '../support/graphql-client.js';
import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';
import { sessionApp } from '../support/graphql-session.js';
import { platforms, startApp } from '../support/platforms.js';
import { cookieHeader } from '../support/signed-cookies.js';

describeGraphqlOverHttp(apolloApps);
describeGraphqlFailures(apolloApps);

const shared = {};

// Version 13 of the driver keeps the first request in it; version 14 copies it for each.
it.each([
  ['an object', { tenant: 'one' } as never],
  ['a function that always returns the same object', () => shared],
])(
  'Apollo on Express, whose context is %s: nobody reads as the one before',
  async (_how, context) => {
    const { url, close } = await startApp(platforms[0], sessionApp(apolloModule({ context })));
    const [first, second] = [
      await sendGraphql(url, '{ user }', cookieHeader('user', 'alice')),
      await sendGraphql(url, '{ user }', cookieHeader('user', 'bob')),
    ];
    await close();

    expect(first.data).toEqual({ user: 'alice' });
    expect([{ user: 'bob' }, { user: null }]).toContainEqual(second.data);
  },
);
