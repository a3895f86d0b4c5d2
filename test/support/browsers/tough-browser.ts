import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { Cookie, CookieJar } from 'tough-cookie';
import type { Browser } from './browser.js';

/** Keeps its cookies as the package tough-cookie does. */
export class ToughBrowser implements Browser {
  readonly #jar = new CookieJar();

  async visit(method: string, url: string): Promise<string> {
    const { protocol, host, port, pathname } = new URL(url);
    const outgoing = (protocol === 'https:' ? requestHttps : requestHttp)({
      host: '127.0.0.1',
      port,
      method,
      path: pathname,
      headers: { host, cookie: await this.#jar.getCookieString(url) },
      agent: false,
      rejectUnauthorized: false,
    });
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    for (const header of response.headers['set-cookie'] ?? []) {
      await this.#jar.setCookie(header, url, { ignoreError: true });
    }
    return text(response);
  }

  /** The jar drops what has expired when it meets it next. */
  async names(): Promise<readonly string[]> {
    const { cookies } = await this.#jar.serialize();
    return cookies
      .map((cookie) => Cookie.fromJSON(cookie))
      .flatMap((cookie) => (cookie !== undefined && cookie.TTL() > 0 ? [cookie.key] : []))
      .toSorted();
  }
}
