import { Redis } from 'ioredis';
import {
  defineSecureCookie,
  redisRevocations,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { SECRET } from './secrets.js';

// An instance of its own process, which a test can freeze: it says what it makes of a cookie of alice,
// and asks when it is told to. The port of the Redis server is its argument.

const Session = defineSecureCookie('session', {
  maxAge: 3600,
  revocableBy: (user) => [`user:${user}`],
});

const signer = new SecureCookieSigner({ secret: SECRET });
const client = new Redis(Number(process.argv[2]), '127.0.0.1');
const source = redisRevocations({
  send: (command, ...words) => client.call(command, ...words),
  key: 'revocations',
});
const revocations = new SecureCookieRevocations(signer, {
  source,
  refreshEvery: 0.2,
  maxStale: 1,
});
await revocations.start();
const header = `session=${signer.sign('session', 'alice')}`;

process.on('message', () => {
  const result = new SecureCookieReader(signer, header, { revocations }).verify(Session);
  process.send?.(result.valid ? 'valid' : result.reason);
});
process.once('disconnect', () => {
  revocations.stop();
  client.disconnect();
});
process.send?.('started');
