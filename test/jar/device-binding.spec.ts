import { describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieReader,
  SecureCookieSigner,
  type SecureCookieKeys,
} from 'nestjs-secure-cookie';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { BegunSession, DeviceBinding } from '../../lib/jar/device-binding.js';
import { deletion } from '../../lib/jar/defined-cookies.js';
import { CookieMint, createTestJar, readSetCookies } from '../../lib/testing/index.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;

const Session = defineSecureCookie('__Host-session', {
  maxAge: 3600,
  renewAfter: 60,
  renew: true,
  absoluteMaxAge: 86_400,
  deviceBound: { for: 300 },
});
const Other = defineSecureCookie('__Host-other', { deviceBound: {} });
const Plain = defineSecureCookie('__Host-plain', { maxAge: 3600 });

const KEYS: SecureCookieKeys = { secret: SECRET };
const OLD_KEYS: SecureCookieKeys = { secret: { 1: SECRET }, keyVersion: 1 };
const NEW_KEYS: SecureCookieKeys = { secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 };

const mintAt = (now: number, keys: SecureCookieKeys = KEYS): CookieMint =>
  new CookieMint({ ...keys, clock: () => now });

const readAt = (now: number, header: string, definition: typeof Session = Session) => {
  const signer = new SecureCookieSigner({ secret: SECRET, clock: () => now });
  return new SecureCookieReader(signer, header).verify(definition);
};

/** Binds two definitions, and tells what of. */
function recordedBinding() {
  const begun: BegunSession[] = [];
  const binding: DeviceBinding = {
    binds: (definition) => definition === Session || definition === Other,
    check: () => undefined,
    registration: ({ name }, session) => {
      begun.push(session);
      return `(ES256);path="/${name}"`;
    },
    deletions: ({ name }, attributes) => [
      deletion(`${name}-refresh`, attributes.livingAt(undefined, '/device-bound')),
    ],
  };
  return { begun, binding };
}

interface Setting {
  readonly cookie?: string;
  readonly secure?: boolean;
  readonly keys?: SecureCookieKeys;
}

function newJar(
  deviceBinding: DeviceBinding | undefined,
  { cookie = '', secure = true, keys = KEYS }: Setting = {},
) {
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = cookie;
  const response = new ServerResponse(request);
  const jar = new SecureCookieJar({
    signer: new SecureCookieSigner({ ...keys, clock: () => NOW }),
    request,
    response,
    isSecureConnection: () => secure,
    deviceBinding,
  });
  const send = () => {
    response.writeHead(200);
    return {
      cookies: readSetCookies([response.getHeader('Set-Cookie') ?? []].flat().map(String)),
      registration: response.getHeader('Secure-Session-Registration'),
    };
  };
  return { jar, response, send };
}

describe('a cookie that is bound to a device', () => {
  const bound = mintAt(NOW).bound(Session, 'alice');

  it('is read as bound, and one that is set as not', () => {
    expect(readAt(NOW, bound)).toMatchObject({ valid: true, value: 'alice', bound: true });
    expect(readAt(NOW, mintAt(NOW).valid(Session, 'alice'))).toMatchObject({ bound: false });
  });

  it('counts for the time of deviceBound, to the second', () => {
    expect(readAt(NOW + 300, bound)).toMatchObject({ valid: true });
    expect(readAt(NOW + 301, bound)).toEqual({ valid: false, reason: 'expired' });
  });

  it('does not shorten the life of one that is not bound', () => {
    expect(readAt(NOW + 301, mintAt(NOW).valid(Session, 'alice'))).toMatchObject({ valid: true });
  });

  it.each([
    ['is not bound any more', defineSecureCookie('__Host-session', { maxAge: 3600 })],
    ['is dated alone', defineSecureCookie('__Host-session', { absoluteMaxAge: 3600 })],
  ])('is refused where its definition %s', (_what, definition) => {
    expect(readAt(NOW, bound, definition)).toEqual({ valid: false, reason: 'encoding' });
  });

  it.each([
    ['by its age', mintAt(NOW - 200).bound(Session, 'alice'), KEYS],
    ['for its key', mintAt(NOW, OLD_KEYS).bound(Session, 'alice'), NEW_KEYS],
  ])('is never renewed %s', (_what, cookie, keys) => {
    const { jar, send } = newJar(recordedBinding().binding, { cookie, keys });

    expect(jar.verify(Session)).toMatchObject({ valid: true, bound: true });
    expect(send().cookies).toEqual([]);
  });

  it.each([
    ['age', mintAt(NOW - 200).valid(Session, 'alice'), KEYS],
    ['key', mintAt(NOW - 301, OLD_KEYS).valid(Session, 'alice'), NEW_KEYS],
  ])(
    'and one of that %s that is not bound is renewed, without a registration',
    (_what, cookie, keys) => {
      const { jar, send } = newJar(recordedBinding().binding, { cookie, keys });

      expect(jar.get(Session)).toBe('alice');

      const { cookies, registration } = send();

      expect(cookies.map(({ name }) => name)).toEqual(['__Host-session']);
      expect(registration).toBeUndefined();
    },
  );

  it('is not replaced by what a request renews for its key while another one binds it: 300 seconds', () => {
    const Kept = defineSecureCookie('__Host-kept', {
      renew: true,
      absoluteMaxAge: 86_400,
      accepts: [
        {
          until: new Date('2100-01-01'),
          secrets: [],
          bindsName: true,
          read: ({ value }) =>
            value === 'old' ? { payload: Buffer.from('alice'), issuedAt: undefined } : undefined,
        },
      ],
      deviceBound: {},
    });
    const { binding } = recordedBinding();
    const renewed = (cookie: string): number => {
      const both = { ...binding, binds: () => true };
      const { jar, send } = newJar(both, { cookie, keys: NEW_KEYS });

      expect(jar.get(Kept)).toBe('alice');

      return send().cookies.length;
    };

    expect(renewed(mintAt(NOW, OLD_KEYS).valid(Kept, 'alice'))).toBe(0);
    expect(renewed(mintAt(NOW - 300, OLD_KEYS).valid(Kept, 'alice'))).toBe(0);
    expect(renewed(mintAt(NOW - 301, OLD_KEYS).valid(Kept, 'alice'))).toBe(1);
    expect(renewed('__Host-kept=old')).toBe(1);
  });

  it('cannot be minted of a definition without deviceBound', () => {
    expect(thrownBy(() => mintAt(NOW).bound(Plain, 'alice'))).toMatchObject({ code: 'option' });
  });
});

describe('setting a cookie with deviceBound', () => {
  it('asks for a registration, and deletes what is left of the session before', () => {
    const { binding, begun } = recordedBinding();
    const { jar, send } = newJar(binding);
    jar.set(Session, 'alice');
    const { cookies, registration } = send();

    expect(registration).toEqual(['(ES256);path="/__Host-session"']);
    expect(cookies.map(({ name, attributes }) => [name, attributes.maxAge])).toEqual([
      ['__Host-session-refresh', 0],
      ['__Host-session', 3600],
    ]);
    expect(begun).toEqual([{ payload: new TextEncoder().encode('alice'), firstIssuedAt: NOW }]);
  });

  it('twice asks once', () => {
    const { jar, send } = newJar(recordedBinding().binding);
    jar.set(Session, 'alice');
    jar.set(Session, 'bob');

    expect(send().registration).toEqual(['(ES256);path="/__Host-session"']);
  });

  it('beside another one asks for both, and for what the app asks', () => {
    const { jar, response, send } = newJar(recordedBinding().binding);
    response.setHeader('Secure-Session-Registration', '(RS256);path="/own"');
    jar.set(Session, 'alice');
    jar.set(Other, 'bob');

    expect(send().registration).toEqual([
      '(RS256);path="/own"',
      '(ES256);path="/__Host-session"',
      '(ES256);path="/__Host-other"',
    ]);
  });

  it.each([
    ['that is cleared again', true, (jar: SecureCookieJar) => jar.clear(Session)],
    ['over plain HTTP', false, () => undefined],
  ])('%s asks for nothing', (_what, secure, then) => {
    const { jar, send } = newJar(recordedBinding().binding, { secure });
    jar.set(Session, 'alice');
    then(jar);

    expect(send().registration).toBeUndefined();
  });

  it.each([
    ['without a binding', undefined],
    ['where another one is bound', recordedBinding().binding],
  ])('throws %s', (_what, binding) => {
    const Unknown = defineSecureCookie('__Host-unknown', { deviceBound: {} });
    const { jar, send } = newJar(binding);

    expect(thrownBy(() => jar.set(Unknown, 'alice'))).toMatchObject({
      code: 'device-bound-missing',
    });
    expect(send().cookies).toEqual([]);
  });

  it('leaves other cookies as they are', () => {
    const { jar, send } = newJar(recordedBinding().binding);
    jar.set(Plain, 'alice');
    const { cookies, registration } = send();

    expect(cookies.map(({ name }) => name)).toEqual(['__Host-plain']);
    expect(registration).toBeUndefined();
  });
});

describe('a jar of the test kit', () => {
  it('sets a cookie with deviceBound without the module, and asks for nothing', () => {
    const made = createTestJar({ cookies: (mint) => mint.bound(Session, 'alice') });
    const { jar } = made;

    expect(jar.verify(Session)).toMatchObject({ valid: true, value: 'alice', bound: true });

    jar.set(Session, 'bob');

    expect(made.sent().map(({ name }) => name)).toEqual(['__Host-session']);
  });
});

describe('clearing a cookie with deviceBound', () => {
  it('clears all that is kept of its session', () => {
    const { jar, send } = newJar(recordedBinding().binding);
    jar.clear(Session);

    expect(send().cookies).toMatchObject([
      { name: '__Host-session-refresh', attributes: { maxAge: 0, path: '/device-bound' } },
      { name: '__Host-session', attributes: { maxAge: 0, path: '/' } },
    ]);
  });

  it('works where nothing binds it: a logout must not fail', () => {
    const { jar, send } = newJar(undefined);
    jar.clear(Session);

    expect(send().cookies.map(({ name }) => name)).toEqual(['__Host-session']);
  });
});
