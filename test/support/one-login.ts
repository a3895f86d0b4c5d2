import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieJar, SecureCookieSigner } from 'nestjs-secure-cookie';
import { listen } from './listen.js';
import { SECRET } from './secrets.js';

/** A client with a jar of its own, as the user of a browser has it. */
export interface Client {
  /** Sends what the jar has for an address, keeps what comes back, and gives the body. */
  visit(url: string): Promise<string>;
  /** Closes all windows and comes back: what ends with the browser's session is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const DAY = 86_400;
const lifetimes = { maxAge: 30 * DAY, renewAfter: DAY, absoluteMaxAge: 300 * DAY };

/** What follows the first label of a host of ours is a tenant. */
const tenant = (host: string): string | undefined =>
  /^[a-z]+\.(?<tenant>(?:shop|other)\.test)$/.exec(host)?.groups?.['tenant'];

/** One name in the life of an app: first of each host alone, then of the tenant's whole domain. */
const DEFINITIONS = {
  before: defineSecureCookie('session', lifetimes),
  moved: defineSecureCookie('session', {
    ...lifetimes,
    domain: tenant,
    formerly: [{ domain: null }],
  }),
  forgetful: defineSecureCookie('session', { ...lifetimes, domain: tenant }),
};

/** How far ahead the server's clock is, in seconds. */
let ahead = 0;

const signer = new SecureCookieSigner({ secret: SECRET, clock: () => Date.now() / 1000 + ahead });

/** `/<definition>/<in, brief, out or who>`: logs in, for the browser's session, out, or says who it is. */
function oneLoginServer(): Server {
  return createServer((request, response) => {
    const [, key = '', act] = request.url?.split('/') ?? [];
    const definition = Object.entries(DEFINITIONS).find(([name]) => name === key)?.[1];
    if (definition === undefined) {
      response.writeHead(404).end();
      return;
    }
    const cookies = new SecureCookieJar({ signer, request, response });
    if (act === 'in' || act === 'brief') {
      cookies.set(definition, 'alice', { persistent: act === 'in' });
    } else if (act === 'out') {
      cookies.clear(definition);
    }
    const who = cookies.get(definition) ?? 'nobody';
    response.setHeader('Content-Type', 'text/plain');
    response.end(act === 'who' ? who : 'done');
  });
}

/** What logins must be in any real jar: cookies by tenant, cookies that moved, and those that end. */
export function itKeepsLogins(newClient: () => Promise<Client>): void {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = oneLoginServer();
    port = await listen(server);
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** Runs with a client of its own, on the server's clock of today. */
  const withClient = async (
    run: (visit: (host: string, path: string) => Promise<string>, client: Client) => Promise<void>,
  ): Promise<void> => {
    ahead = 0;
    const client = await newClient();
    try {
      await run((host, path) => client.visit(`http://${host}:${port}${path}`), client);
    } finally {
      await client.close();
    }
  };

  it('a tenant’s cookie goes to all of its hosts, to no other tenant, and is cleared anywhere', () =>
    withClient(async (visit) => {
      await visit('www.shop.test', '/moved/in');

      expect(await visit('www.shop.test', '/moved/who')).toBe('alice');
      expect(await visit('pay.shop.test', '/moved/who')).toBe('alice');
      expect(await visit('www.other.test', '/moved/who')).toBe('nobody');

      await visit('www.other.test', '/moved/in');
      await visit('pay.shop.test', '/moved/out');

      expect(await visit('www.shop.test', '/moved/who')).toBe('nobody');
      expect(await visit('pay.other.test', '/moved/who')).toBe('alice');
    }));

  it('a cookie that moved from a host to its domain is gone after the log-out', () =>
    withClient(async (visit) => {
      await visit('www.shop.test', '/before/in');
      // A login after the move, of an app that forgot the old place: the browser now holds two.
      await visit('www.shop.test', '/forgetful/in');
      await visit('www.shop.test', '/forgetful/out');

      // So it is not enough to clear the cookie where it lives.
      expect(await visit('www.shop.test', '/forgetful/who')).toBe('alice');

      await visit('www.shop.test', '/forgetful/in');
      await visit('www.shop.test', '/moved/out');

      expect(await visit('www.shop.test', '/moved/who')).toBe('nobody');
    }));

  it('and renewal moves it: it is of the whole domain then, and of the host no more', () =>
    withClient(async (visit) => {
      await visit('www.shop.test', '/before/in');
      expect(await visit('pay.shop.test', '/moved/who')).toBe('nobody');

      ahead = 2 * DAY;
      expect(await visit('www.shop.test', '/moved/who')).toBe('alice');
      expect(await visit('pay.shop.test', '/moved/who')).toBe('alice');

      // What deletes the domain's cookie alone leaves nothing.
      await visit('www.shop.test', '/forgetful/out');
      expect(await visit('www.shop.test', '/moved/who')).toBe('nobody');
    }));

  it('a login without "remember me" ends with the browser, also when it was renewed', () =>
    withClient(async (visit, client) => {
      await visit('www.shop.test', '/moved/brief');
      await visit('www.other.test', '/moved/in');
      for (let days = 2; days <= 40; days += 19) {
        ahead = days * DAY;
        expect(await visit('www.shop.test', '/moved/who')).toBe('alice');
        expect(await visit('www.other.test', '/moved/who')).toBe('alice');
      }

      await client.restart();

      expect(await visit('www.shop.test', '/moved/who')).toBe('nobody');
      expect(await visit('www.other.test', '/moved/who')).toBe('alice');
    }));
}
