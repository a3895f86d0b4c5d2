import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A GET with `Cookie` headers as they stand, latin1 and all; `fetch` would change or refuse some. */
export async function getWithCookies(
  url: string,
  cookies: readonly string[],
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const outgoing = request(url, { agent: false });
  outgoing.setHeader('Cookie', cookies);
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode, body: await text(response) };
}
