import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { cpus } from 'node:os';
import 'reflect-metadata';
import { Module, type ExecutionContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  SecureCookie,
  SecureCookieModule,
  SecureCookieService,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { measureInTurns, type TurnTaker } from './processor-turns.js';
import { quartiles } from './spread.js';
import { printTable } from './table.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

/** Nanoseconds that a read may take more than `reader(header).get(name)`. */
const AT_MOST = 2000;

interface Reading extends TurnTaker {
  readonly name: string;
}

/** Ways to read the same cookie where Nest runs a handler. */
interface Contest {
  readonly where: string;
  readonly base: TurnTaker;
  readonly readings: readonly Reading[];
}

/** What Nest hands to a guard, and the header that the request came with. */
interface Call {
  readonly host: ExecutionContextHost;
  readonly header: string;
}

@Module({ imports: [SecureCookieModule.forRoot(SECRET)] })
class App {}

class Handlers {
  read(this: void, @SecureCookie(NAME) value: string | undefined): string | undefined {
    return value;
  }
}

const signed = `${NAME}=${new SecureCookieSigner({ secret: SECRET }).sign(NAME, VALUE)}`;

/** What reading one cookie in a resolver or a gateway takes more than `reader(header).get(name)`. */
export async function benchReach(rounds = 200): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const express = await NestFactory.create(App, new ExpressAdapter(), { logger: false });
  const fastify = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
  await Promise.all([express.init(), fastify.init()]);
  const contests = contestsOf(express, fastify);
  const takers = contests.flatMap(({ base, readings }) => [base, ...readings]);
  const samples = new Map(takers.map((taker) => [taker, new Array<number>()]));
  const complete = await measureInTurns(takers, samples, rounds);
  contests.forEach((contest) => print(contest, samples));
  if (!complete) {
    console.log('\nStopped early.');
  }
  await Promise.all([express.close(), fastify.close()]);
}

interface NestApp {
  get(service: typeof SecureCookieService): SecureCookieService;
  getHttpAdapter(): { getInstance(): object };
  getHttpServer(): object;
}

function contestsOf(express: NestApp, fastify: NestApp): readonly Contest[] {
  const ofExpress = express.get(SecureCookieService);
  const ofFastify = fastify.get(SecureCookieService);
  const app = express.getHttpAdapter().getInstance();
  const server = fastify.getHttpAdapter().getInstance();
  const socket = Object.assign(new Socket(), { server: express.getHttpServer() });

  /** A socket stays open: only the message is new. */
  const opened = requestOn(socket);
  const clientOfWs = {};
  ofExpress.handshake(clientOfWs, opened);
  const clientOfSocketIo = { handshake: { headers: opened.headers }, request: opened };

  return [
    contestOf('a resolver, Apollo on Express', ofExpress, () => {
      const req = requestOn(socket);
      const context = { req: Object.assign(req, { app, res: new ServerResponse(req) }) };
      return resolver(req, context);
    }),
    contestOf('a resolver, Mercurius, and Apollo on Fastify', ofFastify, () => {
      const raw = requestOn(socket);
      const req = { raw, server };
      const reply = { raw: new ServerResponse(raw), request: req };
      return resolver(raw, { req, reply });
    }),
    contestOf('a message, ws', ofExpress, () => message(opened, clientOfWs)),
    contestOf('a message, socket.io', ofExpress, () => message(opened, clientOfSocketIo)),
  ];
}

function requestOn(socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.headers = { host: 'localhost', accept: '*/*', cookie: fromSocket(signed) };
  return request;
}

function resolver({ headers }: IncomingMessage, context: object): Call {
  return call('graphql', headers.cookie, [undefined, {}, context, { fieldNodes: [] }]);
}

function message({ headers }: IncomingMessage, client: object): Call {
  return call('ws', headers.cookie, [client, {}, 'message']);
}

function call(type: string, header = '', args: unknown[]): Call {
  const host = new ExecutionContextHost(args, Handlers, Handlers.prototype.read);
  host.setType(type);
  return { host, header };
}

/** All make the same objects; only the base looks for nothing in them. */
function contestOf(where: string, service: SecureCookieService, next: () => Call): Contest {
  const parameter = parameterOf(Handlers, 'read');
  return {
    where,
    base: { answer: () => assertRead(service.reader(next().header).get(NAME)) },
    readings: [
      { name: '@SecureCookie(name)', answer: () => assertRead(parameter(next().host)) },
      { name: 'jar(host).get(name)', answer: () => assertRead(service.jar(next().host).get(NAME)) },
      {
        name: 'reader(host).get(name)',
        answer: () => assertRead(service.reader(next().host).get(NAME)),
      },
    ],
  };
}

type Factory = (data: unknown, context: ExecutionContext) => unknown;

/** A parameter decorator as Nest runs it. */
function parameterOf(type: Function, method: string): (context: ExecutionContext) => unknown {
  const parameters: Record<string, { data: unknown; factory: Factory }> = Reflect.getMetadata(
    '__routeArguments__',
    type,
    method,
  );
  const [parameter] = Object.values(parameters);
  if (parameter === undefined) {
    throw new Error(`${type.name}.${method} has no parameter.`);
  }
  const { data, factory } = parameter;
  return (context) => factory(data, context);
}

function print(
  { where, base, readings }: Contest,
  samples: ReadonlyMap<TurnTaker, number[]>,
): void {
  const ofBase = samples.get(base) ?? [];
  printTable(
    where,
    ['', 'takes ns more', 'quartiles', 'at most', ''],
    readings.map((reading) => {
      const times = samples.get(reading) ?? [];
      const more = quartiles(times.map((time, round) => time - (ofBase[round] ?? Number.NaN)));
      return [
        reading.name,
        more.median.toFixed(0),
        `${more.lower.toFixed(0)}..${more.upper.toFixed(0)}`,
        AT_MOST.toFixed(0),
        more.median <= AT_MOST ? 'reached' : 'MISSED',
      ];
    }),
  );
  console.log(`to ${quartiles(ofBase).median.toFixed(0)} ns for reader(header).get(name)`);
}

/** What is wrong is quick. */
function assertRead(value: unknown): void {
  if (value !== VALUE) {
    throw new Error(`A cookie was read as ${String(value)}.`);
  }
}
