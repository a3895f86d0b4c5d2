import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe } from '@jest/globals';
import { CookieJar } from 'tough-cookie';
import { itKeepsLogins, type Client } from '../support/one-login.js';

/** The package tough-cookie, with the servers of all hosts on the loopback interface. */
async function toughClient(): Promise<Client> {
  let jar = new CookieJar();
  return {
    async visit(url) {
      const { host, port, pathname } = new URL(url);
      const headers = { host, cookie: await jar.getCookieString(url) };
      const sent = request({ host: '127.0.0.1', port, path: pathname, headers, agent: false });
      sent.end();
      const [response] = await once(sent, 'response');
      for (const header of response.headers['set-cookie'] ?? []) {
        await jar.setCookie(header, url);
      }
      return text(response);
    },
    async restart() {
      const { cookies, ...others } = await jar.serialize();
      // What has neither Max-Age nor Expires is the session's.
      const kept = cookies.filter(
        ({ maxAge, expires }) =>
          maxAge !== undefined || (expires !== undefined && expires !== null),
      );
      jar = await CookieJar.deserialize({ ...others, cookies: kept });
    },
    close: async () => undefined,
  };
}

describe('logins in the jar of tough-cookie', () => itKeepsLogins(toughClient));
