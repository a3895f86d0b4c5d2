import {
  Inject,
  Injectable,
  Module,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  defineSecureCookie,
  memoryRevocations,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookies,
  SecureCookieService,
} from 'nestjs-secure-cookie';
import { SECRET } from './secrets.js';

/** What a user's other sessions can end. */
export const Session = defineSecureCookie('session', {
  maxAge: 3600,
  revocableBy: (user: string) => [`user:${user}`],
});

/** What a handler sends back. */
export const answer = (data: unknown): { event: string; data: unknown } => ({
  event: 'answer',
  data: data ?? 'nobody',
});

/** A guard of the app's own, which asks the service for a reader. */
@Injectable()
class ReaderGuard implements CanActivate {
  constructor(@Inject(SecureCookieService) private readonly secureCookies: SecureCookieService) {}

  canActivate(context: ExecutionContext): boolean {
    return this.secureCookies.reader(context).get('user') !== undefined;
  }
}

/** Handlers that read the handshake's cookies in every way. */
export abstract class SessionHandlers {
  constructor(@Inject(SecureCookieService) protected readonly secureCookies: SecureCookieService) {}

  @SubscribeMessage('parameter')
  parameter(@SecureCookie('user') user: string | undefined): object {
    return answer(user);
  }

  @SubscribeMessage('jar')
  jar(@SecureCookies() cookies: SecureCookieJar): object {
    return answer(cookies.get('user'));
  }

  @SubscribeMessage('set')
  set(@SecureCookies() cookies: SecureCookieJar): object {
    cookies.set('user', 'bob');
    return answer('unreachable');
  }

  @RequireSecureCookie('user')
  @SubscribeMessage('guarded')
  guarded(): object {
    return answer('in');
  }

  @UseGuards(ReaderGuard)
  @SubscribeMessage('guarded-by-own')
  guardedByOwn(): object {
    return answer('in');
  }

  @SubscribeMessage('required')
  required(@SecureCookie('user', { required: true }) user: string): object {
    return answer(user);
  }

  @RequireSecureCookie(Session)
  @SubscribeMessage('guarded-by-session')
  guardedBySession(): object {
    return answer('in');
  }

  @SubscribeMessage('session')
  session(@SecureCookie(Session) user: string | undefined): object {
    return answer(user);
  }

  @SubscribeMessage('session-of-reader')
  sessionOfReader(@ConnectedSocket() client: object): object {
    return answer(this.secureCookies.reader(client).get(Session));
  }

  @SubscribeMessage('open')
  open(): object {
    return answer('in');
  }
}

/** Remembers whose sockets were opened. */
@WebSocketGateway()
export class SessionGateway extends SessionHandlers {
  readonly connected: (string | undefined)[] = [];

  handleConnection(client: object): void {
    this.connected.push(this.secureCookies.reader(client).get('user'));
  }
}

/** Seconds that the clock of the apps below is ahead. */
export const clock = { ahead: 0 };

/** An app with these gateways. */
export function gatewayApp(gateways: readonly Type[], secret = SECRET): Type {
  @Module({
    imports: [
      SecureCookieModule.forRoot({
        secret,
        maxAge: 3600,
        clock: () => Date.now() / 1000 + clock.ahead,
        revocations: { source: memoryRevocations(), refreshEvery: 3600, maxStale: Infinity },
      }),
    ],
    providers: [...gateways, ReaderGuard],
  })
  class GatewayModule {}

  return GatewayModule;
}
