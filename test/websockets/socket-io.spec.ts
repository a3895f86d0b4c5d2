import { IoAdapter } from '@nestjs/platform-socket.io';
import { describeSockets } from '../support/describe-sockets.js';
import { openSocketIo } from '../support/socket-clients.js';

describeSockets(
  (['websocket', 'polling'] as const).map((transport) => ({
    adapter: `socket.io over ${transport}`,
    useAdapter: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
    open: openSocketIo(transport),
  })),
);
