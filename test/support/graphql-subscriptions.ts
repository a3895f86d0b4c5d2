import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, type DynamicModule } from '@nestjs/common';
import {
  Context,
  Field,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import type { GraphqlSetting } from './graphql-apps.js';
import { startApp, type RunningApp } from './platforms.js';
import { OTHER_SECRET, SECRET } from './secrets.js';
import { cookieHeader } from './signed-cookies.js';
import { openSubscriptions, type SubscriptionClient } from './subscriptions.js';

const Text = () => String;
const OPTIONAL = { nullable: true };

@ObjectType()
class Tick {
  @Field(Text)
  by!: string;

  @Field(Text, OPTIONAL)
  now?: string | null;

  @Field(Text, OPTIONAL)
  byReader?: string | null;
}

async function* ticks(by: string, ...names: readonly string[]): AsyncGenerator<object> {
  for (const name of names) {
    yield { [name]: { by } };
    await sleep(20);
  }
}

/** Where the apps' pages are from. Clients that are no browsers name nothing. */
const OWN = 'https://www.example.com';
export const ORIGINS = new Set<string | undefined>([OWN, undefined]);

/** Seconds that the app's clock is ahead. */
const clock = { ahead: 0 };

interface TickContext {
  /** Mercurius. */
  readonly request?: object;
  /** graphql-ws, as Apollo's driver hands it on. */
  readonly req?: { readonly extra?: { readonly request: object } };
  readonly extra?: { readonly request: object };
}

@Resolver(() => Tick)
class TickResolver {
  constructor(private readonly secureCookies: SecureCookieService) {}

  @Query(Text)
  ping(): string {
    return 'pong';
  }

  @Query(Text, OPTIONAL)
  whoAmI(@SecureCookie('user') user: string | undefined): string | undefined {
    return user;
  }

  @Mutation(Text)
  login(@SecureCookies() cookies: SecureCookieJar): string {
    try {
      cookies.set('user', 'bob');
      return 'set';
    } catch (error) {
      return `${String(Reflect.get(error as object, 'code'))} for ${cookies.get('user')}`;
    }
  }

  @Subscription(() => Tick)
  ticks(@SecureCookie('user') user: string | undefined): AsyncGenerator<object> {
    return ticks(user ?? 'nobody', 'ticks');
  }

  @RequireSecureCookie('user')
  @Subscription(() => Tick)
  guardedTicks(): AsyncGenerator<object> {
    return ticks('somebody', 'guardedTicks');
  }

  @Subscription(() => Tick)
  requiredTicks(@SecureCookie('user', { required: true }) user: string): AsyncGenerator<object> {
    return ticks(user, 'requiredTicks');
  }

  @Subscription(() => Tick)
  settingTicks(@SecureCookies() cookies: SecureCookieJar): AsyncGenerator<object> {
    try {
      cookies.set('user', 'bob');
      return ticks('set', 'settingTicks');
    } catch (error) {
      return ticks(
        `${String(Reflect.get(error as object, 'code'))} for ${cookies.get('user')}`,
        'settingTicks',
      );
    }
  }

  /** Asked for each event. */
  @ResolveField(Text, OPTIONAL)
  now(@Parent() _tick: Tick, @SecureCookie('user') user: string | undefined): string | undefined {
    return user;
  }

  /** As an app may find the request by itself. */
  @ResolveField(Text, OPTIONAL)
  byReader(@Context() { req, request, extra }: TickContext): string | undefined {
    const opened = request ?? extra?.request ?? req?.extra?.request;
    return this.secureCookies.reader(opened ?? {}).get('user');
  }
}

function tickApp(graphql: DynamicModule, secret = SECRET) {
  @Module({
    imports: [
      SecureCookieModule.forRoot({
        secret,
        maxAge: 3600,
        clock: () => Date.now() / 1000 + clock.ahead,
      }),
      graphql,
    ],
    providers: [TickResolver],
  })
  class TickModule {}

  return TickModule;
}

/** What subscriptions do with the cookies of the handshake, with each driver. */
export function describeGraphqlSubscriptions(settings: readonly GraphqlSetting[]): void {
  describe.each(settings)('subscriptions: $driver', ({ platform, graphql }) => {
    let running: RunningApp;
    const clients: SubscriptionClient[] = [];

    beforeAll(async () => {
      running = await startApp(platform, tickApp(graphql));
    });
    afterAll(() => running.close());
    afterEach(async () => {
      clock.ahead = 0;
      await Promise.all(clients.splice(0).map((client) => client.close()));
    });

    function open(cookie: string, payload?: Record<string, unknown>): SubscriptionClient {
      const client = openSubscriptions(running.url, cookie, payload);
      clients.push(client);
      return client;
    }

    it('read the cookie of the handshake', async () => {
      const client = open(cookieHeader('user', 'alice'));

      expect(await client.first('subscription { ticks { by now byReader } }')).toMatchObject({
        data: { ticks: { by: 'alice', now: 'alice', byReader: 'alice' } },
      });
    });

    it('and not what connection_init brings', async () => {
      const cookie = cookieHeader('user', 'eve');
      for (const payload of [{ headers: { cookie, Cookie: cookie } }, { cookie, Cookie: cookie }]) {
        const planted = open('', payload);
        const operation = 'subscription { ticks { by now byReader } }';

        expect(await planted.first(operation)).toMatchObject({
          data: { ticks: { by: 'nobody', now: null, byReader: null } },
        });
        // What the first operation left on the request.
        expect(await planted.first(operation)).toMatchObject({
          data: { ticks: { by: 'nobody', now: null, byReader: null } },
        });
      }
    });

    it.each(['guardedTicks', 'requiredTicks'])('%s: refused without the cookie', async (field) => {
      const [withCookie, without] = await Promise.all([
        open(cookieHeader('user', 'alice')).first(`subscription { ${field} { by } }`),
        open('')
          .first(`subscription { ${field} { by } }`)
          .catch((errors: unknown) => ({ errors })),
      ]);

      expect(withCookie).toMatchObject({ data: { [field]: { by: expect.any(String) } } });
      expect(JSON.stringify(without)).toContain('Unauthorized');
    });

    it('queries and mutations over the socket read, and cannot set', async () => {
      const client = open(cookieHeader('user', 'alice'));
      const planted = open('', { headers: { cookie: cookieHeader('user', 'eve') } });
      const answers = [
        await client.first('{ whoAmI }'),
        await client.first('mutation { login }'),
        await planted.first('{ whoAmI }'),
      ];

      expect(answers).toMatchObject([
        { data: { whoAmI: 'alice' } },
        { data: { login: 'no-response for alice' } },
        { data: { whoAmI: null } },
      ]);
    });

    it('setting throws no-response, and reading goes on', async () => {
      const client = open(cookieHeader('user', 'alice'));

      expect(await client.first('subscription { settingTicks { by } }')).toMatchObject({
        data: { settingTicks: { by: 'no-response for alice' } },
      });
    });

    it('a page of another site opens none, as the app checks, and one of its own does', async () => {
      const opened = await Promise.all(
        [OWN, 'https://evil.example'].map(async (origin) => {
          const client = openSubscriptions(running.url, cookieHeader('user', 'alice'), {}, origin);
          clients.push(client);
          return client.first('{ whoAmI }').catch(() => 'refused');
        }),
      );

      expect(opened).toMatchObject([{ data: { whoAmI: 'alice' } }, 'refused']);
    });

    it('two live apps of the same resolvers each find their own service', async () => {
      const other = await startApp(platform, tickApp(graphql, OTHER_SECRET));
      const bob = cookieHeader('user', 'bob', new SecureCookieSigner({ secret: OTHER_SECRET }));
      const sockets = [running.url, other.url].flatMap((url) =>
        [cookieHeader('user', 'alice'), bob].map((cookie) => openSubscriptions(url, cookie)),
      );
      const answers = await Promise.all(
        sockets.map((socket) => socket.first('subscription { ticks { by } }')),
      );
      await Promise.all(sockets.map((socket) => socket.close()));
      await other.close();

      expect(answers).toMatchObject(
        ['alice', 'nobody', 'nobody', 'bob'].map((by) => ({ data: { ticks: { by } } })),
      );
    });

    it('a session that expires ends its rights on the open socket', async () => {
      const client = open(cookieHeader('user', 'alice'));
      const before = await client.first('subscription { requiredTicks { by now } }');
      clock.ahead = 3602;
      const after = await client
        .first('subscription { requiredTicks { by now } }')
        .catch((errors: unknown) => ({ errors }));

      expect(before).toMatchObject({ data: { requiredTicks: { by: 'alice', now: 'alice' } } });
      expect(JSON.stringify(after)).toContain('Unauthorized');
    });
  });
}
