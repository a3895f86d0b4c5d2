import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sign as signByCookieSignature } from 'cookie-signature';
import { z } from 'zod';
import { cookieSignature } from '../../lib/accepts/cookie-signature.js';
import {
  defineSecureCookie,
  type SecureCookieDefinition,
} from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieJar } from '../../lib/jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { SecureCookieRevocations } from '../../lib/revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { RecordedLog } from '../support/recorded-log.js';
import { TestSource } from '../support/revocation-source.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_700_000_000;
const OLD_SECRET = 'what cookie-signature signed with';

const until = new Date('2100-01-01');

const User = z.object({ id: z.string(), device: z.string().optional() });

const lifetime = { maxAge: 3600, renewAfter: 60, absoluteMaxAge: 86_400 };

const revocableBy = ({ id, device }: z.infer<typeof User>) =>
  device === undefined ? [`user:${id}`] : [`user:${id}`, `device:${device}`];

/** Renewed after a minute, so that its date travels in a frame. */
const Session = defineSecureCookie('session', { schema: User, ...lifetime, revocableBy });
/** Without a frame: its only date is that of its signature. */
const Plain = defineSecureCookie('plain', { schema: User, maxAge: 3600, revocableBy });
const Hidden = defineSecureCookie('hidden', {
  schema: User,
  ...lifetime,
  encrypt: true,
  revocableBy,
});
/** What cookie-signature signed carries no date. */
const Moved = defineSecureCookie('moved', {
  schema: User,
  ...lifetime,
  renew: true,
  revocableBy,
  accepts: [cookieSignature({ secrets: [OLD_SECRET], until })],
});
const Theme = defineSecureCookie('theme');

const alice = { id: 'alice' };

const signer = new SecureCookieSigner({ secret: SECRET, clockTolerance: 1 });
const started: SecureCookieRevocations[] = [];

beforeEach(() => {
  jest.useFakeTimers({ now: NOW * 1000 });
});

afterEach(() => {
  for (const revocations of started.splice(0)) {
    revocations.stop();
  }
  jest.useRealTimers();
});

async function pass(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

async function revocationsOn(source = new TestSource()): Promise<SecureCookieRevocations> {
  const settings = { source, refreshEvery: 2, maxStale: 1000 };
  const revocations = new SecureCookieRevocations(signer, settings, new RecordedLog());
  started.push(revocations);
  await revocations.start();
  return revocations;
}

interface Visit {
  readonly jar: SecureCookieJar;
  /** Sends the head, and gives what a browser would send back. */
  readonly answer: () => string | undefined;
}

function visit(cookie: string | undefined, revocations?: SecureCookieRevocations): Visit {
  const request = new IncomingMessage(new Socket());
  if (cookie !== undefined) {
    request.headers.cookie = cookie;
  }
  const response = new ServerResponse(request);
  return {
    jar: new SecureCookieJar({ signer, request, response, revocations }),
    answer: () => {
      response.writeHead(200);
      const headers = [response.getHeader('Set-Cookie') ?? []].flat().map(String);
      return headers[0]?.split(';', 1)[0];
    },
  };
}

/** The cookie of somebody who logs in now. */
function logIn(
  definition: SecureCookieDefinition<typeof alice, unknown>,
  revocations: SecureCookieRevocations,
  user = alice,
): string {
  const { jar, answer } = visit(undefined, revocations);
  jar.set(definition, user);
  return answer() ?? 'no cookie';
}

/** What is read now: a value, or the reason why there is none. */
function read(
  definition: SecureCookieDefinition<never, unknown>,
  cookie: string | undefined,
  revocations: SecureCookieRevocations,
): unknown {
  const result = new SecureCookieReader(signer, cookie, { revocations }).verify(definition);
  return result.valid ? result.value : result.reason;
}

describe('a definition with revocableBy where nothing can be revoked', () => {
  it.each<[string, (jar: SecureCookieJar) => unknown]>([
    ['getting it', (jar) => jar.get(Session)],
    ['verifying it', (jar) => jar.verify(Session)],
    ['setting it', (jar) => jar.set(Session, alice)],
  ])('throws: %s', (_what, call) => {
    expect(thrownBy(() => call(visit(undefined).jar))).toMatchObject({
      name: 'SecureCookieError',
      code: 'revocations-missing',
    });
  });

  it('throws in a reader as well', () => {
    expect(thrownBy(() => new SecureCookieReader(signer, undefined).get(Session))).toMatchObject({
      code: 'revocations-missing',
    });
  });

  it('throws with revocations that were made without settings', async () => {
    const revocations = new SecureCookieRevocations(signer, undefined);
    await revocations.start();
    revocations.stop();
    const cookie = `plain=${signer.sign('plain', JSON.stringify(alice))}`;

    expect(thrownBy(() => read(Plain, cookie, revocations))).toMatchObject({
      code: 'revocations-missing',
    });
    await expect(revocations.revokeAll(Plain)).rejects.toMatchObject({
      code: 'revocations-missing',
    });
  });

  it('can be cleared, and others can be set and read', () => {
    const { jar, answer } = visit(`theme=${signer.sign('theme', 'light')}`);
    jar.clear(Session);

    expect(jar.get(Theme)).toBe('light');
    expect(answer()).toBe('session=');
  });
});

describe.each([
  ['with a frame', Session],
  ['without a frame', Plain],
  ['encrypted', Hidden],
  ['that may be undated', Moved],
])('a revoked cookie, %s,', (_kind, definition) => {
  it('is refused wherever it was copied to, and one set later is not', async () => {
    const revocations = await revocationsOn();
    const copied = logIn(definition, revocations);
    const other = logIn(definition, revocations, { id: 'bob' });
    expect(read(definition, copied, revocations)).toEqual(alice);

    await revocations.revoke(definition, 'user:alice');
    expect(read(definition, copied, revocations)).toBe('revoked');
    expect(read(definition, other, revocations)).toEqual({ id: 'bob' });

    const next = logIn(definition, revocations);
    expect(read(definition, next, revocations)).toEqual(alice);
    expect(read(definition, copied, revocations)).toBe('revoked');
  });

  it('is not the one that its own request sets after the revocation', async () => {
    const revocations = await revocationsOn();
    const { jar, answer } = visit(logIn(definition, revocations), revocations);
    await revocations.revoke(definition, 'user:alice');
    jar.set(definition, alice);
    const next = answer();

    expect(read(definition, next, revocations)).toEqual(alice);
    await pass(100);
    expect(read(definition, next, revocations)).toEqual(alice);
  });

  it('is the one that its own request set before the revocation, however late it is sent', async () => {
    const revocations = await revocationsOn();
    const { jar, answer } = visit(undefined, revocations);
    jar.set(definition, alice);
    await revocations.revoke(definition, 'user:alice');
    await pass(3);

    expect(read(definition, answer(), revocations)).toBe('revoked');
  });

  it('is refused within the request that has read it', async () => {
    const revocations = await revocationsOn();
    const { jar } = visit(logIn(definition, revocations), revocations);
    expect(jar.get(definition)).toEqual(alice);

    await revocations.revoke(definition, 'user:alice');
    expect(jar.verify(definition)).toEqual({ valid: false, reason: 'revoked' });
  });

  it('does not shadow a valid one of its name', async () => {
    const revocations = await revocationsOn();
    const revoked = logIn(definition, revocations);
    await revocations.revoke(definition, 'user:alice');
    const valid = logIn(definition, revocations, { id: 'bob' });

    expect(read(definition, `${revoked}; ${valid}`, revocations)).toEqual({ id: 'bob' });
    expect(read(definition, `${valid}; ${revoked}`, revocations)).toEqual({ id: 'bob' });
  });
});

describe.each([
  ['with a frame', Session],
  ['encrypted', Hidden],
])('a renewal that a slow request brings after the revocation, %s,', (_kind, definition) => {
  it('stays refused', async () => {
    const revocations = await revocationsOn();
    const cookie = logIn(definition, revocations);
    await pass(61);
    const slow = visit(cookie, revocations);
    expect(slow.jar.get(definition)).toEqual(alice);

    await pass(1);
    await revocations.revoke(definition, 'user:alice');
    await pass(5);
    const renewed = slow.answer();

    expect(renewed).toMatch(new RegExp(`^${definition.name}=2`));
    expect(renewed).not.toBe(cookie);
    expect(read(definition, renewed, revocations)).toBe('revoked');
  });

  it('is as good as the cookie was, where nothing was revoked', async () => {
    const revocations = await revocationsOn();
    const cookie = logIn(definition, revocations);
    await pass(61);
    const { jar, answer } = visit(cookie, revocations);
    jar.get(definition);
    const renewed = answer();
    await revocations.revoke(definition, 'user:bob');

    expect(read(definition, renewed, revocations)).toEqual(alice);
  });
});

describe('a cookie that carries no date', () => {
  const undated = `moved=s:${signByCookieSignature(JSON.stringify(alice), OLD_SECRET)}`;

  it('is older than every mark', async () => {
    const revocations = await revocationsOn();
    expect(read(Moved, undated, revocations)).toEqual(alice);

    await revocations.revoke(Moved, 'user:alice');
    await pass(500);
    expect(read(Moved, undated, revocations)).toBe('revoked');
  });

  it('stays refused as long as its format is read', async () => {
    const source = new TestSource();
    const revocations = await revocationsOn(source);
    await revocations.revoke(Moved, 'user:alice');

    expect(source.marks).toMatchObject([{ until: until.getTime() / 1000 + 2 }]);
  });

  it('stays refused once it was renewed by a slow request', async () => {
    const revocations = await revocationsOn();
    const slow = visit(undated, revocations);
    slow.jar.get(Moved);
    await pass(3);
    await revocations.revoke(Moved, 'user:alice');
    await pass(3);

    expect(read(Moved, slow.answer(), revocations)).toBe('revoked');
  });

  it('stays refused once it was renewed where the revocation was not known yet', async () => {
    const source = new TestSource();
    const here = await revocationsOn(source);
    const there = await revocationsOn(source);
    await pass(1);
    await here.revoke(Moved, 'user:alice');
    await pass(0.9);
    const { jar, answer } = visit(undated, there);
    jar.get(Moved);
    const renewed = answer();
    expect(read(Moved, renewed, there)).toEqual(alice);

    await pass(2);
    expect(read(Moved, renewed, there)).toBe('revoked');
  });
});

describe('a value with invalid keys', () => {
  const Broken = defineSecureCookie('broken', {
    codec: 'json',
    maxAge: 3600,
    revocableBy: (value) => [(value as unknown as { user: { id: string } }).user.id],
  });

  it.each([
    ['an empty key', { user: { id: '' } }],
    ['a number', { user: { id: 42 } }],
    ['a throwing function', {}],
  ])('because of %s cannot be set, and reads as "schema"', async (_what, value) => {
    const revocations = await revocationsOn();
    const { jar, answer } = visit(undefined, revocations);

    expect(thrownBy(() => jar.set(Broken, value))).toMatchObject({
      name: 'SecureCookieError',
      code: 'value',
    });
    expect(answer()).toBeUndefined();
    const cookie = `broken=${signer.sign('broken', JSON.stringify(value))}`;
    expect(read(Broken, cookie, revocations)).toBe('schema');
  });

  it('can still be revoked with all the others, where it has none on purpose', async () => {
    const Guest = defineSecureCookie('guest', { maxAge: 60, revocableBy: () => [] });
    const revocations = await revocationsOn();
    const cookie = `guest=${signer.sign('guest', 'nobody')}`;
    expect(read(Guest, cookie, revocations)).toBe('nobody');

    await revocations.revokeAll(Guest);
    expect(read(Guest, cookie, revocations)).toBe('revoked');
  });
});

describe('a second signer, whose cookies live longer than the marks of the first', () => {
  const lasting = new SecureCookieSigner({ secret: SECRET, maxAge: signer.maxAge + 1 });
  const options = { codec: 'json', revocableBy: () => ['user:alice'] } as const;
  const Unlimited = defineSecureCookie('session', options);
  const Browser = defineSecureCookie('session', { ...options, maxAge: null });

  it.each([
    ['without a maxAge', Unlimited],
    ['of the browser session', Browser],
  ])('throws for a definition %s, or it would be valid again', async (_what, definition) => {
    const revocations = await revocationsOn();
    const cookie = `session=${lasting.sign('session', '1')}`;
    const reader = new SecureCookieReader(lasting, cookie, { revocations });

    expect(thrownBy(() => reader.get(definition))).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
    });
    expect(new SecureCookieReader(signer, cookie, { revocations }).get(definition)).toBe(1);
  });

  it.each([
    ['maxAge', { maxAge: 10_000_000 }],
    ['absoluteMaxAge', { maxAge: null, absoluteMaxAge: 10_000_000 }],
  ])('reads a definition with %s: its marks last as long', async (_what, lasts) => {
    const definition = defineSecureCookie('session', { ...options, ...lasts });
    const revocations = await revocationsOn();
    const cookie = `session=${lasting.sign('session', '1')}`;

    expect(new SecureCookieReader(lasting, cookie, { revocations }).get(definition)).toBe(1);
  });
});

describe('a list that is too old', () => {
  it('refuses those that can be revoked, and no others; setting goes on', async () => {
    const source = new TestSource();
    const revocations = await revocationsOn(source);
    const cookie = logIn(Session, revocations);
    source.state = new Error('down');
    await pass(1003);

    expect(read(Session, cookie, revocations)).toBe('revocations-stale');
    expect(read(Theme, `theme=${signer.sign('theme', 'light')}`, revocations)).toBe('light');
    const next = logIn(Session, revocations);
    source.state = 'works';
    await pass(5);
    expect(read(Session, next, revocations)).toEqual(alice);
  });
});
