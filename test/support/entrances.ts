import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import {
  cookieSignature,
  defineSecureCookie,
  memoryRevocations,
  redisRevocations,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieService,
  SecureCookieSigner,
  tornadoV1,
} from 'nestjs-secure-cookie';
import { DeviceBoundModule } from '../../lib/device-bound/index.js';
import { CookieMint, createTestJar } from '../../lib/testing/index.js';
import { OTHER_SECRET, SECRET } from './secrets.js';

/** A place that takes options. */
export interface Entrance {
  readonly entrance: string;
  /** Good ones. */
  readonly options: object;
  readonly call: (options: never) => unknown;
  /** What it throws for bad ones. */
  readonly code: 'option' | 'attribute';
}

const signer = new SecureCookieSigner({ secret: SECRET });
const Theme = defineSecureCookie('theme', { maxAge: 60 });
const Bound = defineSecureCookie('__Host-bound', { deviceBound: {} });
const until = new Date('2100-01-01');
const source = memoryRevocations();
const request = new IncomingMessage(new Socket());

function entrance(
  name: string,
  options: object,
  call: Entrance['call'],
  code: Entrance['code'] = 'option',
): Entrance {
  return { entrance: name, options, call, code };
}

/** Every place that takes options, and what it may be given. */
export const entrances: readonly Entrance[] = [
  entrance(
    'new SecureCookieSigner',
    { secret: SECRET, maxAge: 60 },
    (o) => new SecureCookieSigner(o),
  ),
  entrance('signer.replaceKeys', { secret: SECRET }, (o) =>
    new SecureCookieSigner({ secret: OTHER_SECRET }).replaceKeys(o),
  ),
  entrance('signer.sign', { version: 2 }, (o) => signer.sign('user', 'alice', o)),
  entrance('signer.verify', { maxAge: 60 }, (o) => signer.verify('user', 'x', o)),
  entrance('signer.unsign', { maxAge: 60 }, (o) => signer.unsign('user', 'x', o)),
  entrance(
    'new SecureCookieReader',
    { revocations: undefined },
    (o) => new SecureCookieReader(signer, 'user=1', o),
  ),
  entrance('reader.get', { maxAge: 60 }, (o) =>
    new SecureCookieReader(signer, 'user=1').get('user', o),
  ),
  entrance(
    'new SecureCookieJar',
    { signer, request, response: new ServerResponse(request) },
    (o) => new SecureCookieJar(o),
  ),
  entrance('jar.get', { maxAge: 60 }, (o) => createTestJar().jar.get('user', o)),
  entrance('jar.verify', { minVersion: 1 }, (o) => createTestJar().jar.verify('user', o)),
  entrance('jar.set', { maxAge: 60 }, (o) => createTestJar().jar.set('user', 'a', o), 'attribute'),
  entrance('jar.clear', { path: '/a' }, (o) => createTestJar().jar.clear('user', o), 'attribute'),
  entrance('jar.set(definition)', { persistent: false }, (o) =>
    createTestJar().jar.set(Theme, 'a', o),
  ),
  entrance('defineSecureCookie', { encrypt: true }, (o) => defineSecureCookie('a', o)),
  entrance('defineSecureCookie, formerly', { path: '/old' }, (place) =>
    defineSecureCookie('a', { formerly: [place] }),
  ),
  entrance('defineSecureCookie, deviceBound', { for: 60 }, (deviceBound) =>
    defineSecureCookie('__Host-a', { deviceBound }),
  ),
  entrance('DeviceBoundModule.forRoot', { path: '/bound', sessions: [Bound] }, (o) =>
    DeviceBoundModule.forRoot(o),
  ),
  entrance('RequireSecureCookie(definition)', { bound: true }, (o) =>
    RequireSecureCookie(Bound, o),
  ),
  entrance('cookieSignature', { secrets: [SECRET], until }, (o) => cookieSignature(o)),
  entrance('tornadoV1', { secret: SECRET, until }, (o) => tornadoV1(o)),
  entrance('forRoot', { secret: SECRET, isGlobal: false }, (o) => SecureCookieModule.forRoot(o)),
  entrance(
    'forRoot, cookie',
    { sameSite: 'strict' },
    (cookie) => SecureCookieModule.forRoot({ secret: SECRET, cookie }),
    'attribute',
  ),
  entrance('forRoot, revocations', { source, refreshEvery: 2, maxStale: 60 }, (revocations) =>
    SecureCookieModule.forRoot({ secret: SECRET, revocations }),
  ),
  entrance('forRootAsync', { useFactory: () => SECRET, inject: [] }, (o) =>
    SecureCookieModule.forRootAsync(o),
  ),
  entrance('new SecureCookieService', { vary: false }, (o) => new SecureCookieService(signer, o)),
  entrance(
    'new SecureCookieRevocations',
    { source, refreshEvery: 2, maxStale: 60 },
    (o) => new SecureCookieRevocations(signer, o),
  ),
  entrance('redisRevocations', { send: () => undefined, key: 'marks' }, (o) => redisRevocations(o)),
  entrance('@SecureCookie', { required: true }, (o) => SecureCookie('user', o)),
  entrance('@SecureCookie(definition)', { required: true }, (o) => SecureCookie(Theme, o)),
  entrance('@RequireSecureCookie', { maxAge: 60 }, (o) => RequireSecureCookie('user', o)),
  entrance('new CookieMint', { secret: SECRET }, (o) => new CookieMint(o)),
  entrance('createTestJar', { secure: true }, (o) => createTestJar(o)),
];
