import { once } from 'node:events';
import {
  createServer,
  IncomingMessage,
  ServerResponse,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createSecureServer, get } from 'node:https';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineSecureCookie, SecureCookieJar, SecureCookieSigner } from 'nestjs-secure-cookie';
import { readSetCookies } from '../../lib/testing/index.js';
import { selfSigned } from '../support/certificate.js';
import { listen } from '../support/listen.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const signer = new SecureCookieSigner({ secret: SECRET });

const servers: Server[] = [];

async function start(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return `http://127.0.0.1:${await listen(server)}`;
}

afterEach(() => {
  servers.splice(0).forEach((server) => server.close());
});

describe("a jar of Node's own request and response, without Nest", () => {
  it('reads, sets and clears', async () => {
    const url = await start((request, response) => {
      const cookies = new SecureCookieJar({ signer, request, response });
      const visits = Number(cookies.get('visits') ?? 0) + 1;
      if (request.url === '/forget') {
        cookies.clear('visits');
      } else {
        cookies.set('visits', String(visits));
      }
      response.end(`visit ${visits}`);
    });
    const visit = async (cookie: string, path = '/') => {
      const response = await fetch(url + path, { headers: { cookie } });
      const [set] = readSetCookies(response.headers);
      return { body: await response.text(), set, caching: response.headers.get('cache-control') };
    };

    const first = await visit('');
    const second = await visit(`visits=${first.set?.value}`);
    const third = await visit(`visits=${second.set?.value}`, '/forget');

    expect([first.body, second.body, third.body]).toEqual(['visit 1', 'visit 2', 'visit 3']);
    expect(first.caching).toBe('private');
    expect(first.set?.attributes).toMatchObject({ path: '/', maxAge: 2_592_000, httpOnly: true });
    expect(first.set?.attributes).not.toHaveProperty('secure');
    expect(third.set).toMatchObject({ value: '', attributes: { maxAge: 0 } });
  });

  it('renews what a definition says is due', async () => {
    const Visit = defineSecureCookie('visit', { renewAfter: 60, absoluteMaxAge: 3600 });
    const earlier = Math.floor(Date.now() / 1000) - 61;
    const signed = new SecureCookieSigner({ secret: SECRET, clock: () => earlier });
    const url = await start((request, response) => {
      const cookies = new SecureCookieJar({ signer, request, response });
      response.end(cookies.get(Visit));
    });
    const cookie = `visit=${signed.sign('visit', 'first')}`;
    const response = await fetch(url, { headers: { cookie } });

    expect(await response.text()).toBe('first');
    expect(readSetCookies(response.headers)).toMatchObject([{ name: 'visit' }]);
  });

  it.each([
    ['the lifetime is at most the signer’s', { maxAge: 60 }, {}, { maxAge: 60 }],
    [
      'with attributes of the app',
      {},
      { path: '/shop', maxAge: 90 },
      { path: '/shop', maxAge: 90 },
    ],
  ])('%s', async (_what, policy, cookie, expected) => {
    const own = new SecureCookieSigner({ secret: SECRET, ...policy });
    const url = await start((request, response) => {
      new SecureCookieJar({ signer: own, request, response, cookie }).set('user', 'alice');
      response.end();
    });

    const { headers } = await fetch(url);
    expect(readSetCookies(headers)).toMatchObject([{ name: 'user', attributes: expected }]);
  });

  it('over TLS, its cookies are Secure', async () => {
    const server = createSecureServer(selfSigned(), (request, response) => {
      new SecureCookieJar({ signer, request, response }).set('user', 'alice');
      response.end();
    });
    servers.push(server);
    const url = `https://127.0.0.1:${await listen(server)}`;
    const [response] = await once(
      get(url, { rejectUnauthorized: false, agent: false }),
      'response',
    );

    const [set] = readSetCookies(response.headers['set-cookie']);
    expect(set?.attributes).toMatchObject({ secure: true });
  });

  it.each([
    ['a path that splits the header', { path: '/; Domain=evil.example' }],
    ['an attribute that is misspelt', { maxage: 60 }],
    ['a lifetime beyond the signer’s', { maxAge: 32 * 86_400 }],
  ])('default attributes are refused where the jar is made: %s', async (_what, cookie) => {
    const errors: Error[] = [];
    const url = await start((request, response) => {
      const make = () =>
        new SecureCookieJar({ signer, request, response, cookie: cookie as never });
      errors.push(thrownBy(make));
      response.end();
    });
    await fetch(url);

    expect(errors).toMatchObject([{ name: 'SecureCookieError', code: 'attribute' }]);
  });

  it.each([
    ['response', null],
    ['response', 'response'],
    ['isSecureConnection', true],
    ['isSecureConnection', null],
    ['host', 'a.example'],
    ['logger', null],
    ['vary', null],
    ['connection', {}],
    ['shared', {}],
  ])('an option of the wrong type is refused where the jar is made: %s, %j', (option, value) => {
    const request = { headers: {} };
    const make = () => new SecureCookieJar({ signer, request, [option]: value });

    expect(thrownBy(make)).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
      message: expect.stringContaining(`"${option}"`),
    });
  });

  it('a host that comes as a promise is refused', () => {
    const request = { headers: {} };
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const late = { host: async () => 'a.example' };
    const jar = new SecureCookieJar({ signer, request, response, ...(late as object) });
    const Shop = defineSecureCookie('shop', { domain: (host) => host });

    expect(thrownBy(() => jar.set(Shop, 'cart'))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
    });
  });

  it('a connection that answers with a promise is refused, and not taken for TLS', async () => {
    const errors: Error[] = [];
    const url = await start((request, response) => {
      const late = { isSecureConnection: async () => false };
      const jar = new SecureCookieJar({ signer, request, response, ...(late as object) });
      errors.push(thrownBy(() => jar.set('user', 'alice')));
      response.end();
    });

    expect((await fetch(url)).headers.getSetCookie()).toEqual([]);
    expect(errors).toMatchObject([{ name: 'SecureCookieError', code: 'option' }]);
  });

  it('a cookie that can no longer be signed is told to its logger', async () => {
    const logger = new RecordedLog();
    const turning = new SecureCookieSigner({ secret: SECRET });
    const url = await start((request, response) => {
      new SecureCookieJar({ signer: turning, request, response, logger }).set('user', 'alice');
      turning.withdrawKeys();
      response.end();
    });

    expect((await fetch(url)).headers.getSetCookie()).toEqual([]);
    expect(logger.lines).toEqual([
      `error: The cookie "user" was left out of a response: SecureCookieError 'keys-stale'`,
    ]);
  });
});
