import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookieModule,
  withHandshakes,
} from 'nestjs-secure-cookie';
import { DeviceBoundModule } from '../../lib/device-bound/index.js';
import { CookieMint } from '../../lib/testing/index.js';
import { apolloApps } from '../support/graphql-apps.js';
import { sendGraphql } from '../support/graphql-client.js';
import { startApp, type RunningApp } from '../support/platforms.js';
import { SECRET } from '../support/secrets.js';
import { answer } from '../support/session-gateway.js';
import { openWs } from '../support/socket-clients.js';

const Session = defineSecureCookie('__Host-session', {
  maxAge: 3600,
  deviceBound: { for: 60 },
});

@Resolver()
class TransferResolver {
  @RequireSecureCookie(Session, { bound: true })
  @Query(() => String)
  transfer(): string {
    return 'done';
  }
}

@RequireSecureCookie(Session)
@WebSocketGateway()
class TransferGateway {
  @RequireSecureCookie(Session, { bound: true })
  @SubscribeMessage('transfer')
  transfer(): object {
    return answer('done');
  }
}

const NOW = 1_700_000_000;
const clock = { now: NOW };
const mint = new CookieMint({ secret: SECRET, clock: () => NOW });

describe.each(apolloApps)(
  'a cookie that must be bound to a device: $driver',
  ({ platform, graphql }) => {
    let running: RunningApp;

    beforeAll(async () => {
      @Module({
        imports: [
          SecureCookieModule.forRoot({ secret: SECRET, clock: () => clock.now }),
          DeviceBoundModule.forRoot({ sessions: [Session] }),
          graphql,
        ],
        providers: [TransferResolver, TransferGateway],
      })
      class TransferModule {}
      running = await startApp(platform, TransferModule, (app) => {
        app.useWebSocketAdapter(withHandshakes(new WsAdapter(app)));
      });
    });
    afterAll(() => running.close());

    const cases = [
      ['is none', '', NOW, false],
      ['is not bound', mint.valid(Session, 'alice'), NOW, false],
      ['is bound', mint.bound(Session, 'alice'), NOW + 60, true],
      ['was bound, and is not followed', mint.bound(Session, 'alice'), NOW + 61, false],
    ] as const;

    it.each(cases)('where it %s, in GraphQL', async (_what, cookie, now, passes) => {
      clock.now = now;
      const { data, errors } = await sendGraphql(running.url, '{ transfer }', cookie);

      expect([data, errors?.length]).toEqual(passes ? [{ transfer: 'done' }, 0] : [null, 1]);
    });

    it.each(cases)('where it %s, on a socket', async (_what, cookie, now, passes) => {
      clock.now = NOW;
      const client = await openWs(running.url, cookie);
      clock.now = now;
      const reply = await client.ask('transfer');
      await client.close();

      expect(reply).toMatchObject({ event: passes ? 'answer' : 'exception' });
    });
  },
);
