import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { cookieSignature } from '../lib/accepts/cookie-signature.js';
import { tornadoV1 } from '../lib/accepts/tornado-v1.js';
import { isBytes, isError, isValidDate } from '../lib/any-realm.js';
import { defineSecureCookie } from '../lib/definition/secure-cookie-definition.js';
import { describeError } from '../lib/errors.js';
import { SecureCookieReader } from '../lib/jar/secure-cookie-reader.js';
import { isPlainObject } from '../lib/own-options.js';
import { redisRevocations } from '../lib/revocation/redis-revocations.js';
import { SecureCookieRevocations } from '../lib/revocation/secure-cookie-revocations.js';
import { ownKeyProvider } from '../lib/signing/key-provider.js';
import { blankPolicy } from '../lib/signing/policy.js';
import { RefreshedSigner } from '../lib/signing/refreshed-signer.js';
import { SecureCookieSigner } from '../lib/signing/secure-cookie-signer.js';
import { CookieMint, createTestJar, readSetCookies } from '../lib/testing/index.js';
import { RecordedLog } from './support/recorded-log.js';
import { OTHER_SECRET, SECRET } from './support/secrets.js';

/*
 * Jest runs this file in a realm that is not Node's own: what Node's modules return comes from one
 * other realm, and what `foreign` makes comes from a third one. The environments of jsdom and
 * happy-dom are such realms as well.
 */
const realm = createContext({});

/** What a piece of code gives in the other realm; `given` is known there by its name. */
function foreign(code: string, given: object = {}): never {
  Object.assign(realm, given);
  return runInContext(`(${code})`, realm) as never;
}

const bytesOf = (text: string): never =>
  foreign('Uint8Array.from(codes)', { codes: [...Buffer.from(text)] });

const UNTIL = 'new Date("2100-01-01")';

const signer = new SecureCookieSigner({ secret: SECRET });

describe('what values are', () => {
  it('has classes of its own in the other realm', () => {
    expect(foreign('new Uint8Array(1)')).not.toBeInstanceOf(Uint8Array);
    expect(foreign(UNTIL)).not.toBeInstanceOf(Date);
    expect(foreign('new Error("no")')).not.toBeInstanceOf(Error);
    expect(foreign('{}')).not.toBeInstanceOf(Object);
  });

  it('is told of each realm', () => {
    expect(isBytes(foreign('new Uint8Array(1)'))).toBe(true);
    expect(isBytes(foreign('new Uint16Array(1)'))).toBe(false);
    expect(isValidDate(foreign(UNTIL))).toBe(true);
    expect(isValidDate(foreign('new Date(NaN)'))).toBe(false);
    expect(isError(foreign('new TypeError("no")'))).toBe(true);
    expect(isPlainObject(foreign('{}'))).toBe(true);
    expect(isPlainObject(foreign('new (class {})()'))).toBe(false);
    expect(isPlainObject(foreign('new Map()'))).toBe(false);
  });

  it('is what a log says of an error, of the web’s among them', () => {
    expect(describeError(foreign('new RangeError("no")'))).toBe('RangeError');
    // Node's own, which is of another realm here.
    expect(describeError(AbortSignal.abort().reason)).toMatch(/^AbortError/);
  });
});

describe('values of another realm', () => {
  it('are secrets, and values to sign', () => {
    const record = foreign('{ secret: { 1: one, 2: two }, keyVersion: 2, maxAge: 60 }', {
      one: bytesOf(OTHER_SECRET),
      two: bytesOf(SECRET),
    });
    const theirs = new SecureCookieSigner(record);
    const signed = theirs.sign('user', bytesOf('alice'));

    expect(theirs.unsign('user', signed)).toBe('alice');
    expect(theirs.unsign('user', signed, foreign('{ maxAge: 60 }'))).toBe('alice');
    expect(new CookieMint(record).oldKey('user', 'alice')).toMatch(/^user=2\|1:1\|/);
  });

  it('are what a key provider gives', async () => {
    const provider = ownKeyProvider(
      foreign(
        '{ load: async () => ({ secret: { 7: secret }, keyVersion: 7 }), refreshEvery: 60 }',
        {
          secret: bytesOf(SECRET),
        },
      ),
    );
    const refreshed = new RefreshedSigner(provider, blankPolicy(), new RecordedLog());
    const { sign } = await refreshed.start().then((made) => ({ sign: made.sign('a', 'b') }));
    refreshed.stop();

    expect(sign).toMatch(/^2\|1:7\|/);
  });

  it('are values of the codecs bytes and json', () => {
    const Bytes = defineSecureCookie('bytes', { codec: 'bytes' });
    const Json = defineSecureCookie('json', { codec: 'json' });
    const cookies = createTestJar();

    cookies.jar.set(Bytes, bytesOf('alice'));
    cookies.jar.set(Json, foreign('{ users: ["alice"] }'));
    cookies.jar.set('named', bytesOf('alice'));

    const next = cookies.next();
    expect(next.get(Bytes)).toEqual(new Uint8Array(Buffer.from('alice')));
    expect(next.get(Json)).toEqual({ users: ['alice'] });
    expect(next.get('named')).toBe('alice');
  });

  it('are a definition’s options, and what its schema and revocableBy return', async () => {
    const Session = defineSecureCookie(
      'session',
      foreign(`{
        maxAge: 60,
        schema: { '~standard': { version: 1, vendor: 'other', validate: (value) => ({ value }) } },
        formerly: [{ path: '/old' }],
        revocableBy: (id) => [id],
      }`),
    );
    const source = foreign(`{
      load: async (cursor) => ({ cursor: '1', marks: [] }),
      record: async () => undefined,
    }`);
    const settings = foreign('{ source, refreshEvery: 2, maxStale: 60 }', { source });
    const revocations = new SecureCookieRevocations(signer, settings, new RecordedLog());
    await revocations.start();
    await revocations.revoke(Session, foreign('["alice"]'));
    revocations.stop();
    const cookie = new CookieMint({ secret: SECRET }).valid(Session, 'alice' as never);

    expect(new SecureCookieReader(signer, cookie, { revocations }).verify(Session)).toEqual({
      valid: false,
      reason: 'revoked',
    });
  });

  it('are formats that came before, and what they return', () => {
    const own = foreign(
      `new (class {
        until = ${UNTIL};
        secrets = [secret];
        bindsName = true;
        read({ value }) {
          return value === 'own' ? { payload: bytes, issuedAt: undefined } : undefined;
        }
      })()`,
      { secret: bytesOf(OTHER_SECRET), bytes: bytesOf('alice') },
    );
    const v1 = tornadoV1(foreign(`{ secret, until: ${UNTIL} }`, { secret: bytesOf(OTHER_SECRET) }));
    const options = foreign(`{ secrets: [secret], until: ${UNTIL} }`, {
      secret: bytesOf(OTHER_SECRET),
    });
    const User = defineSecureCookie('user', { accepts: foreign('[own, v1]', { own, v1 }) });
    const old = new SecureCookieSigner({ secret: OTHER_SECRET }).sign('user', 'bob', {
      version: 1,
    });

    expect(new SecureCookieReader(signer, 'user=own').get(User)).toBe('alice');
    expect(new SecureCookieReader(signer, `user=${old}`).get(User)).toBe('bob');
    expect(cookieSignature(options).until.getUTCFullYear()).toBe(2100);
  });

  it('are a reply of Redis, and headers to take apart', async () => {
    const key = 'a'.repeat(32);
    const send = foreign(
      `async () => [['1526919030474-55', ['key', key, 'at', '1', 'until', '4000000000']]]`,
      { key },
    );
    const source = redisRevocations({ send, key: 'marks' });

    expect((await source.load(undefined, new AbortController().signal)).marks).toEqual([
      { key, at: 1, until: 4_000_000_000 },
    ]);
    expect(readSetCookies(foreign('["a=1; Path=/"]'))).toMatchObject([{ name: 'a', value: '1' }]);
  });
});
