import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { beforeWriteHead } from '../../lib/http/before-write-head.js';
import { keepPrivate } from '../../lib/http/caching.js';
import type { Headers, HeadWriter } from '../../lib/http/response-head.js';
import { callMethod } from '../support/call-method.js';
import { listen } from '../support/listen.js';

const SETS: HeadWriter = {
  write(head) {
    keepPrivate(head);
    head.setHeader('Set-Cookie', [...head.header('Set-Cookie'), 'ours=1']);
  },
};

const EXITS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  end: (response) => {
    response.setHeader('X-Set', 'yes');
    response.end('done');
  },
  write: (response) => {
    response.write('do');
    response.end('ne');
  },
  'writeHead with an object': (response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.writeHead(201, { 'Cache-Control': 'public', 'Set-Cookie': 'theirs=1' });
    response.end('done');
  },
  'writeHead with a reason and a list': (response) => {
    response.writeHead(201, 'Made', ['Set-Cookie', 'theirs=1', 'set-cookie', 'theirs=2']);
    response.end('done');
  },
};

// Node calls writeHead for every head as well, so Bun's way is tried here on Node's own responses.
describe('a writer before writeHead, as on Bun', () => {
  const server = createServer((request, response) => {
    beforeWriteHead(response, SETS);
    EXITS[decodeURIComponent(request.url?.slice(1) ?? '')]?.(response);
  });
  let url: string;

  beforeAll(async () => {
    url = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.close();
  });

  it.each([
    ['end', 200, ['ours=1'], 'private'],
    ['write', 200, ['ours=1'], 'private'],
    ['writeHead with an object', 201, ['theirs=1', 'ours=1'], 'private'],
    ['writeHead with a reason and a list', 201, ['theirs=1', 'theirs=2', 'ours=1'], 'private'],
  ])('adds to the head that %s sends', async (exit, status, cookies, cacheControl) => {
    const response = await fetch(`${url}/${encodeURIComponent(exit)}`);

    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toEqual(cookies);
    expect(response.headers.get('cache-control')).toBe(cacheControl);
    expect(await response.text()).toBe('done');
  });
});

/** A response of Node's that is sent nowhere, and a writer that waits for its head. */
function awaited(): { response: ServerResponse; write: jest.Mock<HeadWriter['write']> } {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const write = jest.fn<HeadWriter['write']>();
  beforeWriteHead(response, { write });
  return { response, write };
}

describe('the head that writeHead sends behind a writer, as on Bun', () => {
  it.each<[string, readonly unknown[], string, object]>([
    ['a status', [201], 'Created', {}],
    ['a reason', [201, 'Made'], 'Made', {}],
    ['headers', [201, { 'X-A': '1' }], 'Created', { 'x-a': '1' }],
    ['a reason and headers', [201, 'Made', { 'X-A': '1' }], 'Made', { 'x-a': '1' }],
    ['no reason, and headers', [201, undefined, { 'X-A': '1' }], 'Created', { 'x-a': '1' }],
    ['a reason, and no headers', [201, 'Made', null], 'Made', {}],
  ])('has what it was given: %s', (_what, given, reason, headers) => {
    const { response, write } = awaited();

    expect(callMethod(response, 'writeHead', ...given)).toBe(response);
    expect(response.statusCode).toBe(201);
    expect(response.statusMessage).toBe(reason);
    expect(response.getHeaders()).toEqual(headers);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Headers, object]>([
    ['every value of a name', ['X-A', '1', 'x-a', '2', 'X-A', '3'], { 'x-a': ['1', '2', '3'] }],
    ['numbers as well', ['X-A', 1, 'X-A', 2], { 'x-a': [1, '2'] }],
    ['only names with values', { 'X-A': undefined, 'X-B': '1' }, { 'x-b': '1' }],
  ])('keeps %s', (_what, given, headers) => {
    const { response } = awaited();
    callMethod(response, 'writeHead', 200, given);

    expect(response.getHeaders()).toEqual(headers);
  });

  it('is shown to every writer, in turn', () => {
    const { response, write } = awaited();
    write.mockImplementation((head) => head.setHeader('X-A', '1'));
    const last = jest.fn((head: Parameters<HeadWriter['write']>[0]) => head.header('X-A'));
    beforeWriteHead(response, { write: last });
    response.writeHead(200);

    expect(write).toHaveBeenCalledTimes(1);
    expect(last).toHaveBeenCalledTimes(1);
    expect(last).toHaveReturnedWith(['1']);
  });

  it('is written once where writeHead is called again, which Node refuses', () => {
    const { response, write } = awaited();
    response.writeHead(200);

    expect(() => response.writeHead(500)).toThrow(
      expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }),
    );
    expect(response.statusCode).toBe(200);
    expect(write).toHaveBeenCalledTimes(1);
  });
});
