import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, tap, type Observable } from 'rxjs';
import { SecureCookieError } from '../errors.js';
import type { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { concealed } from './misuse.js';
import { keepAges } from './refusal.js';
import { secureCookiesOf } from './running-apps.js';

/**
 * Signs the pending cookies of a jar after the handler has answered, still inside Nest's pipeline, so
 * that a failure reaches the exception filters. It does not write them: that happens at the head of the
 * response.
 *
 * `@SecureCookies()` binds it to its route, so that other routes do not pay for it. Bind it by hand to
 * routes that set cookies only through `SecureCookieService`.
 *
 * @example
 * \@UseInterceptors(SecureCookieInterceptor)
 * \@Controller('account')
 * export class AccountController {}
 */
@Injectable()
export class SecureCookieInterceptor implements NestInterceptor {
  /**
   * @throws {@link SecureCookieError} `module-missing` or `ambiguous-request`
   */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    switch (context.getType<string>()) {
      case 'http': {
        const { jar } = secureCookiesOf(context);
        return next.handle().pipe(tap(() => jar.signPending()));
      }
      case 'graphql':
        return interceptGraphql(context, next);
      default:
        return next.handle();
    }
  }
}

function interceptGraphql(context: ExecutionContext, next: CallHandler): Observable<unknown> {
  const jar = graphqlJar(context);
  return jar === undefined
    ? next.handle()
    : next.handle().pipe(
        tap(() => jar.signPending()),
        catchError((error: unknown) => {
          keepAges(context, jar);
          throw concealed(error, context);
        }),
      );
}

/** `undefined` without a request: tests may execute a schema directly. */
function graphqlJar(context: ExecutionContext): SecureCookieJar | undefined {
  try {
    return secureCookiesOf(context).jar;
  } catch (error) {
    if (error instanceof SecureCookieError && error.code === 'not-http') {
      return undefined;
    }
    throw concealed(error, context);
  }
}
