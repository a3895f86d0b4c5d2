import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SecureCookieKeyProvider } from '../../lib/signing/key-provider.js';
import type { SecureCookieKeys } from '../../lib/signing/key-ring.js';
import type { SecureCookiePolicy } from '../../lib/signing/policy.js';
import { RefreshedSigner } from '../../lib/signing/refreshed-signer.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const OLD_KEYS: SecureCookieKeys = { secret: { 1: SECRET }, keyVersion: 1 };
const NEW_KEYS: SecureCookieKeys = { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 };

const UNKNOWN_KEY = { valid: false, reason: 'unknown-key' };

const answer = (keys: unknown) => () => Promise.resolve(keys as SecureCookieKeys);
const fail = () => Promise.reject(Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }));
const hang = () => new Promise<SecureCookieKeys>(() => undefined);

const started: RefreshedSigner[] = [];

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  started.splice(0).forEach((refreshed) => refreshed.stop());
  jest.useRealTimers();
});

/** Lets this many seconds pass, for timers and the clock. */
async function pass(seconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(seconds * 1000);
}

/** A signer every 60 seconds of which another load is due, and what was logged. */
function refreshedBy(
  loads: readonly SecureCookieKeyProvider['load'][],
  maxStale?: number,
  policy: SecureCookiePolicy = {},
) {
  const logged: string[] = [];
  const left = [...loads];
  const load = (signal: AbortSignal) => (left.shift() ?? hang)(signal);
  const refreshed = new RefreshedSigner({ load, refreshEvery: 60, maxStale }, policy, {
    error: (message) => {
      logged.push(message);
    },
  });
  started.push(refreshed);
  return { refreshed, signer: refreshed.signer, logged, left };
}

const signed = new SecureCookieSigner(OLD_KEYS).sign('user', 'alice');

/** The version of the key that signs. */
function signingVersion(signer: SecureCookieSigner): string | undefined {
  return signer.sign('user', 'alice').split('|')[1];
}

describe('a signer whose keys a provider loads', () => {
  it('has no keys before the first load: it reads nothing, and signs nothing', () => {
    const { signer } = refreshedBy([answer(OLD_KEYS)]);

    expect(signer.verify('user', signed)).toEqual(UNKNOWN_KEY);
    expect(thrownBy(() => signer.sign('user', 'alice'))).toMatchObject({ code: 'keys-stale' });
  });

  it('has them once start resolves, and has the policy that it was given', async () => {
    const { refreshed, signer } = refreshedBy([answer({ secret: 'short' })], undefined, {
      allowWeakSecrets: true,
      maxAge: 60,
    });

    await expect(refreshed.start()).resolves.toBe(signer);
    expect(signer.unsign('user', signer.sign('user', 'alice'))).toBe('alice');
    expect(signer.maxAge).toBe(60);
  });

  it('has the next ones after the pause', async () => {
    const { refreshed, signer, logged } = refreshedBy([answer(OLD_KEYS), answer(NEW_KEYS)]);
    await refreshed.start();
    await pass(59.999);
    const before = signingVersion(signer);
    await pass(0.001);

    expect([before, signingVersion(signer)]).toEqual(['1:1', '1:2']);
    expect(signer.unsign('user', signed)).toBe('alice');
    expect(logged).toEqual([]);
  });

  it('loads earlier if a value comes whose key is not known', async () => {
    const { refreshed, signer } = refreshedBy([answer(OLD_KEYS), answer(NEW_KEYS)]);
    await refreshed.start();
    await pass(5);
    const byNewKey = new SecureCookieSigner(NEW_KEYS).sign('user', 'alice');
    const before = signer.verify('user', byNewKey);
    await pass(0);

    expect(before).toEqual(UNKNOWN_KEY);
    expect(signer.unsign('user', byNewKey)).toBe('alice');
  });
});

describe('a load that fails', () => {
  it.each<[string, SecureCookieKeyProvider['load'], object]>([
    ['what the provider rejected with', fail, { message: SECRET, code: 'ECONNREFUSED' }],
    ['the error of keys that cannot be used', answer({ secret: 'short' }), { code: 'secret-weak' }],
    ['the error of keys that are missing', answer(undefined), { code: 'secret-missing' }],
  ])('rejects start, if it is the first, with %s', async (_, load, error) => {
    await expect(refreshedBy([load]).refreshed.start()).rejects.toMatchObject(error);
  });

  it('is one that takes over 10 seconds', async () => {
    const { refreshed } = refreshedBy([hang]);
    let failure: unknown;
    const starting = refreshed.start().catch((error: unknown) => {
      failure = error;
    });
    await pass(9.999);
    const before = failure;
    await pass(0.001);
    await starting;

    expect(before).toBeUndefined();
    expect(failure).toMatchObject({
      name: 'SecureCookieError',
      code: 'keys-load',
      message: '"keys.load" took over 10 seconds.',
    });
  });

  it('later leaves the last good keys, and is logged without its message', async () => {
    const { refreshed, signer, logged } = refreshedBy([
      answer(OLD_KEYS),
      fail,
      answer({ secret: 'short' }),
      answer(NEW_KEYS),
    ]);
    await refreshed.start();
    await pass(120);

    expect(signingVersion(signer)).toBe('1:1');
    expect(logged).toEqual(
      ["Error 'ECONNREFUSED'", "SecureCookieError 'secret-weak'"].map(
        (what) =>
          `Loading the keys failed: ${what}. The last good keys stay in use as long as "maxStale" allows.`,
      ),
    );

    await pass(60);
    expect(signingVersion(signer)).toBe('1:2');
  });
});

describe('keys that are older than maxStale', () => {
  it('read and sign nothing, which is logged once, until a load succeeds', async () => {
    const { refreshed, signer, logged } = refreshedBy(
      [answer(OLD_KEYS), hang, answer(NEW_KEYS)],
      65,
    );
    await refreshed.start();
    await pass(64.5);
    const inTime = signer.unsign('user', signed);
    await pass(0.5);

    expect(inTime).toBe('alice');
    expect(signer.verify('user', signed)).toEqual(UNKNOWN_KEY);
    expect(thrownBy(() => signer.sign('user', 'alice'))).toMatchObject({ code: 'keys-stale' });
    expect(logged).toEqual([
      'No keys were loaded for 65 seconds: cookies are refused until a load succeeds.',
    ]);

    // The load that hangs ends, and the one that the read asked for follows.
    await pass(5);
    expect(signer.unsign('user', signed)).toBe('alice');
  });
});

describe('a signer that was stopped', () => {
  it('keeps its keys, loads no more, and leaves no timer', async () => {
    const { refreshed, signer, left } = refreshedBy([answer(OLD_KEYS), answer(NEW_KEYS)], 90);
    await refreshed.start();
    refreshed.stop();
    const timers = jest.getTimerCount();
    await pass(80);

    expect([timers, left.length, signingVersion(signer)]).toEqual([0, 1, '1:1']);
  });
});
