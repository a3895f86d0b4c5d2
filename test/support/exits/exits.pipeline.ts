import {
  Catch,
  ForbiddenException,
  Inject,
  Injectable,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type NestMiddleware,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { map, retry, tap, type Observable } from 'rxjs';
import { SecureCookieService } from 'nestjs-secure-cookie';

/** The cookie that every exit sets, and its value. */
export const EXIT_COOKIE = 'exit';
export const EXIT_VALUE = 'arrived';

@Injectable()
export class SettingGuard implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly service: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    this.service.jar(context).set(EXIT_COOKIE, EXIT_VALUE);
    return true;
  }
}

@Injectable()
export class ThrowingGuard extends SettingGuard {
  override canActivate(context: ExecutionContext): boolean {
    super.canActivate(context);
    throw new ForbiddenException();
  }
}

@Injectable()
export class ThrowsBeforeInterceptor implements NestInterceptor {
  constructor(@Inject(SecureCookieService) private readonly service: SecureCookieService) {}

  intercept(context: ExecutionContext): Observable<unknown> {
    this.service.jar(context).set(EXIT_COOKIE, EXIT_VALUE);
    throw new ForbiddenException();
  }
}

@Injectable()
export class ThrowsAfterInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map(() => {
        throw new ForbiddenException();
      }),
    );
  }
}

@Injectable()
export class SetsAfterInterceptor implements NestInterceptor {
  constructor(@Inject(SecureCookieService) private readonly service: SecureCookieService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const jar = this.service.jar(context);
    return next.handle().pipe(tap(() => jar.set(EXIT_COOKIE, EXIT_VALUE)));
  }
}

@Injectable()
export class RetryInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(retry(1));
  }
}

@Catch(ForbiddenException)
export class SettingFilter implements ExceptionFilter {
  constructor(
    @Inject(SecureCookieService) private readonly service: SecureCookieService,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  catch(_error: ForbiddenException, host: ArgumentsHost): void {
    this.service.jar(host).set(EXIT_COOKIE, EXIT_VALUE);
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), 'filtered', 403);
  }
}

@Injectable()
export class SettingMiddleware implements NestMiddleware {
  constructor(@Inject(SecureCookieService) private readonly service: SecureCookieService) {}

  use(request: object, response: object, next: () => void): void {
    this.service.jar(request, response).set(EXIT_COOKIE, EXIT_VALUE);
    next();
  }
}

/** Puts another function in the handler's place, and with it loses the handler's metadata. */
export function Wrapped(): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler === 'function') {
      descriptor.value = function wrapped(...parameters: unknown[]): unknown {
        return Reflect.apply(handler, this, parameters);
      };
    }
  };
}
