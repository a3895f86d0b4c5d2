import type { Type } from '@nestjs/common';

/** The injection token of Nest's `WsException`, or of `undefined`. */
export const WS_EXCEPTION = Symbol('nestjs-secure-cookie WsException');

/** The exception that Nest passes to a socket's client, if the app has `@nestjs/websockets`. */
export async function loadWsException(): Promise<Type<Error> | undefined> {
  try {
    const { WsException } = await import('@nestjs/websockets');
    return WsException;
  } catch {
    return undefined;
  }
}
