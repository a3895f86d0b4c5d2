import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import * as cookieSignature from 'cookie-signature';
import {
  defineSecureCookie,
  SecureCookieModule,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

/** One way to answer requests. */
export interface RequestContender {
  readonly name: string;
  readonly answer: () => void;
  /** Beside doing it by hand. */
  readonly atMost?: number;
}

/** Ways to answer the same request; they differ in what they do with one cookie. */
export interface RequestContest {
  readonly title: string;
  /** Does nothing with cookies. */
  readonly base: RequestContender;
  /** The packages cookie and cookie-signature. */
  readonly byHand: RequestContender;
  readonly ours: readonly RequestContender[];
}

/** A head, and how a framework writes it. */
interface Platform {
  readonly platform: string;
  /** Sends the answer, with one `Set-Cookie` header where there is one. */
  readonly send: (response: ServerResponse, setCookie: string | undefined) => void;
}

const BODY = 'done';

const PLATFORMS: readonly Platform[] = [
  {
    platform: 'Fastify',
    send: (response, setCookie) => {
      const headers: Record<string, string | number> = {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': BODY.length,
      };
      if (setCookie !== undefined) {
        headers['set-cookie'] = setCookie;
      }
      response.writeHead(200, headers);
      response.end(BODY);
    },
  },
  {
    platform: 'Express',
    send: (response, setCookie) => {
      response.setHeader('X-Powered-By', 'Express');
      if (setCookie !== undefined) {
        response.setHeader('Set-Cookie', setCookie);
      }
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Content-Length', BODY.length);
      response.setHeader('ETag', 'W/"4-aRlYXlzZhrGRm0jM3lVJDQ"');
      response.statusCode = 200;
      response.end(BODY);
    },
  },
];

const MAX_AGE = 30 * 86_400;

const DEFINITION = defineSecureCookie(NAME);

/** Each cookie as its own signer makes it, and as browsers send it. */
const OUR_COOKIE = `${NAME}=${new SecureCookieSigner({ secret: SECRET }).sign(NAME, VALUE)}`;
const THEIR_COOKIE = `${NAME}=${encodeURIComponent(`s:${cookieSignature.sign(VALUE, SECRET)}`)}`;

const socket = new Socket();

/** Node's own request and response. Each header comes as a text of its own, as from a socket. */
function exchange(cookie: string): { request: IncomingMessage; response: ServerResponse } {
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.url = '/';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.headers = { host: 'localhost', accept: '*/*', cookie: fromSocket(cookie) };
  return { request, response: new ServerResponse(request) };
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)] })
class App {}

@Module({ imports: [SecureCookieModule.forRoot({ secret: SECRET, vary: false })] })
class AppWithoutVary {}

async function serviceOf(app: object): Promise<SecureCookieService> {
  const context = await NestFactory.createApplicationContext(app as never, { logger: false });
  return context.get(SecureCookieService);
}

/** What reading, and what setting, one cookie adds to a request, on Node's own request and response. */
export async function requestContests(): Promise<readonly RequestContest[]> {
  const service = await serviceOf(App);
  const withoutVary = await serviceOf(AppWithoutVary);
  return PLATFORMS.flatMap((platform) => [
    reading(service, withoutVary, platform),
    setting(service, platform),
  ]);
}

function reading(
  service: SecureCookieService,
  withoutVary: SecureCookieService,
  { platform, send }: Platform,
): RequestContest {
  return {
    title: `reading one cookie, head written as ${platform} does`,
    base: {
      name: 'without cookies',
      answer: () => send(exchange(OUR_COOKIE).response, undefined),
    },
    byHand: {
      name: 'by hand',
      answer: () => {
        const { request, response } = exchange(THEIR_COOKIE);
        const value = parseCookie(request.headers.cookie ?? '')[NAME] ?? '';
        assertRead(value.startsWith('s:') && cookieSignature.unsign(value.slice(2), SECRET));
        send(response, undefined);
      },
    },
    ours: [
      {
        name: 'jar.get(name), vary: false',
        atMost: 0.6,
        answer: () => {
          const { request, response } = exchange(OUR_COOKIE);
          assertRead(withoutVary.jar(request, response).get(NAME));
          send(response, undefined);
        },
      },
      {
        name: 'jar.get(name)',
        atMost: 0.75,
        answer: () => {
          const { request, response } = exchange(OUR_COOKIE);
          assertRead(service.jar(request, response).get(NAME));
          send(response, undefined);
        },
      },
      {
        name: 'jar.get(definition)',
        answer: () => {
          const { request, response } = exchange(OUR_COOKIE);
          assertRead(service.jar(request, response).get(DEFINITION));
          send(response, undefined);
        },
      },
    ],
  };
}

function setting(service: SecureCookieService, { platform, send }: Platform): RequestContest {
  return {
    title: `setting one cookie, head written as ${platform} does`,
    base: {
      name: 'without cookies',
      answer: () => send(exchange(OUR_COOKIE).response, undefined),
    },
    byHand: {
      name: 'by hand',
      answer: () => {
        const { response } = exchange(OUR_COOKIE);
        const setCookie = stringifySetCookie(NAME, `s:${cookieSignature.sign(VALUE, SECRET)}`, {
          path: '/',
          maxAge: MAX_AGE,
          expires: new Date(Date.now() + MAX_AGE * 1000),
          httpOnly: true,
          sameSite: 'lax',
        });
        send(response, setCookie);
      },
    },
    ours: [
      {
        name: 'jar.set(name, value)',
        atMost: 0.75,
        answer: () => {
          const { request, response } = exchange(OUR_COOKIE);
          service.jar(request, response).set(NAME, VALUE);
          send(response, undefined);
        },
      },
      {
        name: 'jar.set(definition, value)',
        atMost: 0.75,
        answer: () => {
          const { request, response } = exchange(OUR_COOKIE);
          service.jar(request, response).set(DEFINITION, VALUE);
          send(response, undefined);
        },
      },
    ],
  };
}

/** What is wrong is quick. */
function assertRead(value: unknown): void {
  if (value !== VALUE) {
    throw new Error(`A cookie was read as ${String(value)}.`);
  }
}
