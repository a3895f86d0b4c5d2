import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import {
  isSecureRequest,
  platformOf,
  rawRequest,
  rawResponse,
} from '../../lib/exchange/platform.js';
import { thrownBy } from '../support/thrown-by.js';

const request = new IncomingMessage(new Socket());
const response = new ServerResponse(request);

describe("Node's own request and response", () => {
  it("are found behind Fastify's, and as they are", () => {
    expect(rawRequest({ raw: request })).toBe(request);
    expect(rawRequest(request)).toBe(request);
    expect(rawResponse({ raw: response })).toBe(response);
    expect(rawResponse(response)).toBe(response);
  });

  it('are found by type: an app may keep a "raw" of its own', () => {
    const withRaw = Object.assign(new IncomingMessage(new Socket()), { raw: request });
    const responseWithRaw = Object.assign(new ServerResponse(request), { raw: response });

    expect(rawRequest(withRaw)).toBe(withRaw);
    expect(rawResponse(responseWithRaw)).toBe(responseWithRaw);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'request'],
    ['an object', {}],
    ['an object whose "raw" is an object', { raw: { headers: {}, writeHead: () => undefined } }],
    ['a stream', new Readable()],
    ['a socket, as a WebSocket gateway has', new Socket()],
  ])("'not-http' for %s", (_what, value) => {
    expect(thrownBy(() => rawRequest(value))).toMatchObject({ code: 'not-http' });
    expect(thrownBy(() => rawResponse(value))).toMatchObject({ code: 'not-http' });
  });
});

it("the platform is the request's app on Express and its server on Fastify", () => {
  const app = { name: 'app' };
  const server = { name: 'server' };

  expect(platformOf(Object.assign(new IncomingMessage(new Socket()), { app, server }))).toBe(app);
  expect(platformOf({ raw: request, app, server })).toBe(server);
});

describe('a request is secure', () => {
  it.each([
    ['https', true],
    ['http', false],
  ])('as the adapter says: %s is %s', (protocol, secure) => {
    expect(isSecureRequest({ raw: request, protocol })).toBe(secure);
  });

  it.each([true, false])(
    'where no adapter speaks, as the socket says: encrypted is %s',
    (encrypted) => {
      const socket = Object.assign(new Socket(), { encrypted });

      expect(isSecureRequest(new IncomingMessage(socket))).toBe(encrypted);
    },
  );
});
