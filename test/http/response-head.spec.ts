import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { connect as connectSocket, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { beforeResponseHead } from '../../lib/http/before-response-head.js';
import { keepPrivate, varyByCookie } from '../../lib/http/caching.js';
import { givenPairs, headOf, SetHead, type ResponseHead } from '../../lib/http/response-head.js';
import { callMethod } from '../support/call-method.js';
import { listen } from '../support/listen.js';

jest.setTimeout(60_000);

const OURS = 'ours=1; Path=/';

/** The headers that are ours to change, besides the date. */
const OUR_HEADERS = /^(?:set-cookie|cache-control|cdn-cache-control|vary|date)$/i;

/** What an app does to one response. */
interface Answer {
  readonly set: readonly (readonly [how: 'set' | 'append', name: string, value: unknown])[];
  readonly status: number;
  /** `writeHead` takes the headers in its place where it is empty. */
  readonly reason: readonly [] | readonly [string | undefined | null];
  readonly given: unknown;
  readonly exit: 'writeHead' | 'end' | 'flushHeaders' | 'write';
}

/** What came of it: the lines of the head in order, and what was thrown. */
interface Outcome {
  readonly thrown: readonly unknown[];
  readonly status: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>('a', 'b, c', '', 7, ['d'], ['e', 'f'], []) },
  // Node refuses these.
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, '\u{100}', 'line\nbreak') },
);
const others = fc.constantFrom('X-A', 'x-a', 'X-a', 'Link', 'link', 'ETag', '__proto__', '1');
const single = fc.constantFrom('Location', 'location', 'LOCATION', 'Content-Type', 'content-type');
const length = fc.constantFrom('Content-Length', 'content-length');
const ours: fc.Arbitrary<[string, unknown]> = fc.oneof(
  fc.tuple(
    fc.constantFrom('Set-Cookie', 'set-cookie', 'SET-COOKIE'),
    fc.constantFrom<unknown>('a=1', ['b=2', 'c=3'], ['d=4']),
  ),
  fc.tuple(
    fc.constantFrom('Cache-Control', 'cache-control', 'CDN-Cache-Control'),
    fc.constantFrom<unknown>('public', 'max-age=60', 'no-store'),
  ),
  fc.tuple(fc.constantFrom('Vary', 'vary'), fc.constantFrom<unknown>('Accept', ['Origin'], '*')),
);
const header: fc.Arbitrary<[string, unknown]> = fc.oneof(
  fc.tuple(others, value),
  fc.tuple(single, fc.constantFrom<unknown>('/', 'text/plain', ['/a'], '/\u{100}')),
  fc.tuple(length, fc.constantFrom<unknown>(4, '4')),
  ours,
);
const headers = fc.array(header, { maxLength: 5 });

/** As `writeHead` takes them; a list may lack its last value. */
const given = fc.oneof(
  fc.constantFrom(undefined, null, {}, []),
  headers.map((pairs) => fromPairs(pairs)),
  headers.map((pairs) => pairs.flat()),
  headers.map((pairs) => pairs.map(([name, one]) => [name, one])),
  headers.map((pairs) => ['X-A', ...pairs.flat()]),
);

const answers: fc.Arbitrary<Answer> = fc.record({
  set: fc.oneof(
    fc.constant([]),
    headers.chain((pairs) =>
      fc.tuple(
        ...pairs.map(([name, one]) =>
          fc.tuple(
            fc.constantFrom<'set' | 'append'>('set', 'append'),
            fc.constant(name),
            fc.constant(one),
          ),
        ),
      ),
    ),
  ),
  status: fc.constantFrom(200, 201, 204, 302, 304, 404, 500, 1000),
  reason: fc.constantFrom<Answer['reason']>([], [undefined], [null], ['Fine'], ['\u{100}']),
  given,
  exit: fc.constantFrom<Answer['exit']>('writeHead', 'writeHead', 'end', 'flushHeaders', 'write'),
});

/**
 * Node's HTTP/2 client refuses a 204 with a length. It then keeps the headers before it for ever, and Node
 * 20 ends the process when the session is collected: https://github.com/nodejs/node/issues/39951
 */
function isRefusedOverHttp2({ set, status, given: taken }: Answer): boolean {
  return status === 204 && /content-length/i.test(JSON.stringify([set, taken]));
}

/** Own properties, whatever their names are. */
function fromPairs(pairs: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, one] of pairs) {
    Object.defineProperty(object, name, {
      value: one,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

/** Node promises to check what it is given: its types need not. */
function give(response: ServerResponse, { set, status, reason, given: taken, exit }: Answer): void {
  for (const [how, name, one] of set) {
    callMethod(response, how === 'set' ? 'setHeader' : 'appendHeader', name, one);
  }
  if (exit === 'writeHead') {
    callMethod(response, 'writeHead', status, ...reason, taken);
  } else {
    response.statusCode = status;
  }
  if (exit === 'flushHeaders') {
    response.flushHeaders();
  }
  if (exit === 'write') {
    response.write('te');
    response.end('xt');
  } else {
    response.end('text');
  }
}

function code(error: unknown): unknown {
  return Reflect.get(Object(error), 'code') ?? String(error);
}

/** Answers; then once more where that failed, as frameworks do. */
function answerTwice(response: ServerResponse, answer: Answer): unknown[] {
  const thrown: unknown[] = [];
  try {
    give(response, answer);
  } catch (error) {
    thrown.push(code(error));
    try {
      response.statusCode = 500;
      response.end('failed');
    } catch (again) {
      thrown.push(code(again));
      response.destroy();
    }
  }
  return thrown;
}

function writeOurs(head: ResponseHead): void {
  keepPrivate(head);
  head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), OURS]);
  varyByCookie(head);
}

/** A server that answers each request with what is in its turn. */
class Turns {
  answer: Answer | undefined;
  isOurs = false;
  thrown: readonly unknown[] = [];

  readonly handle = (_request: unknown, response: ServerResponse): void => {
    if (this.isOurs) {
      beforeResponseHead(response, { write: writeOurs });
    }
    if (this.answer !== undefined) {
      this.thrown = answerTwice(response, this.answer);
    }
  };
}

/** Reads what is on the wire: clients would refuse some of it. */
async function overHttp1(port: number): Promise<Omit<Outcome, 'thrown'>> {
  const socket = connectSocket(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [head = ''] = (await text(socket).catch(() => '')).split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  return {
    status,
    lines: lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  };
}

async function overHttp2(port: number): Promise<Omit<Outcome, 'thrown'>> {
  const session = connect(`http://127.0.0.1:${port}`).on('error', () => undefined);
  const stream = session.request({ ':path': '/' });
  stream.resume();
  const nothing = once(stream, 'close').then(() => [{}]);
  const [fields] = await Promise.race([once(stream, 'response'), nothing]).catch(() => [{}]);
  session.destroy();
  const { ':status': status = '', ...received } = Object(fields);
  return {
    status: String(status),
    lines: Object.entries(received).flatMap(([name, values]) =>
      [values].flat().map((one): [string, string] => [name, String(one)]),
    ),
  };
}

function theirs({ thrown, status, lines }: Outcome): object {
  return { thrown, status, lines: lines.filter(([name]) => !OUR_HEADERS.test(name)) };
}

function valuesOf({ lines }: Outcome, name: string): string[] {
  return lines.filter(([spelling]) => spelling.toLowerCase() === name).map(([, one]) => one);
}

const turns = new Turns();

describe.each([
  {
    protocol: 'HTTP/1.1',
    server: createServer(turns.handle),
    exchange: overHttp1,
    asked: answers,
  },
  {
    protocol: 'HTTP/2',
    // Node's compatibility API promises the same methods; its types do not say so.
    server: createHttp2Server((request, response) => turns.handle(request, response as never)),
    exchange: overHttp2,
    asked: answers.filter((answer) => !isRefusedOverHttp2(answer)),
  },
])('the head of a response over $protocol', ({ server, exchange, asked }) => {
  let port: number;

  beforeAll(async () => {
    port = await listen(server);
  });
  afterAll(() => {
    server.close();
  });

  async function run(answer: Answer, isOurs: boolean): Promise<Outcome> {
    // Node appends to the lists that it is given.
    turns.answer = structuredClone(answer);
    turns.isOurs = isOurs;
    const received = await exchange(port);
    return { ...received, thrown: turns.thrown };
  }

  it('is, but for our headers, that of the same app without us, errors included', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (answer) => {
        const without = await run(answer, false);
        const outcome = await run(answer, true);

        expect(theirs(outcome)).toEqual(theirs(without));
        if (without.status !== '') {
          const cookies = valuesOf(without, 'set-cookie');
          expect(valuesOf(outcome, 'set-cookie')).toEqual([...cookies, OURS]);
          expect(valuesOf(outcome, 'cache-control').join()).toMatch(/private|no-store/);
          expect(valuesOf(outcome, 'cdn-cache-control')).toEqual([]);
          expect(valuesOf(outcome, 'vary').join()).toMatch(/\bCookie$|\*/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A response of Node's that is sent nowhere. */
function responseWith(fields: Readonly<Record<string, string | string[]>> = {}): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  for (const [name, one] of Object.entries(fields)) {
    response.setHeader(name, one);
  }
  return response;
}

describe.each<[string, () => ReturnType<typeof headOf>]>([
  ['set on the response', () => headOf(responseWith({ 'X-A': '1', Link: ['a', 'b'] }), {})],
  [
    'given in an object',
    () => headOf(responseWith(), { 'X-A': '1', 'X-No': undefined, Link: ['a', 'b'] }),
  ],
  ['given in two spellings', () => headOf(responseWith(), { 'X-A': '1', link: 'a', Link: 'b' })],
  ['given in a list', () => headOf(responseWith(), ['X-A', '1', 'Link', 'a', 'link', 'b'])],
  [
    'given in pairs',
    () =>
      headOf(responseWith(), [
        ['X-A', '1'],
        ['Link', ['a', 'b']],
      ]),
  ],
])('headers that are %s', (_how, head) => {
  it('are all named', () => {
    const names = head()
      .names()
      .map((name) => name.toLowerCase());

    expect(names).toEqual(expect.arrayContaining(['x-a', 'link']));
    expect(names).not.toContain('vary');
  });

  it.each([
    ['X-A', ['1']],
    ['LINK', ['a', 'b']],
    ['X-None', []],
    ['X-No', []],
    ['X', []],
  ])('are read by their name, in any case: %s', (name, values) => {
    expect(head().header(name)).toEqual(values);
  });

  it('are replaced in every spelling, with the others as they were', () => {
    const changed = head();
    changed.setHeader('LINK', ['c', 'd']);
    changed.setHeader('Vary', 'Accept');

    expect(changed.header('link')).toEqual(['c', 'd']);
    expect(changed.header('vary')).toEqual(['Accept']);
    expect(changed.names().map((name) => name.toLowerCase())).toContain('vary');
    expect(changed.header('x-a')).toEqual(['1']);
  });

  it('are removed in every spelling, with the others as they were', () => {
    const changed = head();
    changed.removeHeader('LINK');
    changed.removeHeader('X-None');

    expect(changed.header('link')).toEqual([]);
    expect(changed.names().map((name) => name.toLowerCase())).not.toContain('link');
    expect(changed.header('x-a')).toEqual(['1']);
  });
});

describe('a header named "__proto__", given in an object', () => {
  it('is read and sent like the others', () => {
    const head = headOf(responseWith(), JSON.parse('{ "__proto__": "1", "X-A": "2" }'));
    head.setHeader('Vary', 'Cookie');

    expect(head.header('__proto__')).toEqual(['1']);
    expect(givenPairs(head.headers)).toEqual([
      ['__proto__', '1'],
      ['X-A', '2'],
      ['Vary', 'Cookie'],
    ]);
  });
});

describe('headers that another copy of this code added to a head without any', () => {
  it('stay, with those that are added to them', () => {
    const head = headOf(responseWith({ Vary: 'Cookie' }), [['Vary', 'Cookie']]);
    head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), OURS]);
    head.setHeader('Vary', head.header('Vary').join());

    expect(givenPairs(head.headers)).toEqual([
      ['Set-Cookie', [OURS]],
      ['Vary', 'Cookie'],
    ]);
  });
});

describe('a head without headers', () => {
  it('takes those of ours, where "getHeader" shows them', () => {
    const response = responseWith();
    const head = headOf(response, {});
    head.setHeader('Set-Cookie', [OURS]);
    head.setHeader('X-A', '1');
    head.removeHeader('X-A');

    expect(response.getHeaders()).toEqual({ 'set-cookie': [OURS] });
    expect(head.headers).toEqual([['Set-Cookie', [OURS]]]);
  });
});

describe('a head that was not sent', () => {
  it('leaves the headers of the app as they were', () => {
    const before = { 'x-a': '1', vary: 'Accept', link: ['a', 'b'] };
    const response = responseWith(before);
    const head = new SetHead(response, {});
    head.header('X-A');
    head.setHeader('X-A', '2');
    head.setHeader('X-A', '3');
    head.header('X-A');
    head.setHeader('Vary', 'Cookie');
    head.removeHeader('Link');
    head.header('X-New');
    head.setHeader('X-New', '1');
    head.undo();

    expect(response.getHeaders()).toEqual(before);
  });
});
