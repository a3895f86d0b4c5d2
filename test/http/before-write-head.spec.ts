import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beforeWriteHead } from '../../lib/http/before-write-head.js';
import { keepPrivate } from '../../lib/http/caching.js';
import type { HeadWriter } from '../../lib/http/response-head.js';
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
