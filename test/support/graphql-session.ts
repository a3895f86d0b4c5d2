import { setImmediate } from 'node:timers/promises';
import {
  Injectable,
  Module,
  UseGuards,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import {
  Args,
  Context,
  Field,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import { SECRET } from './secrets.js';

/** Due for renewal after a minute. */
const Session = defineSecureCookie('session', {
  maxAge: 3600,
  renewAfter: 60,
  absoluteMaxAge: 86_400,
});

const Text = () => String;
const OPTIONAL = { nullable: true };

@ObjectType()
export class Account {
  @Field(Text)
  owner!: string;

  @Field(Text, OPTIONAL)
  secret?: string | null;

  @Field(Text, OPTIONAL)
  misuse?: string | null;
}

/** A mistake that shows when it is read. */
const Misused = defineSecureCookie('misused', {
  schema: z.string().refine(async () => true),
});

/** A guard of the app's own, which asks the service. */
@Injectable()
class OwnGuard implements CanActivate {
  constructor(private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    return this.secureCookies.jar(context).get('user') !== undefined;
  }
}

interface GraphqlContext {
  readonly req: object;
  readonly res?: object;
  readonly reply?: object;
}

@Resolver()
class SessionResolver {
  constructor(private readonly secureCookies: SecureCookieService) {}

  @Query(Text, OPTIONAL)
  user(@SecureCookie('user') user: string | undefined): string | undefined {
    return user;
  }

  @Query(Text, OPTIONAL)
  userOfJar(@SecureCookies() cookies: SecureCookieJar): string | undefined {
    return cookies.get('user');
  }

  @Query(Text, OPTIONAL)
  userOfContext(@Context() { req, res, reply }: GraphqlContext): string | undefined {
    return this.secureCookies.jar(req, res ?? reply ?? Reflect.get(req, 'res')).get('user');
  }

  @Query(Text, OPTIONAL)
  userOfReader(@Context() { req }: GraphqlContext): string | undefined {
    return this.secureCookies.reader(req).get('user');
  }

  @Query(Text)
  required(@SecureCookie('user', { required: true }) user: string): string {
    return user;
  }

  @RequireSecureCookie('user')
  @Query(Text)
  guarded(): string {
    return 'in';
  }

  @UseGuards(OwnGuard)
  @Query(Text)
  guardedByOwn(): string {
    return 'in';
  }

  @Query(() => Account)
  account(): Account {
    return { owner: 'alice' };
  }

  @Query(Text, OPTIONAL)
  session(@SecureCookie(Session) session: string | undefined): string | undefined {
    return session;
  }

  @Query(Text, OPTIONAL)
  sessionAndFail(@SecureCookies() cookies: SecureCookieJar): string {
    throw new Error(`${cookies.get(Session)} failed`);
  }

  /** Fields of a query are resolved side by side. */
  @Query(Text)
  async setsInQuery(
    @Args('user', { type: Text }) user: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): Promise<string> {
    cookies.set('user', user);
    await setImmediate();
    return user;
  }

  @Mutation(Text)
  login(
    @Args('user', { type: Text }) user: string,
    @SecureCookies() cookies: SecureCookieJar,
  ): string {
    cookies.set('user', user);
    return user;
  }

  @Mutation(Text)
  loginByContext(@Context() { req, res, reply }: GraphqlContext): string {
    this.secureCookies.jar(req, res ?? reply ?? Reflect.get(req, 'res')).set('user', 'carol');
    return 'carol';
  }

  @Mutation(Text)
  loginAndFail(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set('user', 'alice');
    throw new Error('failed after setting');
  }

  @Mutation(Text)
  logout(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.clear('user');
    return 'out';
  }

  @Mutation(Text)
  tell(@SecureCookies() cookies: SecureCookieJar): string {
    try {
      cookies.set('user', 'alice');
      return 'set';
    } catch (error) {
      return String(error);
    }
  }

  @Mutation(Text)
  misuse(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set('user', 'alice', { path: 'no path' });
    return 'unreachable';
  }

  @Query(Text, OPTIONAL)
  misused(@SecureCookie(Misused) value: string | undefined): string | undefined {
    return value;
  }

  @RequireSecureCookie(Misused)
  @Query(Text, OPTIONAL)
  misusedByGuard(): string {
    return 'unreachable';
  }
}

/** `required` holds on fields, where guards do not run by default. */
@Resolver(() => Account)
class AccountResolver {
  @ResolveField(Text, OPTIONAL)
  secret(
    @Parent() { owner }: Account,
    @SecureCookie('admin', { required: true }) admin: string,
  ): string {
    return `${admin} sees ${owner}`;
  }

  @ResolveField(Text, OPTIONAL)
  misuse(@SecureCookie(Misused) value: string | undefined): string | undefined {
    return value;
  }
}

/** An app with these resolvers, on a driver. */
export function sessionApp(
  graphql: DynamicModule,
  secret = SECRET,
  resolvers: readonly Type[] = [],
) {
  @Module({
    imports: [SecureCookieModule.forRoot(secret), graphql],
    providers: [SessionResolver, AccountResolver, OwnGuard, ...resolvers],
  })
  class SessionModule {}

  return SessionModule;
}
