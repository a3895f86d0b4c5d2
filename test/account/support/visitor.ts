import { once } from 'node:events';
import { CookieJar } from 'tough-cookie';
import { WebSocket } from 'ws';

/** Whom the server sees, in each of the ways that the account page asks. */
export interface Seen {
  readonly http: unknown;
  readonly graphql: unknown;
  readonly socket: unknown;
}

/** Seen in all ways as the same user; as nobody without one. */
export function seenAs(user: string | null): Seen {
  return { http: user, graphql: user, socket: user };
}

/** A browser with a jar of its own, at the account page of a running sample. */
export class Visitor {
  readonly #page: string;
  readonly #jar = new CookieJar();

  /** @param url - of the sample */
  constructor(url: string) {
    this.#page = `${url}/account`;
  }

  /** What its jar sends. */
  cookie(): Promise<string> {
    return this.#jar.getCookieString(this.#page);
  }

  /** Presses a button, and keeps the cookies that come back. */
  async post(action: string, body: unknown = {}, headers: object = {}): Promise<Response> {
    const response = await fetch(`${this.#page}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: await this.cookie(), ...headers },
      body: JSON.stringify(body),
    });
    for (const header of response.headers.getSetCookie()) {
      await this.#jar.setCookie(header, this.#page);
    }
    return response;
  }

  async logIn(user: string, remember = true): Promise<void> {
    await this.post('login', { user, remember });
  }

  /** @param cookie - in place of what the jar sends */
  async get(path: string, cookie?: string): Promise<Response> {
    return fetch(`${this.#page}/${path}`, { headers: { cookie: cookie ?? (await this.cookie()) } });
  }

  /** @param cookie - in place of what the jar sends */
  async seen(cookie?: string): Promise<Seen> {
    const sent = cookie ?? (await this.cookie());
    const session = await this.get('session', sent);
    const { user = null }: { user?: string | null } = JSON.parse(await session.text());
    const answer = await this.post('graphql', { query: '{ whoAmI }' }, { cookie: sent });
    const { data }: { data: { whoAmI: string | null } } = JSON.parse(await answer.text());
    const socket = await this.openSocket({ cookie: sent });
    const told = await socket?.whoAmI();
    socket?.close();
    return { http: user, graphql: data.whoAmI, socket: told };
  }

  /**
   * Opens a socket with the cookies of now; `undefined` where the server refuses.
   *
   * @param headers - in place of those that a page of the sample sends
   */
  async openSocket(headers: { cookie?: string; origin?: string } = {}) {
    const socket = new WebSocket(`${this.#page.replace('http', 'ws')}/socket`, {
      headers: {
        cookie: await this.cookie(),
        origin: new URL(this.#page).origin,
        ...headers,
      },
    });
    const isOpen = await once(socket, 'open').then(
      () => true,
      () => false,
    );
    return isOpen ? { whoAmI: () => ask(socket), close: () => socket.terminate() } : undefined;
  }
}

async function ask(socket: WebSocket): Promise<unknown> {
  socket.send(JSON.stringify({ event: 'who-am-i' }));
  const [message] = await once(socket, 'message');
  const { data }: { data: unknown } = JSON.parse(String(message));
  return data;
}
