import { createServer } from 'node:http';
import { SecureCookieReader, SecureCookieSigner } from 'nestjs-secure-cookie';
import { listen } from '../support/listen.js';
import { SECRET } from '../support/secrets.js';

// One of the processes whose keys turn by their dates. It is started with its settings as one JSON
// argument, sends its address to its parent, and ends with it. A first request deploys the keys. Then
// it says what it makes of the cookie that it is shown, and sets another one.

/** How a server is started. */
export interface DatedServerSettings {
  /** How far its clock is ahead, in seconds. */
  readonly clockOffset: number;
}

/** What is deployed; dates are milliseconds since the epoch, as JSON has none. */
export interface DatedKeys {
  readonly old: string;
  readonly next: string;
  readonly nextSignsFrom: number;
  readonly oldReadsUntil: number;
}

/** What a server answers. */
export interface DatedAnswer {
  readonly verdict: string;
  readonly signed: string;
}

const { clockOffset }: DatedServerSettings = JSON.parse(process.argv[2] ?? '');

const signer = new SecureCookieSigner({
  secret: SECRET,
  maxAge: 2,
  clockTolerance: 2,
  clock: () => Date.now() / 1000 + clockOffset,
});

function deploy({ old, next, nextSignsFrom, oldReadsUntil }: DatedKeys): void {
  signer.replaceKeys({
    secret: {
      1: { secret: old, readsUntil: new Date(oldReadsUntil) },
      2: { secret: next, signsFrom: new Date(nextSignsFrom) },
    },
  });
}

const server = createServer((request, response) => {
  const keys = new URL(request.url ?? '', 'http://localhost').searchParams.get('keys');
  if (keys !== null) {
    deploy(JSON.parse(keys));
  }
  const result = new SecureCookieReader(signer, request.headers.cookie).verify('user');
  const answer: DatedAnswer = {
    verdict: result.valid ? result.value : result.reason,
    signed: signer.sign('user', 'alice'),
  };
  response.end(JSON.stringify(answer));
});
const port = await listen(server);
process.once('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
process.send?.(`http://127.0.0.1:${port}`);
