import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { SecureCookieJar } from 'nestjs-secure-cookie';
import { readSetCookies } from '../../lib/testing/index.js';
import { EndpointClient, NOW, Session } from './support/endpoint-client.js';

/** Somebody who copied all that a browser sends, but for its key. */
function copyOf(client: EndpointClient): EndpointClient {
  const copy = new EndpointClient();
  client.cookies.forEach((value, name) => copy.cookies.set(name, value));
  copy.identifier = client.identifier;
  copy.challenge = client.challenge;
  copy.now = client.now;
  return copy;
}

/** What a route does that reads the session, changes it, and sets it. */
function setAgain(client: EndpointClient): string | null {
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = client.header;
  const response = new ServerResponse(request);
  const jar = new SecureCookieJar({
    signer: client.signer,
    request,
    response,
    isSecureConnection: () => true,
    deviceBinding: client.sessions,
  });
  jar.set(Session, `${String(jar.get(Session))}!`);
  response.writeHead(200);
  const sent = readSetCookies([response.getHeader('Set-Cookie') ?? []].flat().map(String));
  for (const { name, value, attributes } of sent) {
    if (attributes.maxAge === 0) {
      client.cookies.delete(name);
    } else {
      client.cookies.set(name, value);
    }
  }
  return String(response.getHeader('Secure-Session-Registration'));
}

describe('what a device-bound session does not promise', () => {
  it('a copy of its first cookie counts as long as it would without', () => {
    const client = new EndpointClient();
    client.logIn();
    const copy = copyOf(client);
    client.register();
    copy.now = NOW + 3600;

    expect(copy.read()).toMatchObject({ valid: true, bound: false });
    expect(copy.register().status).toBe(401);

    copy.now += 1;

    expect(copy.read()).toEqual({ valid: false, reason: 'expired' });
  });

  it('whoever copied the response of the login binds it to a key of their own, for 300 seconds', () => {
    const client = new EndpointClient();
    client.logIn();
    const copy = copyOf(client);
    copy.now = NOW + 300;

    expect(copy.register().status).toBe(200);
    expect(client.register().status).toBe(200);
    expect(copy.read()).toMatchObject({ valid: true, bound: true });

    const late = copyOf(client);
    late.now = NOW + 301;

    expect(late.register().status).toBe(401);
  });

  it('whoever copied a proof too can use it again until its challenge is 300 seconds old', () => {
    const client = EndpointClient.bound();
    const proof = client.device.refresh(client.challenge);
    const copy = copyOf(client);
    copy.now = NOW + 300;

    expect(copy.refresh(proof).status).toBe(200);

    copy.now += 300;

    expect(copy.read()).toMatchObject({ valid: true, bound: true });
    expect(copy.refresh(proof).status).toBe(403);

    copy.now += 1;

    expect(copy.read()).toEqual({ valid: false, reason: 'expired' });
  });

  it('refresh cookies that a neighbour plants can end it, and never stand in for it', () => {
    const victim = EndpointClient.bound();
    const planted = EndpointClient.bound();
    const refresh = '__Secure-session-refresh';
    const ofNeighbour = `${refresh}=${planted.cookies.get(refresh)}; `;
    const askedBy = (cookie: string): number =>
      victim.endpoints.refresh({ cookie, 'sec-secure-session-id': victim.identifier }, () => {
        throw new Error('Nothing is set here.');
      }).status;

    expect(askedBy(ofNeighbour.repeat(3) + victim.header)).toBe(403);
    expect(askedBy(ofNeighbour.repeat(4) + victim.header)).toBe(401);
    expect(askedBy(ofNeighbour)).toBe(401);
  });

  it('a route that sets the session again does so for a copy as well, and that is not bound', () => {
    const copy = copyOf(EndpointClient.bound());

    expect(setAgain(copy)).toMatch(/^\(ES256\)/);

    copy.now = NOW + 3600;

    expect(copy.read()).toMatchObject({ valid: true, value: 'alice!', bound: false });
  });
});
