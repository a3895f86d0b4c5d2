import { inspect } from 'node:util';
import { afterEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { redisRevocations } from '../../lib/revocation/redis-revocations.js';
import { SecureCookieRevocations } from '../../lib/revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { RecordedLog } from '../support/recorded-log.js';
import { RedisServer } from '../support/redis-server.js';
import { SECRET } from '../support/secrets.js';

const PASSWORD = 'the-password-of-yesterday';

const Session = defineSecureCookie('session', { revocableBy: (user) => [user] });

/** With all properties, as a logger may print it. */
function shown(error: unknown): string {
  return inspect(error, { depth: Infinity, showHidden: true });
}

describeWithRedis('a client whose password the server does not take', () => {
  let server: RedisServer;
  let client: Redis;

  afterEach(async () => {
    client.disconnect();
    await server.stop();
  });

  it('shows it neither in what revoke rejects with, nor in the log', async () => {
    server = await RedisServer.start('--requirepass', 'another');
    client = new Redis(server.port, '127.0.0.1', { password: PASSWORD, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    const send = (command: string, ...words: string[]) => client.call(command, ...words);
    const log = new RecordedLog();
    const revocations = new SecureCookieRevocations(
      new SecureCookieSigner({ secret: SECRET }),
      { source: redisRevocations({ send, key: 'revocations' }), refreshEvery: 2, maxStale: 60 },
      log,
    );

    const clients = await send('PING').catch((error: unknown) => error);
    const ours = await revocations.revoke(Session, 'alice').catch((error: unknown) => error);
    const atStart = await revocations.start().catch((error: unknown) => error);
    revocations.stop();

    expect(shown(clients)).toContain(PASSWORD);
    expect(ours).toMatchObject({
      code: 'revocation-failed',
      cause: { name: 'ReplyError', message: expect.stringContaining('WRONGPASS') },
    });
    expect(atStart).toMatchObject({ code: 'revocations-load' });
    expect(shown([ours, atStart, log])).not.toContain(PASSWORD);
  });
});
