import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { RequestJars } from '../../lib/exchange/request-jars.js';
import { CookieDefaults } from '../../lib/jar/cookie-defaults.js';
import { OneTimeWarnings } from '../../lib/jar/one-time-warnings.js';
import { SECRET } from '../support/secrets.js';

const signer = new SecureCookieSigner({ secret: SECRET });

function requestJars(warnings: string[] = []): RequestJars {
  const logger = { warn: (message: string) => warnings.push(message), error: () => undefined };
  return new RequestJars({
    signer,
    cookie: new CookieDefaults({}, signer.maxAge),
    vary: true,
    logger,
    revocations: undefined,
    deviceBinding: undefined,
    warnings: new OneTimeWarnings(logger),
  });
}

function exchange(headers: IncomingMessage['headers'] = {}): {
  request: IncomingMessage;
  response: ServerResponse;
} {
  const request = new IncomingMessage(new Socket());
  request.headers = headers;
  return { request, response: new ServerResponse(request) };
}

describe('the jar of a request', () => {
  it("is one for the platform's request and for Node's", () => {
    const jars = requestJars();
    const { request, response } = exchange();
    const ofNode = jars.of({ request, response }, false);

    expect(jars.of({ request: { raw: request }, response: { raw: response } }, false)).toBe(ofNode);
    expect(jars.of(exchange(), false)).not.toBe(ofNode);
  });

  it('is another for each service: a request may pass through two apps', () => {
    const { request, response } = exchange();

    expect(requestJars().of({ request, response }, false)).not.toBe(
      requestJars().of({ request, response }, false),
    );
  });

  it('is found by a query whose context has no response, but never on a socket', () => {
    const jars = requestJars();
    const { request, response } = exchange();
    const socket = exchange({ upgrade: 'websocket' });
    const ofQuery = jars.of({ request, response }, false);
    const ofHandshake = jars.of(socket, false);
    const without = { header: undefined, response: undefined };

    expect(jars.of({ request, ...without }, true)).toBe(ofQuery);
    expect(jars.of({ request: socket.request, ...without }, true)).not.toBe(ofHandshake);
    expect(jars.of({ request, ...without }, false)).not.toBe(ofQuery);
  });

  it('asks the newest request of the platform for the protocol, and warns once of its proxy', () => {
    const warnings: string[] = [];
    const jars = requestJars(warnings);
    const secure = [true, false, false].map((trusts) => {
      const { request, response } = exchange({ 'x-forwarded-proto': 'https' });
      const jar = jars.of({ request, response }, false);
      jars.of({ request: { raw: request, protocol: trusts ? 'https' : 'http' }, response }, false);
      jar.set('user', 'alice');
      response.writeHead(200);
      return String(response.getHeader('Set-Cookie')).includes('; Secure');
    });

    expect(secure).toEqual([true, false, false]);
    expect(warnings).toEqual([expect.stringContaining('the app does not trust its proxy')]);
  });
});
