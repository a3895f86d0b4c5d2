import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestMiddleware,
  type NestModule,
  type Type,
} from '@nestjs/common';
import {
  Field,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import {
  RequireSecureCookie,
  SecureCookie,
  SecureCookieModule,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { apolloModule } from '../support/graphql-apps.js';
import { sendGraphql, signedValues, type GraphqlAnswer } from '../support/graphql-client.js';
import { Account, sessionApp } from '../support/graphql-session.js';
import { mercuriusModule } from '../support/mercurius-apps.js';
import { platforms, startApp, type Platform } from '../support/platforms.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';

const [express, fastify] = platforms;

const log = new RecordedLog();
const closes: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closes.splice(0).map((close) => close()));
  log.lines.length = 0;
});

type Send = (query: string, cookie?: string) => Promise<GraphqlAnswer>;

async function start(
  platform: Platform,
  graphql: DynamicModule,
  resolvers: readonly Type[] = [],
): Promise<Send> {
  const app = sessionApp(graphql, SECRET, resolvers);
  const { url, close } = await startApp(platform, app, (created) => created.useLogger(log));
  closes.push(close);
  return (query, cookie) => sendGraphql(url, query, cookie);
}

describe('Apollo on Fastify, where the app does not hand the reply on', () => {
  it('reads', async () => {
    const send = await start(fastify, apolloModule());
    const { data } = await send('{ user userOfJar guarded }', cookieHeader('user', 'alice'));

    expect(data).toEqual({ user: 'alice', userOfJar: 'alice', guarded: 'in' });
  });

  it('set throws no-response, with the line to add', async () => {
    const send = await start(fastify, apolloModule());
    const { data, setCookies } = await send('mutation { tell }');

    expect(data).toEqual({
      tell: expect.stringContaining('context: (request, reply) => ({ reply })'),
    });
    expect(setCookies).toEqual([]);
  });

  it('which is logged and not told to clients', async () => {
    const send = await start(fastify, apolloModule());
    const { errors } = await send('mutation { login(user: "bob") }');

    expect(errors).toMatchObject([{ message: 'Internal server error' }]);
    expect(log.lines).toContainEqual(
      expect.stringMatching(
        /^error: no-response: .*context: \(request, reply\) => \(\{ reply \}\)/,
      ),
    );
  });

  it('a due cookie is not renewed', async () => {
    const send = await start(fastify, apolloModule());
    const { data, setCookies } = await send('{ session }', cookieHeader('session', 'alice'));

    expect(data).toEqual({ session: 'alice' });
    expect(setCookies).toEqual([]);
  });

  it('the jar that middleware has taken is the one that resolvers get', async () => {
    @Injectable()
    class TakesJar implements NestMiddleware {
      constructor(
        @Inject(SecureCookieService) private readonly secureCookies: SecureCookieService,
      ) {}

      use(request: object, response: object, next: () => void): void {
        this.secureCookies.jar(request, response);
        next();
      }
    }

    @Module({ imports: [sessionApp(apolloModule())] })
    class WithMiddleware implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(TakesJar).forRoutes('{*path}');
      }
    }

    const { url, close } = await startApp(fastify, WithMiddleware);
    closes.push(close);
    const { data, setCookies } = await sendGraphql(url, 'mutation { login(user: "bob") }');

    expect(data).toEqual({ login: 'bob' });
    expect(setCookies).toHaveLength(1);
  });
});

/** Adds a field that requires a cookie to the accounts of the app. */
@Resolver(() => Account)
class GuardedResolver {
  @RequireSecureCookie('admin')
  @ResolveField(() => String, { nullable: true })
  guarded(): string {
    return 'in';
  }
}

describe.each([
  ['Apollo', express, apolloModule],
  ['Mercurius', fastify, mercuriusModule],
] as const)('fields on which guards run, as the app asks for: %s', (_driver, platform, graphql) => {
  it('are refused without the cookie, and resolved with it', async () => {
    const send = await start(platform, graphql({ fieldResolverEnhancers: ['guards'] }), [
      GuardedResolver,
    ]);
    const [without, withCookie] = [
      await send('{ account { owner guarded } }'),
      await send('{ account { guarded } }', cookieHeader('admin', 'root')),
    ];

    expect(without.data).toEqual({ account: { owner: 'alice', guarded: null } });
    expect(without.errors).toMatchObject([
      { message: 'Unauthorized', extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(withCookie.data).toEqual({ account: { guarded: 'in' } });
  });
});

describe('a requirement on a field where no guards run', () => {
  @Resolver(() => Account)
  class ReferenceResolver {
    @RequireSecureCookie('admin')
    @ResolveReference()
    resolveReference(): object {
      return {};
    }
  }

  it.each([
    ['GuardedResolver.guarded', GuardedResolver],
    ['ReferenceResolver.resolveReference', ReferenceResolver],
  ])('%s: the app does not start', async (name, resolver) => {
    await expect(start(express, apolloModule(), [resolver])).rejects.toMatchObject({
      code: 'option',
      message: expect.stringContaining(`on the field ${name}, where GraphQL runs no guards`),
    });
  });

  it('is none on the fields of Query, which are operations', async () => {
    @Resolver('Query')
    class RootResolver {
      @RequireSecureCookie('admin')
      @ResolveField('root')
      root(): string {
        return 'in';
      }
    }

    const schema = { autoSchemaFile: false, typeDefs: 'type Query { root: String }' } as const;
    @Module({
      imports: [SecureCookieModule.forRoot(SECRET), apolloModule(schema)],
      providers: [RootResolver],
    })
    class RootModule {}

    const { url, close } = await startApp(express, RootModule);
    closes.push(close);
    const [without, withCookie] = [
      await sendGraphql(url, '{ root }'),
      await sendGraphql(url, '{ root }', cookieHeader('admin', 'root')),
    ];

    expect(without.errors).toMatchObject([{ message: 'Unauthorized' }]);
    expect(withCookie.data).toEqual({ root: 'in' });
  });
});

const gate = { open: (): void => undefined };

@ObjectType()
class Late {
  @Field(() => String, { nullable: true })
  user?: string;
}

@Resolver(() => Late)
class LateResolver {
  @RequireSecureCookie('admin')
  @Query(() => String)
  closed(): string {
    return 'unreachable';
  }

  @Query(() => Late)
  async late(): Promise<Late> {
    await new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    return {};
  }

  @ResolveField(() => String, { nullable: true })
  user(@SecureCookie('user') user: string | undefined): string | undefined {
    return user;
  }
}

it.each([
  ['Apollo', express, apolloModule()],
  ['Mercurius', fastify, mercuriusModule()],
] as const)(
  'a field that is resolved after its operation has failed is refused, and logged as what it is: %s',
  async (_driver, platform, graphql) => {
    @Module({ imports: [SecureCookieModule.forRoot(SECRET), graphql], providers: [LateResolver] })
    class LateModule {}

    const { url, close } = await startApp(platform, LateModule, (app) => app.useLogger(log));
    closes.push(close);
    const { errors } = await sendGraphql(
      url,
      '{ closed late { user } }',
      cookieHeader('user', 'alice'),
    );
    const before = [...log.lines];
    gate.open();
    while (log.lines.length === 0) {
      await sleep(5);
    }

    expect(errors).toMatchObject([{ message: 'Unauthorized', path: ['closed'] }]);
    expect(before).toEqual([]);
    expect(log.lines[0]).toMatch(
      /^error: ambiguous-request: .* has been answered\. Either this field was resolved after its operation had failed/,
    );
  },
);

const shared = (): DynamicModule => mercuriusModule({ context: { tenant: 'one' } as never });

const sameObject = (): DynamicModule => {
  const context = {};
  return mercuriusModule({ context: () => context });
};

describe('one object for the contexts of all requests', () => {
  it.each([
    ['an object: nobody is served', null, shared],
    ['a function that always returns the same object: one user is served', 'alice', sameObject],
    [
      'a function that puts each request into the same object: one user is served',
      'alice',
      () => {
        const context = {};
        return mercuriusModule({ context: (req: object) => Object.assign(context, { req }) });
      },
    ],
  ])(
    'Mercurius with %s, and the second one is never taken for the first',
    async (_how, user, graphql) => {
      const send = await start(fastify, graphql());
      const [alice, bob] = [cookieHeader('user', 'alice'), cookieHeader('user', 'bob')];

      const first = await send('{ user }', alice);
      const fields = ['user', 'userOfJar', 'required', 'guarded', 'guardedByOwn'];
      const others = await Promise.all(fields.map((field) => send(`{ ${field} }`, bob)));

      expect(first.data).toEqual({ user });
      expect(others.flatMap(({ errors }) => errors)).toMatchObject(
        fields.map(() => ({ message: 'Internal server error' })),
      );
      expect(others.map(({ text }) => text).join()).not.toMatch(/alice|tenant/);
      expect(log.lines).toContainEqual(expect.stringMatching(/^error: ambiguous-request: /));
    },
  );

  it('with which the app itself asks for the jar: the second user is refused, too', async () => {
    const send = await start(fastify, shared());
    const first = await send('{ userOfContext }', cookieHeader('user', 'alice'));
    const second = await send('{ userOfContext }', cookieHeader('user', 'bob'));
    const third = await send('mutation { loginByContext }');

    expect(first.data).toEqual({ userOfContext: 'alice' });
    expect(second.data).toEqual({ userOfContext: null });
    expect(third).toMatchObject({ data: null, setCookies: [] });
    expect([...second.errors, ...third.errors]).toMatchObject([
      { message: expect.stringContaining('holds requests of two clients') },
      { message: expect.stringContaining('holds requests of two clients') },
    ]);
  });

  it('nobody gets a cookie that another one’s mutation sets', async () => {
    const send = await start(fastify, sameObject());
    const answers = await Promise.all([
      send('mutation { login(user: "alice") }'),
      send('mutation { login(user: "bob") }'),
    ]);
    for (const { data, setCookies } of answers) {
      expect(signedValues(setCookies, 'user')).toEqual(Object.values(data ?? {}));
    }
  });

  it.each([
    ['Apollo', express, () => apolloModule({ context: { tenant: 'one' } as never })],
    [
      'Mercurius with a function that returns a new one',
      fastify,
      () => mercuriusModule({ context: () => ({ tenant: 'one' }) }),
    ],
  ] as const)(
    '%s gives each request a copy: each reads its own',
    async (_how, platform, graphql) => {
      const send = await start(platform, graphql());
      const users = await Promise.all(
        ['alice', 'bob', 'carol'].map((user) => send('{ user }', cookieHeader('user', user))),
      );

      expect(users.map(({ data }) => data)).toEqual([
        { user: 'alice' },
        { user: 'bob' },
        { user: 'carol' },
      ]);
    },
  );
});
