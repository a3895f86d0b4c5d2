import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  exchangeOf,
  exchangeOfPair,
  findCookieHeader,
  isArgumentsHost,
} from '../../lib/exchange/exchange.js';
import { rememberHandshake } from '../../lib/exchange/handshakes.js';
import { thrownBy } from '../support/thrown-by.js';

function requestWith(cookie: string, ...more: readonly string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.rawHeaders = ['Cookie', cookie, ...more];
  request.headers = { cookie, ...(more.length > 0 && { upgrade: 'websocket' }) };
  return request;
}

const raw = requestWith('user=alice');
const rawResponse = new ServerResponse(raw);
/** As Express has them: each knows the other. */
const requestOfExpress = requestWith('user=alice');
const responseOfExpress = new ServerResponse(requestOfExpress);
const ofExpress = Object.assign(requestOfExpress, { res: responseOfExpress });
const ofFastify = { raw, headers: raw.headers };
const reply = { raw: rawResponse, request: ofFastify };
/** What Mercurius makes of it: "connection_init" brought the other cookie. */
const upgrade = requestWith('user=alice', 'Upgrade', 'websocket');
upgrade.headers.cookie = 'user=eve';

const others = requestWith('user=bob');
const replyToOthers = { raw: new ServerResponse(others), request: { raw: others } };

const INFO = { fieldNodes: [], fieldName: 'user' };
const TYPE = { name: 'View' };

function hostOf(type: string, args: unknown[]): ExecutionContextHost {
  const host = new ExecutionContextHost(args);
  host.setType(type);
  return host;
}

/** A new one each time, as drivers make them. */
const resolver = (context: unknown) => hostOf('graphql', [undefined, {}, context, INFO]);

const remembering = (request: IncomingMessage): object => {
  const client = {};
  rememberHandshake(client, request);
  return client;
};

describe('request and response', () => {
  it.each([
    ['of a route on Express', hostOf('http', [ofExpress, responseOfExpress])],
    ['of Apollo on Express', resolver({ req: ofExpress })],
    [
      'of Apollo on Express, which hands both on',
      resolver({ req: ofExpress, res: responseOfExpress }),
    ],
    [
      'where a client’s arguments look like a context',
      hostOf('graphql', [
        undefined,
        { req: others, reply: replyToOthers },
        { req: ofExpress },
        INFO,
      ]),
    ],
    ['of a field', hostOf('graphql', [{ req: others }, {}, { req: ofExpress }, INFO])],
    ['of a reference resolver', hostOf('graphql', [{ id: '1' }, { req: ofExpress }, INFO])],
    ['of resolveType', hostOf('graphql', [{ id: '1' }, { req: ofExpress }, INFO, TYPE])],
  ])('%s', (_where, host) => {
    const { request, response } = exchangeOf(host);

    expect([request === ofExpress, response === responseOfExpress]).toEqual([true, true]);
    expect(findCookieHeader(host).header).toBe('user=alice');
  });

  it.each([
    ['of a route on Fastify', hostOf('http', [ofFastify, reply])],
    ['of Apollo on Fastify, with the reply', resolver({ req: ofFastify, reply })],
    ['of Mercurius', resolver({ req: ofFastify, reply, app: {} })],
    ['of Mercurius, where the app’s context has no "req"', resolver({ reply })],
  ])('%s', (_where, host) => {
    const { request, response } = exchangeOf(host);

    expect([request === ofFastify, response === reply]).toEqual([true, true]);
    expect(findCookieHeader(host).header).toBe('user=alice');
  });
});

describe('a request without a response', () => {
  it.each([
    ['of Apollo on Fastify', resolver({ req: ofFastify }), ofFastify],
    ['of graphql-ws with Apollo', resolver({ req: { extra: { request: upgrade } } }), upgrade],
    ['of graphql-ws, as it comes', resolver({ extra: { request: upgrade } }), upgrade],
    [
      'of Mercurius’s subscriptions',
      resolver({ request: { raw: upgrade }, reply: { request: { raw: upgrade } } }),
      { raw: upgrade },
    ],
    ['of ws', hostOf('ws', [remembering(raw), {}, 'message']), raw],
    [
      'of socket.io',
      hostOf('ws', [{ handshake: { headers: raw.headers }, request: raw }, {}, 'message']),
      raw,
    ],
    [
      'of socket.io on a server that is not Node’s',
      hostOf('ws', [{ handshake: { headers: raw.headers }, request: {} }, {}, 'message']),
      undefined,
    ],
  ])('%s', (_where, host, expected) => {
    const { request, response } = exchangeOf(host);

    expect(response).toBeUndefined();
    expect(request).toEqual(expected);
    expect(findCookieHeader(host).header).toBe('user=alice');
  });

  it.each([
    ['headers without a cookie', { handshake: { headers: {} } }],
    ['a cookie that is no text', { handshake: { headers: { cookie: ['user=eve'] } } }],
    ['headers that are a list', { handshake: { headers: [] } }],
  ])('of socket.io, with %s: no cookie', (_what, client) => {
    expect(findCookieHeader(hostOf('ws', [client])).header).toBeUndefined();
    expect(findCookieHeader(client).header).toBeUndefined();
  });
});

describe('a value that is not a request', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'user=eve'],
    ['a number', 7],
    ['a list', [ofExpress]],
    ['an empty object', {}],
    ['null for "req" and "reply"', { req: null, reply: null, request: null, extra: null }],
    ['text for "req"', { req: 'user=eve' }],
    ['an object with headers', { req: { headers: { cookie: 'user=eve' } } }],
    ['such an object behind "raw"', { req: { raw: { headers: { cookie: 'user=eve' } } } }],
    [
      'what connection_init brought',
      { connectionParams: { req: { headers: { cookie: 'user=eve' } } } },
    ],
    ['a Request of the web', { req: new Request('http://localhost', { headers: { a: 'b' } }) }],
    ['a stream', { req: new Readable({ read: () => undefined }) }],
    ['a socket', { req: new Socket() }],
    ['a response alone', { res: responseOfExpress }],
    ['a reply without a request', { reply: { raw: rawResponse } }],
  ])('a GraphQL context that is %s: not-http', (_what, context) => {
    expect(thrownBy(() => exchangeOf(resolver(context)))).toMatchObject({ code: 'not-http' });
    expect(thrownBy(() => exchangeOf(hostOf('graphql', [{}, context, INFO])))).toMatchObject({
      code: 'not-http',
    });
  });

  it('a GraphQL handler that is called with nothing: not-http', () => {
    expect(thrownBy(() => exchangeOf(hostOf('graphql', [])))).toMatchObject({ code: 'not-http' });
  });

  it.each(['rpc', 'telegraf', ''])('a handler of the kind "%s": not-http', (type) => {
    const host = Object.assign(hostOf('http', [ofExpress]), { getType: () => type });

    expect(thrownBy(() => exchangeOf(host))).toMatchObject({ code: 'not-http' });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'user=eve'],
    ['an object', {}],
    ['null for its handshake', { handshake: null }],
    ['text for its headers', { handshake: { headers: 'cookie: user=eve' } }],
    ['a request beside no handshake', { request: raw }],
    ['its upgrade request, as some servers of ws keep it', { upgradeReq: raw }],
  ])('a socket that is %s: no-handshake', (_what, client) => {
    expect(thrownBy(() => exchangeOf(hostOf('ws', [client])))).toMatchObject({
      code: 'no-handshake',
    });
  });

  it('reader() of a socket that nobody remembered: no-handshake', () => {
    const socket = { on: () => undefined, send: () => undefined };

    expect(thrownBy(() => findCookieHeader(socket))).toMatchObject({ code: 'no-handshake' });
  });

  it('a getter that throws keeps its error', () => {
    const failing = {
      get req(): never {
        throw new RangeError('by the app itself');
      },
    };

    expect(thrownBy(() => exchangeOf(resolver(failing)))).toEqual(
      new RangeError('by the app itself'),
    );
  });

  it.each([
    ['null', null],
    ['a number', 7],
    ['true', true],
    ['a symbol', Symbol('a symbol')],
    ['an empty object', {}],
    ['headers', raw.headers],
    ['the handshake of socket.io, without its socket', { headers: raw.headers, auth: {} }],
    ['the context of GraphQL', { req: raw, res: rawResponse }],
  ])('reader() of %s: option', (_what, source) => {
    expect(thrownBy(() => findCookieHeader(source))).toMatchObject({ code: 'option' });
  });
});

describe('requests of two clients in one context are refused', () => {
  it.each([
    ['"req" and "reply"', { req: ofFastify, reply: replyToOthers }],
    ['"req" and "request"', { req: ofExpress, request: others }],
    ['"req" and what graphql-ws opened', { req: ofExpress, extra: { request: upgrade } }],
    ['"req" and the response', { req: ofFastify, res: replyToOthers.raw }],
    ['both, the other way round', { req: { raw: others }, reply }],
  ])('%s', (_what, context) => {
    expect(thrownBy(() => exchangeOf(resolver(context)))).toMatchObject({
      code: 'ambiguous-request',
    });
  });

  it('one after the other, where the app changes the context itself', () => {
    const context = { req: ofExpress as IncomingMessage };
    const before = exchangeOf(resolver(context)).request;
    context.req = others;

    expect(before).toBe(ofExpress);
    expect(thrownBy(() => exchangeOf(resolver(context)))).toMatchObject({
      code: 'ambiguous-request',
    });
    expect(exchangeOf(resolver({ ...context })).request).toBe(others);
  });

  it('a request that has been answered already', () => {
    const request = requestWith('user=alice');
    const res = new ServerResponse(request);
    const req = Object.assign(request, { res });
    const before = exchangeOf(resolver({ req })).request;
    res.end();

    expect(before).toBe(req);
    expect(thrownBy(() => exchangeOf(resolver({ req })))).toMatchObject({
      code: 'ambiguous-request',
      message: expect.stringContaining('resolved after its operation had failed'),
    });
  });

  it('a frozen context is read', () => {
    const context = Object.freeze({ req: ofExpress });

    expect(exchangeOf(resolver(context)).request).toBe(ofExpress);
    expect(exchangeOf(resolver(context)).request).toBe(ofExpress);
  });
});

describe('a request and a response that the app passes', () => {
  /** As serverless adapters make it. */
  const unaware = new ServerResponse({ method: 'GET' } as IncomingMessage);
  /** What engine.io passes for a WebSocket. */
  const substitute = { writeHead: () => undefined, setHeader: () => undefined };

  it.each([
    ['Node’s', raw, rawResponse, rawResponse],
    ['Fastify’s', ofFastify, reply, rawResponse],
    ['Express’s', ofExpress, responseOfExpress, responseOfExpress],
    ['a response that does not know its request', raw, unaware, unaware],
    ['a response to the request of a socket', upgrade, unaware, unaware],
  ])('%s', (_what, request, response, expected) => {
    expect(exchangeOfPair(request, response)).toEqual({ request, response: expected });
  });

  it('a response that does not know its request is taken from a context, too', () => {
    expect(exchangeOf(resolver({ req: ofFastify, reply: { raw: unaware } })).response).toEqual({
      raw: unaware,
    });
  });

  it('the handshake of a WebSocket has no response', () => {
    expect(exchangeOfPair(upgrade, substitute)).toEqual({
      request: upgrade,
      header: 'user=alice',
      response: undefined,
    });
  });

  it.each([
    ['of two clients', 'ambiguous-request', ofFastify, replyToOthers],
    ['of two clients, the other way round', 'ambiguous-request', others, rawResponse],
    ['without a response', 'not-http', raw, undefined],
    ['with a response that is none', 'not-http', raw, substitute],
    ['without a request', 'not-http', {}, rawResponse],
  ])('%s: %s', (_what, code, request, response) => {
    expect(thrownBy(() => exchangeOfPair(request, response))).toMatchObject({ code });
  });
});

it.each([
  ['a host', hostOf('http', []), true],
  ['a request', raw, false],
  ['half a host', { getType: () => 'http' }, false],
  ['nothing', undefined, false],
])('%s: whether it is what guards are given', (_what, value, expected) => {
  expect(isArgumentsHost(value)).toBe(expected);
});

it.each([
  ['nothing', undefined, undefined],
  ['a header', 'user=alice', 'user=alice'],
  ['Node’s request', raw, 'user=alice'],
  ['Fastify’s request', ofFastify, 'user=alice'],
  ['the request that opened a socket, as it came', upgrade, 'user=alice'],
  ['a socket', remembering(raw), 'user=alice'],
])('the Cookie header of %s', (_what, source, header) => {
  expect(findCookieHeader(source).header).toBe(header);
});
