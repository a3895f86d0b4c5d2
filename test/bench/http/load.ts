import autocannon from 'autocannon';
import type { Server } from './servers.js';

const CONNECTIONS = 40;

/**
 * Requests per second that a server answers, asked by one process over 40 connections.
 *
 * @throws Error where an answer is missing or not 2xx
 */
export async function requestsPerSecond({ url, cookie }: Server, seconds: number): Promise<number> {
  const { requests, errors, non2xx, start, finish } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(cookie !== '' && { headers: { cookie } }),
  });
  if (errors > 0 || non2xx > 0) {
    throw new Error(`${url}: ${errors} errors, ${non2xx} answers other than 2xx.`);
  }
  return (requests.total * 1000) / (finish.getTime() - start.getTime());
}
