import { forkServer, type ForkedServer } from '../support/forked-server.js';
import type { ServerSettings } from './server.js';

/** A process that has a ring of its own. */
export interface RingServer extends ForkedServer {
  /** Seconds. */
  readonly clockOffset: number;
  /** Of the ring that it had when it answered last. */
  revision: number;
}

export async function startServer(settings: ServerSettings): Promise<RingServer> {
  const server = await forkServer(new URL('server.ts', import.meta.url), settings);
  return { ...server, clockOffset: settings.clockOffset, revision: 0 };
}
