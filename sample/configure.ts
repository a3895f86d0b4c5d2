import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { withHandshakes } from 'nestjs-secure-cookie';

/** What the app needs on both platforms, before it listens. */
export function configure(app: INestApplication): void {
  // A page of another site can post forms, and log the visitor in as somebody else.
  app.enableCsrfProtection();
  app.useWebSocketAdapter(withHandshakes(new WsAdapter(app)));
}
