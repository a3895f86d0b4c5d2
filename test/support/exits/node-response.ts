import type { ServerResponse } from 'node:http';

/** What Express's response and Fastify's reply have in common. */
export interface PlatformResponse {
  status(code: number): PlatformResponse;
  send(body: unknown): unknown;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  hijack(): void;
}

/** Node's response; Fastify has to be told that it is out of the game. */
export function hijacked(
  response: PlatformResponse | FastifyReply | ServerResponse,
): ServerResponse {
  if ('hijack' in response) {
    response.hijack();
    return response.raw;
  }
  if ('writeHead' in response) {
    return response;
  }
  throw new Error('Neither platform has such a response.');
}
