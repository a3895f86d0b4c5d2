import type { ServerResponse } from 'node:http';

/** Express's response, which is Node's, or Fastify's reply around it. */
export type PlatformResponse =
  ServerResponse | { readonly raw: ServerResponse; readonly hijack: () => void };

/**
 * The cookies of these names as they stand in a `Cookie` header, the most specific path first as
 * browsers send them. The header's other cookies are none of the lab's business: a page that showed
 * them would undo their HttpOnly.
 */
export function cookiePairs(
  header: string | undefined,
  names: readonly string[],
): { name: string; signed: string }[] {
  const pairs = (header ?? '').split(';').map((pair) => {
    const [name = '', ...rest] = pair.trim().split('=');
    return { name, signed: rest.join('=') };
  });
  return pairs.filter(({ name }) => names.includes(name));
}

/** Adds a cookie as a forger would, around the jar, which signs whatever it sets. */
export function forgeCookie(
  response: PlatformResponse,
  name: string,
  signed: string,
  maxAge: number,
): void {
  rawOf(response).appendHeader(
    'Set-Cookie',
    `${name}=${signed}; Max-Age=${maxAge}; Path=/lab; HttpOnly; SameSite=Strict`,
  );
}

/**
 * Answers with the `Set-Cookie` lines that the head of this very response held: scripts never see
 * them, and they are complete only when it is written.
 */
export function answerWithSetCookie(response: PlatformResponse, body: object): void {
  if ('hijack' in response) {
    response.hijack();
  }
  const raw = rawOf(response);
  // Set, not given to writeHead: what that is given, the response does not show.
  raw.setHeader('Content-Type', 'application/json');
  raw.setHeader('Cache-Control', 'no-store');
  raw.writeHead(200);
  const setCookie = [raw.getHeader('Set-Cookie') ?? []].flat();
  raw.end(JSON.stringify({ ...body, setCookie }));
}

function rawOf(response: PlatformResponse): ServerResponse {
  return 'raw' in response ? response.raw : response;
}
