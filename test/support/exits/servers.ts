import { once } from 'node:events';
import { connect, createServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { text } from 'node:stream/consumers';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express, { type Express } from 'express';
import type { Exit, ExitResponse } from './exits.js';

/** A platform over a protocol, and how to speak to it. */
export interface ExitServer {
  readonly platform: 'express' | 'fastify';
  readonly server: string;
  readonly adapter: () => AbstractHttpAdapter;
  readonly send: (url: string, exit: Exit) => Promise<ExitResponse>;
}

async function sendHttp1(url: string, { path, method = 'GET', headers = {}, body }: Exit) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
  return {
    status: response.status,
    setCookies: response.headers.getSetCookie(),
    body: await response.text(),
  };
}

async function sendHttp2(url: string, { path, method = 'GET', headers = {}, body }: Exit) {
  const session = connect(url);
  try {
    // Express's body parsers look for a length, which HTTP/2 does not need.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const stream = session.request(
      { ':path': path, ':method': method, ...headers, ...length },
      { endStream: body === undefined },
    );
    if (body !== undefined) {
      stream.end(body);
    }
    const [head] = await once(stream, 'response');
    return {
      status: head[':status'],
      setCookies: head['set-cookie'] ?? [],
      body: await text(stream),
    };
  } finally {
    session.close();
  }
}

/** Express, whose requests and responses inherit from HTTP/2's instead of HTTP/1.1's. */
function http2Express(): Express {
  const app = express();
  Object.setPrototypeOf(app.request, onTopOf(Http2ServerRequest.prototype, express.request));
  Object.setPrototypeOf(app.response, onTopOf(Http2ServerResponse.prototype, express.response));
  return app;
}

function onTopOf(prototype: object, layer: object): object {
  return Object.create(prototype, Object.getOwnPropertyDescriptors(layer));
}

class Http2ExpressAdapter extends ExpressAdapter {
  constructor() {
    super(http2Express());
  }

  override initHttpServer(): void {
    // Typed for HTTP/1.1 alone.
    this.setHttpServer(createServer(this.getInstance()) as never);
  }
}

/** Both platforms over HTTP/1.1 and over HTTP/2, in Node's compatibility API. */
export const servers: readonly ExitServer[] = [
  {
    platform: 'express',
    server: 'express over HTTP/1.1',
    adapter: () => new ExpressAdapter(),
    send: sendHttp1,
  },
  {
    platform: 'fastify',
    server: 'fastify over HTTP/1.1',
    adapter: () => new FastifyAdapter(),
    send: sendHttp1,
  },
  {
    platform: 'express',
    server: 'express over HTTP/2',
    adapter: () => new Http2ExpressAdapter(),
    send: sendHttp2,
  },
  {
    platform: 'fastify',
    server: 'fastify over HTTP/2',
    adapter: () => new FastifyAdapter({ http2: true }),
    send: sendHttp2,
  },
];
