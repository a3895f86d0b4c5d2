import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Res,
  SignedCookies,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  SecureCookie,
  SecureCookieModule,
  SecureCookies,
  type SecureCookieJar,
} from 'nestjs-secure-cookie';
import type { Observable } from 'rxjs';
import { NAME, SECRET, VALUE } from '../typical-cookie.js';

const secureCookieModule = SecureCookieModule.forRoot(SECRET);

@Controller()
class HelloController {
  @Get()
  hello(): string {
    return 'Hello there';
  }
}

@Controller()
class SecureReadController {
  @Get()
  read(@SecureCookie(NAME) value: string | undefined): string {
    return value ?? 'none';
  }
}

@Controller()
class NestReadController {
  @Get()
  read(@SignedCookies(NAME) value: string | undefined): string {
    return value ?? 'none';
  }
}

@Controller()
class SecureSetController {
  @Get()
  set(@SecureCookies() cookies: SecureCookieJar): string {
    cookies.set(NAME, VALUE);
    return 'set';
  }
}

@Controller()
class NestSetController {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  @Get()
  set(@Res({ passthrough: true }) response: unknown): string {
    this.host.httpAdapter.setCookie(response, NAME, VALUE, { signed: true });
    return 'set';
  }
}

@Injectable()
class NoOpInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

@Controller()
class NestInterceptedSetController {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  @Get()
  @UseInterceptors(NoOpInterceptor)
  set(@Res({ passthrough: true }) response: unknown): string {
    this.host.httpAdapter.setCookie(response, NAME, VALUE, { signed: true });
    return 'set';
  }
}

@Module({ controllers: [HelloController] })
class BareApp {}

@Module({ imports: [secureCookieModule], controllers: [HelloController] })
class WithModuleApp {}

@Module({ imports: [secureCookieModule], controllers: [SecureReadController] })
class SecureReadApp {}

@Module({ controllers: [NestReadController] })
class NestReadApp {}

@Module({ imports: [secureCookieModule], controllers: [SecureSetController] })
class SecureSetApp {}

@Module({ controllers: [NestSetController] })
class NestSetApp {}

@Module({ controllers: [NestInterceptedSetController] })
class NestInterceptedSetApp {}

/** What is compared: each app runs in a process of its own, and has one route, `/`. */
export const APPS = {
  bare: BareApp,
  withModule: WithModuleApp,
  secureRead: SecureReadApp,
  nestRead: NestReadApp,
  secureSet: SecureSetApp,
  nestSet: NestSetApp,
  nestInterceptedSet: NestInterceptedSetApp,
} satisfies Record<string, Type>;

export type AppName = keyof typeof APPS;
