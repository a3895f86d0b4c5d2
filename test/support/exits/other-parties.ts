import { join } from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyView from '@fastify/view';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import ejs from 'ejs';
import type { Request, Response } from 'express';
import session from 'express-session';
import { OTHER_SECRET } from '../secrets.js';

const VIEWS = join('test', 'support', 'exits', 'views');

/** What else writes cookies in an app, and its template engine. */
export async function addOtherParties(app: INestApplication): Promise<void> {
  await (isFastify(app) ? addToFastify(app) : addToExpress(app as NestExpressApplication));
}

function addToExpress(app: NestExpressApplication): void {
  app.setBaseViewsDir(VIEWS);
  app.engine('ejs', ejs.renderFile);
  const sessions = session({
    secret: OTHER_SECRET,
    resave: false,
    saveUninitialized: true,
    genid: () => 'the same for each request',
  });
  app.use((request: Request, response: Response, next: () => void) => {
    // express-session calls what only HTTP/1.1's responses have.
    if (request.httpVersionMajor === 1) {
      sessions(request, response, next);
    } else {
      next();
    }
  });
  app.use((request: Request, response: Response, next: () => void) => {
    response.cookie('platform', 'yes', { httpOnly: true });
    response.appendHeader('Set-Cookie', 'raw=yes; Path=/raw');
    if (request.url.endsWith('?own-raw')) {
      Object.assign(request, { raw: { headers: {} } });
      Object.assign(response, { raw: {} });
    }
    next();
  });
}

async function addToFastify(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyCookie, { secret: OTHER_SECRET });
  await app.register(fastifyView, { engine: { ejs }, root: VIEWS });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', async (request, reply) => {
      reply.setCookie('platform', 'yes', { httpOnly: true, signed: true });
      // With a header set, Node 20 keeps only the last of two equal names in an array.
      if (request.url !== '/raw-array') {
        reply.raw.appendHeader('Set-Cookie', 'raw=yes; Path=/raw');
      }
    });
}

function isFastify(app: INestApplication): app is NestFastifyApplication {
  return app.getHttpAdapter().getType() === 'fastify';
}
