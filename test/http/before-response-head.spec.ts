import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { Socket, type AddressInfo, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { beforeResponseHead } from '../../lib/http/before-response-head.js';
import type { ResponseHead } from '../../lib/http/response-head.js';
import { thrownBy } from '../support/thrown-by.js';

const OURS = 'ours=1; Path=/';

type Answer = (response: ServerResponse) => unknown;

/** What a client saw of a response. */
interface Seen {
  readonly status: number;
  readonly setCookie: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Answers one request over HTTP/1.1, and fails with what the server's code threw. */
async function overHttp1(answer: Answer, method = 'GET'): Promise<Seen> {
  let failure: unknown;
  const server = createServer((_request, response) => {
    try {
      answer(response);
    } catch (error) {
      failure = error;
      response.destroy();
    }
  });
  const url = await listen(server);
  try {
    const response = await fetch(url, { method });
    const headers = Object.fromEntries(response.headers);
    const setCookie = response.headers.getSetCookie();
    return { status: response.status, setCookie, headers, body: await response.text() };
  } catch (error) {
    throw failure ?? error;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Answers one request over HTTP/2, through Node's compatibility API. */
async function overHttp2(answer: Answer, method = 'GET'): Promise<Seen> {
  const server = createHttp2Server((_request, response) => {
    // Node's compatibility API promises the same methods; its types do not say so.
    answer(response as never);
  });
  const client = connect(await listen(server));
  try {
    const stream = client.request({ ':method': method });
    const headers = await new Promise<Record<string, string | string[] | undefined>>(
      (resolve, reject) => stream.once('response', resolve).once('error', reject),
    );
    stream.setEncoding('utf8');
    let body = '';
    for await (const chunk of stream) {
      body += String(chunk);
    }
    const setCookie = [headers['set-cookie'] ?? []].flat();
    return { status: Number(headers[':status']), setCookie, headers, body };
  } finally {
    client.destroy();
    server.close();
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The answer with one cookie of ours, and how often the writer ran. */
function withOurs(answer: Answer): {
  answer: Answer;
  write: jest.Mock<(head: ResponseHead) => void>;
} {
  const write = jest.fn((head: ResponseHead) =>
    head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), OURS]),
  );
  return {
    write,
    answer: (response) => {
      beforeResponseHead(response, { write });
      return answer(response);
    },
  };
}

const protocols = [
  { protocol: 'HTTP/1.1', exchange: overHttp1 },
  { protocol: 'HTTP/2', exchange: overHttp2 },
];

/** The ways to send a head, and the status of each. */
const exits: [string, number, Answer][] = [
  ['end()', 200, (response) => response.end()],
  ['end(text)', 200, (response) => response.end('text')],
  [
    'write() and end()',
    200,
    (response) => {
      response.write('one ');
      response.write('two');
      response.end();
    },
  ],
  [
    'flushHeaders() and a later end()',
    200,
    (response) => {
      response.flushHeaders();
      setTimeout(() => response.end('late'), 10);
    },
  ],
  ['pipe()', 200, (response) => Readable.from(['one ', 'two']).pipe(response)],
  ['writeHead(status)', 201, (response) => response.writeHead(201).end('text')],
  [
    'writeHead(status, headers)',
    202,
    (response) => response.writeHead(202, { 'X-Other': 'kept' }).end('text'),
  ],
  [
    '204',
    204,
    (response) => {
      response.statusCode = 204;
      response.end();
    },
  ],
  ['304', 304, (response) => response.writeHead(304, { ETag: '"1"' }).end()],
];

function inTwoSpellings(response: ServerResponse): void {
  response.writeHead(200, { 'x-a': '1', 'X-A': '2', 'X-Number': 3 }).end();
}

function answerInTwoSpellings(response: ServerResponse): void {
  response.writeHead(200, { 'Set-Cookie': 'a=1', 'set-cookie': ['b=2', 'c=3'] }).end();
}

describe.each(protocols)('the head of a response over $protocol', ({ exchange }) => {
  it.each(exits)('carries the cookie once after %s', async (_exit, status, answer) => {
    const ours = withOurs(answer);
    const plain = await exchange(answer);
    const seen = await exchange(ours.answer);

    expect(ours.write).toHaveBeenCalledTimes(1);
    expect(seen.setCookie).toEqual([OURS]);
    expect(seen.status).toBe(status);
    expect({ status: seen.status, body: seen.body }).toEqual({
      status: plain.status,
      body: plain.body,
    });
  });

  it('carries the cookie once in the answer to HEAD', async () => {
    const ours = withOurs((response) => response.end('not sent'));
    const seen = await exchange(ours.answer, 'HEAD');

    expect(ours.write).toHaveBeenCalledTimes(1);
    expect(seen.setCookie).toEqual([OURS]);
    expect(seen.body).toBe('');
  });

  /** Set-Cookie headers of others, and how they got there. */
  const others: [string, string[], Answer][] = [
    [
      'one set as text',
      ['a=1'],
      (response) => {
        response.setHeader('Set-Cookie', 'a=1');
        response.end();
      },
    ],
    [
      'several set as an array',
      ['a=1', 'b=2'],
      (response) => {
        response.setHeader('Set-Cookie', ['a=1', 'b=2']);
        response.end();
      },
    ],
    [
      'some appended',
      ['a=1', 'b=2'],
      (response) => {
        response.setHeader('Set-Cookie', 'a=1');
        response.appendHeader('Set-Cookie', 'b=2');
        response.end();
      },
    ],
    [
      'text in the object of writeHead',
      ['a=1'],
      (response) => response.writeHead(200, { 'set-cookie': 'a=1' }).end(),
    ],
    [
      'an array in the object of writeHead',
      ['a=1', 'b=2'],
      (response) => response.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'] }).end(),
    ],
    [
      'names and values in turn',
      ['a=1', 'b=2'],
      (response) =>
        response.writeHead(200, ['Set-Cookie', 'a=1', 'X-A', '1', 'set-cookie', 'b=2']).end(),
    ],
    [
      'pairs of name and value',
      ['a=1', 'b=2'],
      (response) =>
        response
          .writeHead(200, [
            ['Set-Cookie', 'a=1'],
            ['X-A', '1'],
            ['Set-Cookie', 'b=2'],
          ])
          .end(),
    ],
    [
      'one pair with an array of values',
      ['a=1', 'b=2'],
      (response) => response.writeHead(200, [['Set-Cookie', ['a=1', 'b=2']]] as never).end(),
    ],
    [
      'behind an absent reason phrase',
      ['a=1'],
      (response) => response.writeHead(200, undefined, { 'Set-Cookie': 'a=1' }).end(),
    ],
    [
      'behind a null reason phrase',
      ['a=1'],
      (response) => response.writeHead(200, null as never, { 'Set-Cookie': 'a=1' }).end(),
    ],
    [
      'set before, and replaced by writeHead',
      ['b=2'],
      (response) => {
        response.setHeader('Set-Cookie', 'a=1');
        response.writeHead(200, { 'Set-Cookie': 'b=2' }).end();
      },
    ],
  ];

  it.each(others)('keeps the cookies of others: %s', async (_form, cookies, answer) => {
    const plain = await exchange(answer);
    const seen = await exchange(withOurs(answer).answer);

    expect(plain.setCookie).toEqual(cookies);
    expect(seen.setCookie).toEqual([...cookies, OURS]);
    expect(seen.headers['x-a']).toEqual(plain.headers['x-a']);
  });

  it.each(others)('adds no header but the cookie: %s', async (_form, _cookies, answer) => {
    const plain = await exchange(answer);
    const seen = await exchange(withOurs(answer).answer);

    expect(new Set(Object.keys(seen.headers))).toEqual(
      new Set([...Object.keys(plain.headers), 'set-cookie']),
    );
  });

  it.each([
    ['Content-Length', { 'content-length': 11, 'Content-Length': 5 }],
    ['Content-Type', { 'content-type': 'text/plain', 'Content-Type': 'text/html' }],
    ['Location', { location: '/a', Location: '/b' }],
  ])(
    'sends one %s of two spellings, as Node alone does after a header was set',
    async (_name, two) => {
      const answer: Answer = (response) => {
        response.setHeader('X-Powered-By', 'Express');
        response.writeHead(200, two).end('12345');
      };
      const plain = await exchange(answer);
      const { headers, setCookie, body } = await exchange(withOurs(answer).answer);

      expect({ ...headers, date: '', 'set-cookie': undefined }).toEqual({
        ...plain.headers,
        date: '',
      });
      expect(body).toBe('12345');
      expect(setCookie).toEqual([OURS]);
    },
  );

  it.each<[string, Answer]>([
    ['a status that is none', (response) => response.writeHead(1000)],
    ['one header twice', (response) => response.writeHead(200, { Location: ['/a', '/b'] })],
  ])('is written anew where Node refused one: %s', async (_what, refused) => {
    const shown: (readonly string[])[] = [];
    const ours = withOurs((response) => {
      response.setHeader('Set-Cookie', 'a=1');
      try {
        refused(response);
      } catch {
        response.removeHeader('Location');
      }
      if (!response.headersSent) {
        beforeResponseHead(response, {
          write: (head) => {
            shown.push(head.header('Set-Cookie'));
          },
        });
        response.statusCode = 500;
      }
      response.end('answer');
    });
    const seen = await exchange(ours.answer);

    expect(seen.setCookie).toEqual(['a=1', OURS]);
    for (const cookies of shown) {
      expect(cookies).toEqual(['a=1', OURS]);
    }
  });

  it('lets every writer add its cookies', async () => {
    const inner = withOurs((response) => response.writeHead(200, { 'Set-Cookie': 'a=1' }).end());
    const outer = withOurs(inner.answer);
    const seen = await exchange(outer.answer);

    expect(seen.setCookie).toEqual(['a=1', OURS, OURS]);
  });

  it('shows the status to the writer', async () => {
    const statuses: number[] = [];
    await exchange((response) => {
      beforeResponseHead(response, {
        write: (head) => {
          statuses.push(head.statusCode);
        },
      });
      response.setHeader('X-A', '1');
      response.writeHead(418).end();
    });
    await exchange((response) => {
      beforeResponseHead(response, {
        write: (head) => {
          statuses.push(head.statusCode);
        },
      });
      response.writeHead(419, {}).end();
    });

    expect(statuses).toEqual([418, 419]);
  });

  it.each<[string, Answer]>([
    [
      'set before',
      (response) => {
        response.setHeader('x-a', ['1', '2']);
        response.setHeader('X-Number', 3);
        response.end();
      },
    ],
    ['given', (response) => response.writeHead(200, { 'x-a': ['1', '2'], 'X-Number': 3 }).end()],
    ['given in two spellings', inTwoSpellings],
    [
      'set before, and given',
      (response) => {
        response.setHeader('X-A', ['1', '2']);
        response.writeHead(200, { 'x-number': 3 }).end();
      },
    ],
  ])('shows the writer headers that were %s, and lets it replace them', async (_how, answer) => {
    const shown: (readonly string[])[] = [];
    const seen = await exchange((response) => {
      beforeResponseHead(response, {
        write: (head) => {
          shown.push(head.header('X-A'), head.header('x-number'), head.header('X-None'));
          head.setHeader('X-a', 'replaced');
        },
      });
      answer(response);
    });

    // Of two spellings, HTTP/2's compatibility API leaves the last.
    const values = answer === inTwoSpellings && exchange === overHttp2 ? ['2'] : ['1', '2'];
    expect(shown).toEqual([values, ['3'], []]);
    expect(seen.headers['x-a']).toBe('replaced');
    expect(seen.headers['x-number']).toBe('3');
  });

  it('changes no object of headers that an app may use again', async () => {
    const headers = { 'Set-Cookie': ['a=1'], 'X-A': '1' };
    const answer: Answer = (response) => response.writeHead(200, headers).end();
    const first = await exchange(withOurs(answer).answer);
    const second = await exchange(withOurs(answer).answer);

    expect(first.setCookie).toEqual(['a=1', OURS]);
    expect(second.setCookie).toEqual(['a=1', OURS]);
    expect(headers).toEqual({ 'Set-Cookie': ['a=1'], 'X-A': '1' });
  });
});

describe('the head of a response over HTTP/1.1', () => {
  async function statusText(answer: Answer): Promise<string> {
    const server = createServer((_request, response) => answer(response));
    const response = await fetch(await listen(server));
    await response.text();
    server.close();
    server.closeAllConnections();
    return response.statusText;
  }

  it.each<[string, Answer]>([
    ['alone', (response) => response.writeHead(200, 'Fine').end()],
    ['with headers', (response) => response.writeHead(200, 'Fine', { 'X-A': '1' }).end()],
  ])('keeps a reason phrase that comes %s', async (_how, answer) => {
    expect(await statusText(withOurs(answer).answer)).toBe('Fine');
  });

  it('takes null for no headers, as Node does', async () => {
    const seen = await overHttp1(
      withOurs((response) => response.writeHead(200, null as never).end()).answer,
    );

    expect(seen.setCookie).toEqual([OURS]);
  });

  it('runs its writer once where writeHead is called again, which Node refuses', async () => {
    const codes: unknown[] = [];
    const ours = withOurs((response) => {
      response.writeHead(200);
      for (const headers of [{ 'Set-Cookie': 'late=1' }, undefined]) {
        try {
          response.writeHead(200, headers);
        } catch (error) {
          codes.push(Reflect.get(Object(error), 'code'));
        }
      }
      response.end();
    });
    const seen = await overHttp1(ours.answer);

    expect(codes).toEqual(['ERR_HTTP_HEADERS_SENT', 'ERR_HTTP_HEADERS_SENT']);
    expect(ours.write).toHaveBeenCalledTimes(1);
    expect(seen.setCookie).toEqual([OURS]);
  });

  it('shows the writer nothing where a header that is given has no value, and lets it set one', async () => {
    const shown: (readonly string[])[] = [];
    const seen = await overHttp1((response) => {
      beforeResponseHead(response, {
        write: (head) => {
          shown.push(head.header('x-a'));
          head.setHeader('X-A', 'replaced');
        },
      });
      response.writeHead(200, { 'X-A': undefined }).end();
    });

    expect(shown).toEqual([[]]);
    expect(seen.headers['x-a']).toBe('replaced');
  });

  it('keeps the cookies of others that an object spells in two cases', async () => {
    const plain = await overHttp1(answerInTwoSpellings);
    const seen = await overHttp1(withOurs(answerInTwoSpellings).answer);

    expect(plain.setCookie).toEqual(['a=1', 'b=2', 'c=3']);
    expect(seen.setCookie).toEqual(['a=1', 'b=2', 'c=3', OURS]);
  });

  it.each<[string, Answer]>([
    ['a name without a value', (response) => response.writeHead(200, ['X-A']).end()],
    ['an undefined value', (response) => response.writeHead(200, { 'X-A': undefined }).end()],
    [
      'a value without a name',
      (response) => response.writeHead(200, [[undefined, 'a']] as never).end(),
    ],
  ])('leaves it to Node to refuse %s', async (_what, answer) => {
    const refusal = await overHttp1(answer).catch((error: unknown) => error);

    expect(refusal).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    await expect(overHttp1(withOurs(answer).answer)).rejects.toMatchObject({
      code: Reflect.get(Object(refusal), 'code'),
    });
  });
});

it.each<[string, object]>([
  ['neither kind', {}],
  ['a "_storeHeader" that is no method', { _storeHeader: true }],
  ['no stream', { stream: undefined }],
  ['a stream that is null', { stream: null }],
  ['a stream that is text', { stream: 'text' }],
  ['a stream of another kind', { stream: {} }],
  ['a stream whose "respond" is no method', { stream: { respond: true } }],
])("refuses what is no response of Node's: %s", (_what, members) => {
  const response = { writeHead: () => undefined, hasHeader: () => false, ...members };
  const error = thrownBy(() => beforeResponseHead(response as never, { write: () => undefined }));

  expect(error).toMatchObject({
    name: 'SecureCookieError',
    code: 'not-http',
    message:
      'The response does not come from node:http or node:http2: pass the one that the server gave, or the framework’s.',
  });
});

it('writes before writeHead on Bun, which never calls "_storeHeader"', () => {
  Object.defineProperty(process.versions, 'bun', { value: '1.3.0', configurable: true });
  try {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const ours = withOurs(() => {
      Object.assign(response, { _storeHeader: () => undefined });
      response.writeHead(200);
    });
    ours.answer(response);

    expect(ours.write).toHaveBeenCalledTimes(1);
    expect(response.getHeader('Set-Cookie')).toEqual([OURS]);
  } finally {
    Reflect.deleteProperty(process.versions, 'bun');
  }
});

describe('an answer that passes the response object by carries no cookie', () => {
  it('on the raw stream of HTTP/2', async () => {
    const ours = withOurs((response) => {
      const stream = Reflect.get(response, 'stream') as ServerHttp2Stream;
      stream.respond({ ':status': 200 });
      stream.end('raw');
    });
    const seen = await overHttp2(ours.answer);

    expect(seen).toMatchObject({ status: 200, setCookie: [], body: 'raw' });
    expect(ours.write).not.toHaveBeenCalled();
  });

  it('on the socket of HTTP/1.1', async () => {
    const ours = withOurs((response) =>
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nraw'),
    );
    const seen = await overHttp1(ours.answer);

    expect(seen).toMatchObject({ status: 200, setCookie: [], body: 'raw' });
    expect(ours.write).not.toHaveBeenCalled();
  });
});
