import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphqlSetting } from './graphql-apps.js';
import { sendGraphql, signedValues } from './graphql-client.js';
import { sessionApp } from './graphql-session.js';
import { startApp, type RunningApp } from './platforms.js';
import { readEvents } from './read-events.js';
import { OTHER_SECRET, SECRET } from './secrets.js';
import { cookieHeader } from './signed-cookies.js';
import { SecureCookieSigner } from 'nestjs-secure-cookie';

const ALICE = cookieHeader('user', 'alice');

const twoMinutesOld = new SecureCookieSigner({
  secret: SECRET,
  clock: () => Date.now() / 1000 - 120,
});

/** What queries and mutations do with cookies, over HTTP, with each driver. */
export function describeGraphqlOverHttp(settings: readonly GraphqlSetting[]): void {
  describe.each(settings)('queries and mutations: $driver', ({ platform, graphql }) => {
    let running: RunningApp;

    beforeAll(async () => {
      running = await startApp(platform, sessionApp(graphql));
    });
    afterAll(() => running.close());

    const send = (query: string | readonly string[], cookie?: string) =>
      sendGraphql(running.url, query, cookie);

    it.each(['user', 'userOfJar', 'userOfContext', 'userOfReader'])(
      '%s reads a valid cookie, and no other',
      async (field) => {
        const forged = `user=${new SecureCookieSigner({ secret: OTHER_SECRET }).sign('user', 'eve')}`;
        const answers = await Promise.all(
          [ALICE, '', forged].map((cookie) => send(`{ ${field} }`, cookie)),
        );

        expect(answers.map(({ data }) => data)).toEqual([
          { [field]: 'alice' },
          { [field]: null },
          { [field]: null },
        ]);
        expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      },
    );

    it.each(['required', 'guarded'])(
      '%s: in with the cookie, Unauthorized without',
      async (field) => {
        const [withCookie, without] = await Promise.all([
          send(`{ ${field} }`, ALICE),
          send(`{ ${field} }`),
        ]);

        expect(withCookie.errors).toEqual([]);
        expect(without.data).toBeNull();
        expect(without.errors).toMatchObject([{ message: 'Unauthorized', path: [field] }]);
      },
    );

    it('a guard of the app’s own reads by jar(context)', async () => {
      const [withCookie, without] = await Promise.all([
        send('{ guardedByOwn }', ALICE),
        send('{ guardedByOwn }'),
      ]);

      expect(withCookie.data).toEqual({ guardedByOwn: 'in' });
      expect(without.errors).toMatchObject([{ message: 'Forbidden resource' }]);
    });

    it.each([
      ['mutation { login(user: "bob") }', ['bob']],
      ['mutation { loginByContext }', ['carol']],
      ['mutation { loginAndFail }', ['alice']],
      ['mutation { login(user: "bob") again: login(user: "carol") }', ['carol']],
    ])('%s sends one Set-Cookie, of %j', async (mutation, users) => {
      const { setCookies } = await send(mutation);

      expect(signedValues(setCookies, 'user')).toEqual(users);
    });

    it('a mutation that throws after setting answers with its error', async () => {
      const { errors } = await send('mutation { loginAndFail }');

      expect(errors).toMatchObject([{ message: 'failed after setting' }]);
    });

    it('logout clears', async () => {
      const { setCookies } = await send('mutation { logout }', ALICE);

      expect(setCookies).toEqual([expect.stringMatching(/^user=; Max-Age=0;/)]);
    });

    it('the operations of a batch share one jar, and send one Set-Cookie', async () => {
      const { data, setCookies } = await send([
        'mutation { login(user: "bob") }',
        'mutation { login(user: "carol") }',
        '{ user }',
      ]);

      expect(data).toMatchObject([{ login: 'bob' }, { login: 'carol' }, { user: null }]);
      expect(signedValues(setCookies, 'user')).toHaveLength(1);
    });

    it('parallel fields share one jar: one read, one event', async () => {
      const fields = Array.from({ length: 20 }, (_, index) => `f${index}: user`).join(' ');
      const { result, events } = await readEvents(() =>
        send(`{ ${fields} userOfJar guarded }`, ALICE),
      );

      expect(result.errors).toEqual([]);
      expect(events).toEqual([{ name: 'user', keyVersion: 0 }]);
    });

    it('a due cookie is renewed, by a query too', async () => {
      const due = cookieHeader('session', 'alice', twoMinutesOld);
      const { data, setCookies } = await send('{ session }', due);

      expect(data).toEqual({ session: 'alice' });
      expect(setCookies).toEqual([expect.stringMatching(/^session=2\|/)]);
    });

    it.each(['sessionAndFail', 'session required', 'session guarded'])(
      'but not where the operation failed: { %s }',
      async (fields) => {
        const due = cookieHeader('session', 'alice', twoMinutesOld);
        const { errors, setCookies } = await send(`{ ${fields} }`, due);

        expect(errors).toHaveLength(1);
        expect(setCookies).toEqual([]);
      },
    );

    it('on a field, a required cookie is required', async () => {
      const [without, withCookie] = await Promise.all([
        send('{ account { owner secret } }'),
        send('{ account { secret } }', cookieHeader('admin', 'root')),
      ]);

      expect(without.data).toEqual({
        account: { owner: 'alice', secret: null },
      });
      expect(without.errors).toMatchObject([
        { message: 'Unauthorized', path: ['account', 'secret'] },
      ]);
      expect(withCookie.data).toEqual({ account: { secret: 'root sees alice' } });
    });

    it('parallel fields that set the same cookie send the last one', async () => {
      const fields = ['bob', 'carol', 'dave'].map(
        (user, index) => `f${index}: setsInQuery(user: "${user}")`,
      );
      const { errors, setCookies } = await send(`{ ${fields.join(' ')} }`);

      expect(errors).toEqual([]);
      expect(signedValues(setCookies, 'user')).toEqual(['dave']);
    });

    it('caches are told of what was read and set, and of nothing else', async () => {
      const [nothing, read, set] = [
        await send('{ account { owner } }', ALICE),
        await send('{ user }', ALICE),
        await send('mutation { login(user: "bob") }'),
      ];

      expect(nothing.caching.vary).not.toMatch(/cookie/i);
      expect(read.caching.vary).toMatch(/\bcookie\b/i);
      expect(set.caching.cacheControl).toMatch(/private|no-store/);
    });

    it('two live apps of the same resolvers each find their own service', async () => {
      const other = await startApp(platform, sessionApp(graphql, OTHER_SECRET));
      const bob = cookieHeader('user', 'bob', new SecureCookieSigner({ secret: OTHER_SECRET }));
      const answers = await Promise.all(
        [running.url, other.url].flatMap((url) =>
          [ALICE, bob].map((cookie) => sendGraphql(url, '{ user userOfJar }', cookie)),
        ),
      );
      await other.close();

      expect(answers.map(({ data }) => data)).toEqual([
        { user: 'alice', userOfJar: 'alice' },
        { user: null, userOfJar: null },
        { user: null, userOfJar: null },
        { user: 'bob', userOfJar: 'bob' },
      ]);
    });

    it('@defer, with which a field could set after the head was sent, is unknown to the driver', async () => {
      const { data, errors } = await send('{ account { owner ... @defer { secret } } }');

      expect(data ?? null).toBeNull();
      expect(errors).toMatchObject([{ message: expect.stringMatching(/@defer|validation/i) }]);
    });

    it('of many users at once, each gets their own', async () => {
      const users = Array.from({ length: 60 }, (_, index) => `user${index}`);
      const answers = await Promise.all(
        users.map((user) => send('{ user userOfJar }', cookieHeader('user', user))),
      );

      expect(answers.map(({ data }) => data)).toEqual(
        users.map((user) => ({ user, userOfJar: user })),
      );
    });
  });
}
