import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import {
  defineSecureCookie,
  memoryRevocations,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieModule,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookies,
  SecureCookieSigner,
  tornadoV1,
  type SecureCookieNameBindingFormat,
  type SecureCookieJar,
} from 'nestjs-secure-cookie';
import { ownKeyProvider } from '../lib/signing/key-provider.js';
import { blankPolicy } from '../lib/signing/policy.js';
import { RefreshedSigner } from '../lib/signing/refreshed-signer.js';
import { CookieMint, createTestJar } from '../lib/testing/index.js';
import { EndpointClient } from './device-bound/support/endpoint-client.js';
import { entrances } from './support/entrances.js';
import { platforms, startApp } from './support/platforms.js';
import { OTHER_SECRET, SECRET } from './support/secrets.js';
import { thrownBy } from './support/thrown-by.js';

const LIB = resolve(import.meta.dirname, '../lib');
const NOW = 1_300_000_000;
const until = new Date('2100-01-01');
const clock = (): number => NOW;

const signer = new SecureCookieSigner({ secret: SECRET, clock });
const old = new SecureCookieSigner({ secret: SECRET, clock: () => NOW - 40 * 86_400 });

const PROTOTYPE: object = Object.prototype;

const added = new Set<string>();

function pollute(name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(PROTOTYPE, name, { configurable: true, ...descriptor });
  added.add(name);
}

function clean(): void {
  added.forEach((name) => Reflect.deleteProperty(PROTOTYPE, name));
  added.clear();
}

afterEach(clean);

const loadKeys = () => Promise.resolve({ secret: SECRET });

/** A format of an app's own, which leaves out what it does not know. */
const OwnFormat: SecureCookieNameBindingFormat = {
  until,
  secrets: [],
  bindsName: true,
  read: ({ value }) =>
    value.startsWith('own-')
      ? ({ payload: new TextEncoder().encode(value) } as never)
      : ({} as never),
};

const notAsked = (): never => {
  throw new Error('Nothing is set here.');
};

/** What an app does, in a text that can be compared. */
function battery(): string {
  const Session = defineSecureCookie('session', {
    schema: z.object({ id: z.number() }),
    absoluteMaxAge: 6000,
  });
  const Old = defineSecureCookie('old', {
    accepts: [tornadoV1({ secret: OTHER_SECRET, until }), OwnFormat],
  });
  const Own = defineSecureCookie('own', { accepts: [OwnFormat] });
  const cookies = createTestJar({
    signer: { secret: SECRET, clock },
    cookies: (mint) => [
      mint.valid('user', 'alice'),
      mint.valid(Session, { id: 1 }),
      'own=own-1',
      `old=${old.sign('old', 'alice')}`,
      `v1=${signer.sign('v1', 'alice', { version: 1 })}`,
    ],
  });
  const { jar } = cookies;
  const reads = [
    jar.verify('user'),
    jar.verify('old'),
    jar.verify('v1'),
    jar.verify(Session),
    jar.verify(Old),
    jar.verify(Own),
    jar.get('user', { maxAge: 60 }),
    new SecureCookieReader(signer, undefined).verify('user'),
    old.verify('user', signer.sign('user', 'alice')),
  ];
  jar.set('a', 'b');
  jar.set(Session, { id: 2 });
  jar.clear('c');
  return JSON.stringify({
    reads,
    signed: [signer.sign('user', 'alice'), new SecureCookieSigner({ secret: SECRET }).maxAge],
    sent: cookies.sent(),
    module: Object.keys(SecureCookieModule.forRoot({ secret: SECRET })),
    errors: [
      thrownBy(() => new SecureCookieSigner({ secret: 'weak' })).message,
      thrownBy(() => new SecureCookieSigner({ secret: { 1: SECRET } } as never)).message,
      thrownBy(() => jar.set(Session, { id: 'x' } as never)).message,
    ],
  });
}

/** Every option that there is: each entrance names its own when it refuses another. */
function optionNames(): readonly string[] {
  const refusals = entrances.map(({ call }) => thrownBy(() => call({ '?': 1 } as never)).message);
  return [
    ...new Set(refusals.flatMap((text) => (/use ([\w, ]+)/.exec(text)?.[1] ?? '').split(', '))),
  ];
}

describe('an option that Object.prototype was polluted with', () => {
  /** Each would do harm. */
  const HARMFUL: Readonly<Record<string, unknown>> = {
    maxAge: 1e9,
    minVersion: 1,
    clockTolerance: 1e9,
    allowWeakSecrets: true,
    clock: () => 1,
    keyVersion: 1,
    secret: OTHER_SECRET,
    encoding: 'bytes',
    encrypted: true,
    encrypt: true,
    version: 1,
    domain: 'evil.example',
    path: '/evil',
    httpOnly: false,
    secure: false,
    sameSite: 'none',
    partitioned: true,
    priority: 'low',
    persistent: false,
    codec: 'bytes',
    renewAfter: 1,
    renew: true,
    absoluteMaxAge: 1,
    revocableBy: () => ['all'],
    formerly: [{ path: '/evil' }],
    vary: false,
    cookie: { domain: 'evil.example' },
    signer: { secret: OTHER_SECRET },
  };
  /** What the results of others are read by, and what objects inside of the library have. */
  const OTHERS = [
    'issues',
    'payload',
    'issuedAt',
    'firstIssuedAt',
    'header',
    'reason',
    'read',
    'key',
    'valid',
    'code',
  ];

  it('does nothing, whichever it is and whatever its value', () => {
    const names = [...new Set([...optionNames(), ...Object.keys(HARMFUL), ...OTHERS])];
    const before = battery();
    const changed: string[] = [];
    const tryOut = (name: string, value: unknown): void => {
      pollute(name, { value, writable: true, enumerable: true });
      try {
        if (battery() !== before) {
          changed.push(`${name}: ${fc.stringify(value)}`);
        }
      } catch (error) {
        changed.push(`${name}: ${fc.stringify(value)} ${String(error)}`);
      } finally {
        clean();
      }
    };

    Object.entries(HARMFUL).forEach(([name, value]) => tryOut(name, value));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), (name, value) => {
        tryOut(name, value);
      }),
      { numRuns: 300 },
    );

    expect(names.length).toBeGreaterThan(50);
    expect(changed).toEqual([]);
  });
});

const Login = defineSecureCookie('login', {
  schema: z.object({ id: z.string() }),
  maxAge: 600,
  renewAfter: 60,
  absoluteMaxAge: 6000,
  revocableBy: ({ id }) => [id],
});

@Controller()
class LoginController {
  @Get('log-in')
  logIn(@SecureCookies() cookies: SecureCookieJar) {
    cookies.set(Login, { id: 'alice' }, { persistent: false });
    cookies.set('seen', 'yes');
    return 'in';
  }

  @Get('home')
  @RequireSecureCookie(Login)
  home(@SecureCookie(Login) { id }: { id: string }, @SecureCookie('user') user = 'nobody') {
    return `${id} ${user}`;
  }
}

describe('the library does not look at Object.prototype', () => {
  /** Names that the language itself looks up in any object, in descriptors and promises. */
  const OF_THE_LANGUAGE = new Set([
    ...Object.getOwnPropertyNames(PROTOTYPE),
    'get',
    'set',
    'value',
    'writable',
    'enumerable',
    'configurable',
    'then',
    'toJSON',
  ]);
  /** Of requests, by which it decides. */
  const HEADERS = [
    'cookie',
    'host',
    ':authority',
    'upgrade',
    'x-forwarded-proto',
    'sec-fetch-mode',
    'purpose',
    'x-purpose',
    'x-moz',
    'sec-purpose',
    'sec-fetch-site',
    'sec-secure-session-id',
    'secure-session-response',
  ];
  /** What a device's proof says. */
  const CLAIMS = ['alg', 'typ', 'crit', 'jwk', 'jti', 'kty', 'crv', 'x', 'y', 'd'];
  let names: readonly string[];
  const reads = new Set<string>();

  beforeAll(async () => {
    const files = (await readdir(LIB, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const sources = await Promise.all(files.map((file) => readFile(join(LIB, file), 'utf8')));
    const declared = sources.flatMap((source) =>
      Array.from(source.matchAll(/^\s+(?:readonly )?(\w+)\??:/gm), ([, name]) => name ?? ''),
    );
    names = [...new Set([...declared, ...HEADERS, ...CLAIMS])].filter(
      (name) => !OF_THE_LANGUAGE.has(name),
    );
  });

  /** Properties without a value, which tell when the library reads them. */
  function watch(): void {
    reads.clear();
    for (const name of names) {
      pollute(name, {
        get(this: object) {
          const caller = String(new Error('reads').stack).split('\n')[2] ?? '';
          // There, what is read is asked for where it came from.
          if (caller.includes(`${LIB}/`) && !caller.includes('/own-member.ts')) {
            reads.add(`${name} ${caller.trim()}`);
          }
          return undefined;
        },
        set(this: object, value: unknown) {
          const own = { value, writable: true, enumerable: true, configurable: true };
          Object.defineProperty(this, name, own);
        },
      });
    }
  }

  it('for any name that its objects declare', () => {
    battery();
    watch();
    battery();
    clean();

    expect(names.length).toBeGreaterThan(150);
    expect([...reads]).toEqual([]);
  });

  it('when keys and revocations are loaded, and a session is revoked', async () => {
    const logger = { warn: () => undefined, error: () => undefined };
    const settings = { source: memoryRevocations(), refreshEvery: 2, maxStale: 60 };

    watch();
    const provider = ownKeyProvider({ load: loadKeys, refreshEvery: 60 });
    const refreshed = new RefreshedSigner(provider, { ...blankPolicy(), clock }, logger);
    await refreshed.start();
    const revocations = new SecureCookieRevocations(refreshed.signer, settings, logger);
    await revocations.start();
    await revocations.revoke(Login, 'alice');
    const mint = new CookieMint({ secret: SECRET, clock });
    const reader = new SecureCookieReader(refreshed.signer, mint.valid(Login, { id: 'alice' }), {
      revocations,
    });
    const result = reader.verify(Login);
    clean();
    refreshed.stop();
    revocations.stop();

    expect(result).toEqual({ valid: false, reason: 'revoked' });
    expect([...reads]).toEqual([]);
  });

  it('when a session is bound to a device, and refreshed', () => {
    const client = new EndpointClient();
    const { endpoints } = client;
    const proof = client.device.registration('');
    client.logIn();

    watch();
    const registered = client.register();
    const refreshed = client.refreshed();
    const empty = client.register(client.device.signed('e30', 'e30'));
    const noKey = client.register(client.device.registration('', { header: { jwk: {} } }));
    const nothing = endpoints.refresh({}, notAsked);
    const anybody = endpoints.register({ 'secure-session-response': proof }, notAsked);
    const noSession = endpoints.refresh({ 'sec-secure-session-id': '' }, notAsked);
    clean();

    expect([registered, refreshed, empty, noKey, nothing, anybody, noSession]).toMatchObject(
      [200, 200, 401, 401, 403, 401, 401].map((status) => ({ status })),
    );
    expect([...reads]).toEqual([]);
  });

  it.each(platforms)('while a request is answered on $platform', async (platform) => {
    const revocations = { source: memoryRevocations(), refreshEvery: 60, maxStale: 120 };
    const module = {
      module: class {},
      imports: [SecureCookieModule.forRoot({ secret: SECRET, revocations })],
      controllers: [LoginController],
    };
    const { url, close } = await startApp(platform, module, (app) => {
      app.use((_request: unknown, response: ServerResponse, next: () => void) => {
        watch();
        response.on('finish', clean);
        next();
      });
    });
    const due = new CookieMint({ secret: SECRET, clock: () => Date.now() / 1000 - 120 });
    const cookie = due.valid(Login, { id: 'bob' });
    const found: string[] = [];
    const get = async (path: string, headers: Record<string, string>) => {
      const { status, headers: sent } = await fetch(`${url}/${path}`, { headers });
      found.push(...reads);
      return [status, sent.getSetCookie().length];
    };

    expect(await get('log-in', {})).toEqual([200, 2]);
    expect(await get('home', {})).toEqual([401, 0]);
    expect(await get('home', { cookie })).toEqual([200, 1]);
    await close();
    expect(found).toEqual([]);
  });

  it.each(platforms)('for a cookie that no request brought, on $platform', async (platform) => {
    const mint = new CookieMint({ secret: SECRET });
    const revocations = { source: memoryRevocations(), refreshEvery: 60, maxStale: 120 };
    const module = {
      module: class {},
      imports: [SecureCookieModule.forRoot({ secret: SECRET, revocations })],
      controllers: [LoginController],
    };
    const { url, close } = await startApp(platform, module, (app) => {
      app.use((_request: unknown, response: ServerResponse, next: () => void) => {
        pollute('cookie', { value: mint.valid(Login, { id: 'mallory' }), writable: true });
        response.on('finish', clean);
        next();
      });
    });

    const { status } = await fetch(`${url}/home`);
    await close();

    expect(status).toBe(401);
  });
});
