import { SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { SecureCookie } from 'nestjs-secure-cookie';
import { isOwnOrigin } from './own-origin.js';
import { Session, type SessionValue } from './session.js';

/**
 * Who am I, over a WebSocket. The cookie is that of the handshake, verified at each message: a session
 * that ends is nobody's at the next one.
 */
@WebSocketGateway({ path: '/account/socket', verifyClient: isOwnOrigin })
export class AccountGateway {
  @SubscribeMessage('who-am-i')
  whoAmI(@SecureCookie(Session) session: SessionValue | undefined): WsResponse<string | null> {
    return { event: 'you-are', data: session?.user ?? null };
  }
}
