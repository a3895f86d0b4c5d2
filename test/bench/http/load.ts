import autocannon from 'autocannon';
import type { Server } from './servers.js';

const CONNECTIONS = 40;

/** What a server did with the load. */
export interface Turn {
  /** Requests per second. */
  readonly rate: number;
  /** The server's, for a request, in microseconds; `undefined` where it cannot say. */
  readonly processorTime: number | undefined;
}

/**
 * Loads a server by one process over 40 connections.
 *
 * @throws Error where an answer is missing or not 2xx
 */
export async function load({ url, cookie, processorTime }: Server, seconds: number): Promise<Turn> {
  const before = await processorTime();
  const { requests, errors, non2xx, start, finish } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(cookie !== '' && { headers: { cookie } }),
  });
  if (errors > 0 || non2xx > 0) {
    throw new Error(`${url}: ${errors} errors, ${non2xx} answers other than 2xx.`);
  }
  const after = await processorTime();
  return {
    rate: (requests.total * 1000) / (finish.getTime() - start.getTime()),
    processorTime:
      before === undefined || after === undefined ? undefined : (after - before) / requests.total,
  };
}
