import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { SecureCookieRevocations, SecureCookieSigner } from 'nestjs-secure-cookie';
import { mint } from './defined-cookies.js';
import { platforms, startApp, type RunningApp } from './platforms.js';
import { RecordedLog } from './recorded-log.js';
import { OTHER_SECRET, SECRET } from './secrets.js';
import { clock, gatewayApp, Session, SessionGateway } from './session-gateway.js';
import { cookieHeader } from './signed-cookies.js';
import type { OpenSocket, SocketClient } from './socket-clients.js';

/** An adapter, and how clients open sockets to it. */
export interface SocketSetting {
  readonly adapter: string;
  readonly useAdapter: (app: INestApplication) => void;
  readonly open: OpenSocket;
  readonly gateway?: Type<SessionGateway>;
}

const ALICE = cookieHeader('user', 'alice');

/** How a session ends while its socket is open. What is revoked stays so: it comes last. */
const ENDS: readonly (readonly [string, (app: INestApplication) => Promise<void> | void])[] = [
  ['expires', () => void (clock.ahead = 3602)],
  ['loses its key', (app) => app.get(SecureCookieSigner).replaceKeys({ secret: OTHER_SECRET })],
  ['is revoked', (app) => app.get(SecureCookieRevocations).revoke(Session, 'user:alice')],
];

/** What gateways do with the cookies of the handshake, with each adapter on each platform. */
export function describeSockets(settings: readonly SocketSetting[]): void {
  const rows = settings.flatMap((setting) =>
    platforms.map((platform) => Object.assign({ platform, on: platform.platform }, setting)),
  );

  describe.each(rows)(
    'gateways: $adapter on $on',
    ({ useAdapter, open, platform, gateway = SessionGateway }) => {
      const log = new RecordedLog();
      const clients: SocketClient[] = [];
      let running: RunningApp;

      beforeAll(async () => {
        running = await startApp(platform, gatewayApp([gateway]), (app) => {
          useAdapter(app);
          app.useLogger(log);
        });
      });
      afterAll(() => running.close());
      beforeEach(() => {
        log.lines.length = 0;
      });
      afterEach(async () => {
        clock.ahead = 0;
        running.app.get(SecureCookieSigner).replaceKeys({ secret: SECRET });
        await Promise.all(clients.splice(0).map((client) => client.close()));
      });

      async function connect(cookie: string): Promise<SocketClient> {
        const client = await open(running.url, cookie);
        clients.push(client);
        return client;
      }

      it.each([
        ['parameter', 'alice'],
        ['jar', 'alice'],
        ['required', 'alice'],
        ['guarded', 'in'],
        ['guarded-by-own', 'in'],
      ])('%s: reads the cookie of the handshake', async (event, data) => {
        const client = await connect(ALICE);

        expect(await client.ask(event)).toEqual({ event: 'answer', data });
      });

      it.each(['parameter', 'jar'])(
        '%s: no cookie, and a forged one, are nobody’s',
        async (event) => {
          const forged = cookieHeader(
            'user',
            'eve',
            new SecureCookieSigner({ secret: OTHER_SECRET }),
          );
          const sockets = await Promise.all(['', forged].map((cookie) => connect(cookie)));

          expect(await Promise.all(sockets.map((socket) => socket.ask(event)))).toEqual([
            { event: 'answer', data: 'nobody' },
            { event: 'answer', data: 'nobody' },
          ]);
        },
      );

      it.each([
        ['guarded', 'Forbidden resource'],
        ['required', 'Unauthorized'],
      ])(
        '%s: without the cookie it is "%s", and the socket stays usable',
        async (event, message) => {
          const client = await connect('');

          expect(await client.ask(event)).toMatchObject({ event: 'exception', data: { message } });
          expect(await client.ask('open')).toEqual({ event: 'answer', data: 'in' });
          expect(log.lines).toEqual([]);
        },
      );

      it('set throws no-response: logged, and not told to the client', async () => {
        const client = await connect(ALICE);
        const { event, data } = await client.ask('set');

        expect(event).toBe('exception');
        expect(data).toMatchObject({ message: 'Internal server error' });
        expect(log.lines.join()).toContain('No response is sent here');
      });

      it.each(ENDS)(
        'a session that %s ends the rights of the open socket at its next message',
        async (_how, end) => {
          const client = await connect(mint.valid(Session, 'alice'));
          const questions = ['session', 'session-of-reader', 'guarded-by-session'];
          const before = [];
          for (const question of questions) {
            before.push((await client.ask(question)).data);
          }
          await end(running.app);
          const after = [];
          for (const question of [...questions, 'open']) {
            after.push((await client.ask(question)).data);
          }

          expect(before).toEqual(['alice', 'alice', 'in']);
          expect(after).toEqual([
            'nobody',
            'nobody',
            expect.objectContaining({ message: 'Forbidden resource' }),
            'in',
          ]);
        },
      );

      it('handleConnection reads it too', async () => {
        const { connected } = running.app.get(gateway);
        connected.length = 0;
        await connect(ALICE);
        await connect('');

        expect(connected).toEqual(['alice', undefined]);
      });

      it('two live apps of one gateway each find their own service', async () => {
        const other = await startApp(platform, gatewayApp([gateway], OTHER_SECRET), useAdapter);
        const bob = cookieHeader('user', 'bob', new SecureCookieSigner({ secret: OTHER_SECRET }));
        const sockets = await Promise.all(
          [running.url, other.url].flatMap((url) =>
            [ALICE, bob].map((cookie) => open(url, cookie)),
          ),
        );
        const answers = await Promise.all(sockets.map((socket) => socket.ask('parameter')));
        await Promise.all(sockets.map((socket) => socket.close()));
        await other.close();

        expect(answers.map(({ data }) => data)).toEqual(['alice', 'nobody', 'nobody', 'bob']);
      });

      it('of many sockets at once, each reads its own', async () => {
        const users = Array.from({ length: 30 }, (_, index) => `user${index}`);
        const sockets = await Promise.all(users.map((user) => connect(cookieHeader('user', user))));
        const answers = await Promise.all(sockets.map((socket) => socket.ask('parameter')));

        expect(answers.map(({ data }) => data)).toEqual(users);
      });
    },
  );
}
