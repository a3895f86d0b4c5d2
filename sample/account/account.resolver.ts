import { Query, Resolver } from '@nestjs/graphql';
import { SecureCookie } from 'nestjs-secure-cookie';
import { Session, type SessionValue } from './session.js';

/** Who am I, over GraphQL. */
@Resolver()
export class AccountResolver {
  @Query(() => String, { nullable: true })
  whoAmI(@SecureCookie(Session) session: SessionValue | undefined): string | undefined {
    return session?.user;
  }
}
