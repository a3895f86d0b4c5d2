import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { secureCookieServiceOf } from './secure-cookie.service.js';

/**
 * Signs the cookies that a jar has pending once the handler has answered, still inside Nest's
 * pipeline, so that a failure reaches the exception filters. It writes nothing: the head of the
 * response does, for every way out of the app.
 *
 * `@SecureCookies()` binds it to its route; other routes do not pay for it. Bind it by hand where
 * cookies are set through `SecureCookieService` alone.
 *
 * @example
 * \@UseInterceptors(SecureCookieInterceptor)
 * \@Controller('account')
 * export class AccountController {}
 */
@Injectable()
export class SecureCookieInterceptor implements NestInterceptor {
  /**
   * Called by Nest.
   *
   * @throws {@link SecureCookieError} `module-missing`
   */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') {
      return next.handle();
    }
    const jar = secureCookieServiceOf(context).jar(context);
    return next.handle().pipe(tap(() => jar.signPending()));
  }
}
