import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** `fetch`, of a server whose certificate nobody vouches for. */
export async function fetchUntrusted(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Response> {
  const sent = request(url, { method, headers, agent: false, rejectUnauthorized: false });
  sent.end(body);
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  const received = new Headers();
  for (const [name, values = []] of Object.entries(answer?.headersDistinct ?? {})) {
    values.forEach((value) => received.append(name, value));
  }
  const bytes = answer === undefined ? undefined : await buffer(answer);
  const status = answer?.statusCode ?? 0;
  return new Response(status === 204 ? null : bytes, { status, headers: received });
}
