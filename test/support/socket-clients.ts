import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

/** What a gateway sends. */
interface SocketAnswer {
  readonly event: string;
  readonly data: unknown;
}

/** One open socket, whose handshake carried a cookie. */
export interface SocketClient {
  /** Sends a message, and waits for what comes back. */
  ask(event: string): Promise<SocketAnswer>;
  close(): Promise<void>;
}

/** Opens a socket to what listens there. */
export type OpenSocket = (url: string, cookie: string) => Promise<SocketClient>;

/** A plain WebSocket, as browsers open them. */
export const openWs: OpenSocket = async (url, cookie) => {
  const headers = cookie === '' ? {} : { cookie };
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  await once(socket, 'open');
  return {
    ask: async (event) => {
      socket.send(JSON.stringify({ event }));
      const [message] = await once(socket, 'message');
      return JSON.parse(String(message));
    },
    close: async () => {
      socket.terminate();
      await once(socket, 'close');
    },
  };
};

/** A socket of socket.io, over one of its transports. */
export const openSocketIo =
  (transport: 'polling' | 'websocket'): OpenSocket =>
  async (url, cookie) => {
    const extraHeaders: Record<string, string> = cookie === '' ? {} : { cookie };
    const socket = io(url, { transports: [transport], extraHeaders, forceNew: true });
    await connected(socket);
    return clientOf(socket);
  };

/** A socket of socket.io that begins with polling, and is upgraded with another cookie. */
export async function openUpgraded(
  url: string,
  cookie: string,
  cookieOfUpgrade: string,
): Promise<SocketClient> {
  const socket = io(url, {
    transports: ['polling', 'websocket'],
    transportOptions: {
      polling: { extraHeaders: { cookie } },
      websocket: { extraHeaders: { cookie: cookieOfUpgrade } },
    },
    forceNew: true,
  });
  await Promise.all([
    connected(socket),
    new Promise((resolve) =>
      socket.io.once('open', () => socket.io.engine.once('upgrade', resolve)),
    ),
  ]);
  return clientOf(socket);
}

async function connected(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('connect_error', reject);
  });
}

function clientOf(socket: Socket): SocketClient {
  return {
    ask: (event) =>
      new Promise((resolve) => {
        socket.onAny((name: string, data: unknown) => {
          socket.offAny();
          resolve({ event: name, data });
        });
        socket.emit(event);
      }),
    // Over polling, the last request says so.
    close: () =>
      new Promise((resolve) => {
        socket.io.engine.once('close', () => resolve());
        socket.disconnect();
      }),
  };
}
