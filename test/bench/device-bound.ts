import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { cpus } from 'node:os';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { BoundSessions, registrationSubject } from '../../lib/device-bound/bound-sessions.js';
import { DeviceBoundEndpoints } from '../../lib/device-bound/device-bound-endpoints.js';
import { DeviceChallenges } from '../../lib/device-bound/device-challenges.js';
import { CookieDefaults } from '../../lib/jar/cookie-defaults.js';
import type { PendingCookie } from '../../lib/jar/pending-cookie.js';
import { writeDefinedCookie } from '../../lib/jar/write-defined-cookie.js';
import { SecureCookieSigner, signDated } from '../../lib/signing/secure-cookie-signer.js';
import { measureInRounds, type Contest } from './rounds.js';
import { printTable } from './table.js';
import { SECRET } from './typical-cookie.js';

const REFRESHED = 'a refresh with its proof, and the next cookie signed';

/** Milliseconds. */
const AT_MOST = 0.5;

const base64url = (value: object | Uint8Array): string =>
  Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');

/** What the endpoints of device-bound sessions take of a server, without sockets. */
export async function benchDeviceBound(rounds = 25): Promise<void> {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
  const contest = deviceBoundContest();
  const { measurements } = await measureInRounds(contest, rounds);
  printTable(
    contest.title,
    ['', 'µs', 'min..max'],
    measurements.map(({ name, median, min, max }) => [
      name,
      microseconds(median),
      `${microseconds(min)}..${microseconds(max)}`,
    ]),
  );
  const refreshed = measurements.find(({ name }) => name === REFRESHED);
  const milliseconds = (refreshed?.median ?? Number.NaN) / 1e6;
  const verdict = milliseconds <= AT_MOST ? 'met' : 'missed';
  console.log(`\n${REFRESHED}: ${milliseconds.toFixed(3)} ms, at most ${AT_MOST} ms: ${verdict}`);
}

function deviceBoundContest(): Contest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const proof = (header: object, challenge: string): string => {
    const signedPart = `${base64url(header)}.${base64url({ jti: challenge })}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signedPart}.${base64url(sign('sha256', Buffer.from(signedPart), key))}`;
  };

  const signer = new SecureCookieSigner({ secret: SECRET });
  const Session = defineSecureCookie('__Host-session', { deviceBound: {} });
  const sessions = new BoundSessions('/device-bound', [Session]);
  const endpoints = new DeviceBoundEndpoints(sessions, signer, undefined);
  const defaults = new CookieDefaults({}, signer.maxAge);
  const attributesOf = (definition: typeof Session) =>
    defaults.ofDefinition(definition, { isSecure: () => true });

  const payload = Session.encode('{"userId":"5f3759df"}');
  const stored = { payload, firstIssuedAt: undefined, persistent: true, bound: false };
  const { bytes, firstIssuedAt } = writeDefinedCookie(Session, stored, signer.now());
  const begun = registrationSubject(Session, { payload, firstIssuedAt });
  const registration = {
    cookie: `__Host-session=${signer.sign('__Host-session', bytes)}`,
    'secure-session-response': proof(
      { alg: 'ES256', typ: 'dbsc+jwt', jwk: publicKey.export({ format: 'jwk' }) },
      new DeviceChallenges(signer).make(begun),
    ),
  };
  const sent = ({ name, value = '', encrypt, issuedAt }: PendingCookie): string =>
    `${name}=${signDated(signer, name, value, encrypt, issuedAt)}`;

  const registered = endpoints.register(registration, attributesOf as never);
  const cookie = registered.cookies.map(sent).join('; ');
  const [, challenge = ''] = /^"([^"]+)"/.exec(registered.challenge ?? '') ?? [];
  const { session_identifier: identifier }: { session_identifier: string } = JSON.parse(
    registered.body ?? '{}',
  );
  const question = { cookie, 'sec-secure-session-id': identifier };
  const answer = {
    ...question,
    'secure-session-response': proof({ alg: 'ES256', typ: 'dbsc+jwt' }, challenge),
  };
  const signedPart = Buffer.from(answer['secure-session-response'].replace(/\.[^.]+$/, ''));
  const signature = sign('sha256', signedPart, { key: privateKey, dsaEncoding: 'ieee-p1363' });

  return {
    title: 'device-bound sessions, without sockets',
    contenders: [
      {
        name: REFRESHED,
        run: () => {
          const { status, cookies } = endpoints.refresh(answer, attributesOf as never);
          if (status !== 200) {
            throw new Error(`The refresh was answered with ${status}.`);
          }
          return cookies.map(sent);
        },
      },
      {
        name: 'a refresh that asks for a challenge',
        run: () => endpoints.refresh(question, attributesOf as never),
      },
      {
        name: 'a registration, and both cookies signed',
        run: () => endpoints.register(registration, attributesOf as never).cookies.map(sent),
      },
      {
        name: 'an ES256 signature alone, with a key at hand',
        run: () =>
          verify('sha256', signedPart, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
      },
    ],
  };
}

function microseconds(nanoseconds: number): string {
  return (nanoseconds / 1000).toFixed(1);
}
