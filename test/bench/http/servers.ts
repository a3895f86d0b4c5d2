import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../../support/child-process.js';
import type { Platform } from '../../support/platforms.js';
import { SECRET } from '../typical-cookie.js';
import type { AppName } from './apps.js';

/** A server process, and what is asked of it. */
export interface Server {
  readonly url: string;
  /** The `Cookie` header of each request; empty for none. */
  readonly cookie: string;
  /** What it has taken so far, in microseconds; `undefined` where it cannot say. */
  readonly processorTime: () => Promise<number | undefined>;
  readonly stop: () => Promise<unknown>;
}

/** Starts a server that does one thing. */
export type StartServer = () => Promise<Server>;

/** The Python that Debian's Tornado belongs to; others may come first in PATH. */
const PYTHON = '/usr/bin/python3';

const LISTENING = /Listening on (http:\S+)/;
const PROCESSOR_TIME = /Processor time on (\d+)/;
const TSX = fileURLToPath(import.meta.resolve('tsx'));
const TELL_TIME = fileURLToPath(new URL('processor-time.mjs', import.meta.url));
const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../../build/sample/main.fastify.js', import.meta.url));
const TORNADO = fileURLToPath(new URL('../../tornado/app.py', import.meta.url));

const NODE = [process.execPath, '--import', TELL_TIME] as const;

/** One of the apps that are compared. It answers each request with `body`, or is not measured. */
export function appServer(
  platform: Platform['platform'],
  app: AppName,
  body: string,
  cookie = '',
): StartServer {
  return async () => {
    const command = [...NODE, '--import', TSX, SERVE, platform, app] as const;
    const server = await start(command, '/');
    await assertAnswer(server.url, cookie, body);
    return { ...server, cookie };
  };
}

/** The sample, and a visitor with a valid cookie. */
export function sampleServer(): StartServer {
  return async () => withCookie(await start([...NODE, SAMPLE], '/user/'));
}

/** The same app on Tornado, and a visitor with a valid cookie. */
export function tornadoServer(): StartServer {
  return async () => withCookie(await start([PYTHON, TORNADO], '/user/'));
}

async function start(
  command: readonly [string, ...string[]],
  path: string,
): Promise<Omit<Server, 'cookie'>> {
  const environment = { NODE_ENV: 'production', PORT: '0', COOKIE_SECRET: SECRET };
  const running = await startProcess(command, environment, LISTENING);
  const port = running.output().match(PROCESSOR_TIME)?.[1];
  return {
    url: new URL(path, running.ready[1]).href,
    processorTime: async () => (port === undefined ? undefined : Number(await told(Number(port)))),
    stop: () => running.stop(),
  };
}

function told(port: number): Promise<string> {
  return text(connect(port, '127.0.0.1'));
}

async function withCookie(server: Omit<Server, 'cookie'>): Promise<Server> {
  const response = await fetch(server.url);
  const [pair = ''] = (response.headers.getSetCookie()[0] ?? '').split(';', 1);
  await assertAnswer(server.url, pair, 'Secure Cookie is technobeans');
  return { ...server, cookie: pair };
}

/** A route that is wrong is quick. */
async function assertAnswer(url: string, cookie: string, body: string): Promise<void> {
  const response = await fetch(url, { headers: { cookie } });
  const answer = await response.text();
  if (response.status !== 200 || answer !== body) {
    throw new Error(`${url} answered ${response.status} ${answer} and not ${body}.`);
  }
}
