import { describe, expect, it } from '@jest/globals';
import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { describeGraphqlFailures } from '../support/graphql-failures.js';
import { sendGraphql } from '../support/graphql-client.js';
import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';
import { sessionApp } from '../support/graphql-session.js';
import { platforms, startApp } from '../support/platforms.js';
import { cookieHeader } from '../support/signed-cookies.js';
import { openSubscriptions } from '../support/subscriptions.js';

describeGraphqlOverHttp(apolloApps);
describeGraphqlFailures(apolloApps);

const shared = {};

// Version 13 of the driver keeps the first request in it, and all are refused; version 14 copies it for each.
describe.each([
  ['Apollo on Express', platforms[0]],
  ['Apollo on Fastify, where the app does not hand the reply on', platforms[1]],
])('one object for the contexts of all requests: %s', (_driver, platform) => {
  const asAlice = cookieHeader('user', 'alice');
  const asBob = cookieHeader('user', 'bob');

  /** What two users are told, the first over a socket as well. */
  async function usersOf(context: unknown, throughSocket: boolean): Promise<readonly unknown[]> {
    const { url, close } = await startApp(
      platform,
      sessionApp(
        apolloModule({ context: context as never, subscriptions: { 'graphql-ws': true } }),
      ),
    );
    const socket = openSubscriptions(url, asAlice);
    const first = throughSocket
      ? await socket.first('{ user }')
      : await sendGraphql(url, '{ user }', asAlice);
    const second = await sendGraphql(url, '{ user }', asBob);
    await socket.close();
    await close();
    return [first, second].map((answer) => ('data' in answer ? answer.data : undefined));
  }

  it.each([
    ['over HTTP', false],
    ['after a socket', true],
  ])('an object: nobody reads as another, %s', async (_how, throughSocket) => {
    const [first, second] = await usersOf({ tenant: 'one' }, throughSocket);

    expect([{ user: 'alice' }, { user: null }, null]).toContainEqual(first);
    expect([{ user: 'bob' }, { user: null }, null]).toContainEqual(second);
    // Both are served, or neither is.
    expect(JSON.stringify(first).includes('alice')).toBe(JSON.stringify(second).includes('bob'));
  });
});

it('Apollo on Express, with a function that always returns the same object: nobody reads as the one before', async () => {
  const { url, close } = await startApp(
    platforms[0],
    sessionApp(apolloModule({ context: () => shared })),
  );
  const [first, second] = [
    await sendGraphql(url, '{ user }', cookieHeader('user', 'alice')),
    await sendGraphql(url, '{ user }', cookieHeader('user', 'bob')),
  ];
  await close();

  expect(first.data).toEqual({ user: 'alice' });
  expect([{ user: 'bob' }, { user: null }]).toContainEqual(second.data);
});
