import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  memoryRevocations,
  SecureCookieRevocations,
  SecureCookieSigner,
  type SecureCookieRevocationSource,
} from 'nestjs-secure-cookie';
import { z } from 'zod';
import type { EndpointAnswer } from '../../lib/device-bound/device-bound-endpoints.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { SoftwareDevice } from '../support/software-device.js';
import { EndpointClient, NOW, Session } from './support/endpoint-client.js';

const REFRESH = '__Secure-session-refresh';
const QUIET = { warn: () => undefined, error: () => undefined };

const bodyOf = ({ body }: EndpointAnswer): unknown => body && JSON.parse(body);

/** Refreshes as often as a browser would, and tells when that ended: in seconds. */
function lastSecond(client: EndpointClient): number {
  for (; client.now < NOW + 200_000; client.now += 50) {
    if (client.refreshed().body !== undefined) {
      break;
    }
    expect(client.read()).toMatchObject({ valid: true, bound: true });
  }
  return client.now - NOW;
}

const notAsked = (): never => {
  throw new Error('Nothing is set here.');
};

/** Each cookie of an answer, and how long a browser keeps it, in seconds. */
const kept = ({ cookies }: EndpointAnswer) =>
  cookies.map(({ name, attributes }) => [name, attributes.maxAge]);

describe('a registration', () => {
  it('binds the session of the request to the key that is proven', () => {
    const client = new EndpointClient();
    client.logIn();

    expect(client.read()).toMatchObject({ valid: true, bound: false });

    const answer = client.register();

    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toMatchObject({
      session_identifier: expect.stringMatching(/^[0-9a-f]{32}$/),
      refresh_url: '/device-bound/refresh',
      credentials: [{ name: '__Host-session' }],
    });
    expect(answer.challenge).toMatch(/^"[^"\\]+";id="[0-9a-f]{32}"$/);
    expect(client.read()).toMatchObject({ valid: true, value: 'alice', bound: true });
  });

  it('sets a short cookie, and one for the endpoints that lasts as the session would', () => {
    const client = new EndpointClient();
    client.logIn();
    client.now += 60;
    const answer = client.register();

    expect(kept(answer)).toEqual([
      ['__Host-session', 270],
      [REFRESH, 3540],
    ]);
    expect(answer.cookies[1]).toMatchObject({
      encrypt: true,
      attributes: { path: '/device-bound', httpOnly: true, secure: true, sameSite: 'none' },
    });
  });

  it.each([
    [5, 3],
    [20, 18],
    [60, 54],
    [300, 270],
    [600, 570],
    [3000, 2970],
  ])('leaves the browser less time than the server: of %d seconds, %d', (boundFor, seconds) => {
    const definition = defineSecureCookie('__Host-session', { deviceBound: { for: boundFor } });
    const client = new EndpointClient({ definition });
    client.logIn();

    expect(kept(client.register())[0]).toEqual(['__Host-session', seconds]);
  });

  it('gives each session an identifier of its own', () => {
    const client = EndpointClient.bound();
    const first = client.identifier;
    client.logIn();
    client.register();

    expect(client.identifier).not.toBe(first);
  });

  it('keeps a login that ends with the browser one, as far as a browser can tell', () => {
    const definition = defineSecureCookie('__Host-session', { maxAge: null, deviceBound: {} });
    const client = new EndpointClient({ definition });
    client.logIn();

    expect(kept(client.register())).toEqual([
      ['__Host-session', 570],
      [REFRESH, null],
    ]);
  });

  it.each<[string, (client: EndpointClient) => EndpointAnswer]>([
    ['without a proof', (client) => client.register('')],
    [
      'with a proof that brings no key',
      (client) => client.register(client.device.refresh(client.challenge)),
    ],
    [
      'with a key that did not make the proof',
      (client) => {
        const { jwk } = new SoftwareDevice();
        return client.register(client.device.registration(client.challenge, { header: { jwk } }));
      },
    ],
    [
      'with a key that is not on the curve',
      (client) => {
        const jwk = { ...client.device.jwk, y: client.device.jwk.x };
        return client.register(client.device.registration(client.challenge, { header: { jwk } }));
      },
    ],
    [
      'with another challenge',
      (client) => client.register(client.device.registration('challenge')),
    ],
    [
      'with a challenge that is too old',
      (client) => {
        client.now += 301;
        return client.register();
      },
    ],
    [
      'without the cookie of the session',
      (client) => {
        client.cookies.clear();
        return client.register();
      },
    ],
    [
      'with a cookie that was forged',
      (client) => {
        client.cookies.set(
          '__Host-session',
          `${client.cookies.get('__Host-session')?.slice(0, -1)}x`,
        );
        return client.register();
      },
    ],
    [
      'with the challenge of another session',
      (client) => {
        const { challenge } = client;
        client.logIn('bob');
        return client.register(client.device.registration(challenge));
      },
    ],
    [
      'with the challenge of an earlier session of the same user',
      (client) => {
        const { challenge } = client;
        client.now += 1;
        client.logIn();
        return client.register(client.device.registration(challenge));
      },
    ],
    [
      'of a session that is bound: a copy of its cookie has a challenge, and any key',
      (client) => {
        client.register();
        return client.register();
      },
    ],
    [
      'of a session that is bound, with the challenge of its first registration',
      (client) => {
        const { challenge } = client;
        client.register();
        return client.register(client.device.registration(challenge));
      },
    ],
  ])('%s is refused', (_what, act) => {
    const client = new EndpointClient();
    client.logIn();

    expect(act(client)).toEqual({
      status: 401,
      body: undefined,
      cookies: [],
      challenge: undefined,
    });
  });

  it.each(['cross-site', 'same-site', 'none'])('that comes from elsewhere is: %s', (site) => {
    const client = new EndpointClient();
    client.logIn();
    const headers = {
      cookie: client.header,
      'secure-session-response': client.device.registration(client.challenge),
      'sec-fetch-site': site,
    };

    expect(client.endpoints.register(headers, notAsked)).toMatchObject({
      status: 403,
    });
  });

  it('knows which of several sessions it is about', () => {
    const Other = defineSecureCookie('__Host-other', { deviceBound: {} });
    const client = new EndpointClient({ others: [Other] });
    client.cookies.set('__Host-other', 'x');
    client.logIn();

    expect(client.register().status).toBe(200);
    expect(client.read()).toMatchObject({ bound: true });
  });
});

describe('a refresh', () => {
  it('asks for a proof, and with it gives the next cookie and the next challenge', () => {
    const client = EndpointClient.bound();
    client.now += 290;
    const asked = client.refresh();

    expect(asked).toMatchObject({ status: 403, body: undefined, cookies: [] });
    expect(asked.challenge).toMatch(new RegExp(`^"[^"]+";id="${client.identifier}"$`));

    const answer = client.refresh(client.device.refresh(client.challenge));

    expect(answer).toMatchObject({ status: 200, body: undefined });
    expect(kept(answer)).toEqual([['__Host-session', 270]]);
    expect(answer.challenge).toMatch(/;id="[0-9a-f]{32}"$/);

    client.now += 290;

    expect(client.read()).toMatchObject({ value: 'alice', bound: true, issuedAt: NOW + 290 });
  });

  it('saves the question while the challenge of the last answer counts', () => {
    const client = EndpointClient.bound();
    client.now += 299;

    expect(client.refresh(client.device.refresh(client.challenge)).status).toBe(200);
  });

  it('with a challenge that is too old asks again', () => {
    const client = EndpointClient.bound();
    client.now += 301;
    const old = client.device.refresh(client.challenge);

    expect(client.refresh(old)).toMatchObject({ status: 403, challenge: expect.any(String) });
    expect(client.refresh(client.device.refresh(client.challenge)).status).toBe(200);
  });

  it('answers every challenge that is not too old: of two tabs, each has its own', () => {
    const client = EndpointClient.bound();
    const first = client.device.refresh(client.challenge);
    client.refresh();
    const second = client.device.refresh(client.challenge);

    expect(client.refresh(second).status).toBe(200);
    expect(client.refresh(first).status).toBe(200);
  });

  it.each([['quoted'], ['bare']])('takes an identifier that is %s', (how) => {
    const client = EndpointClient.bound();
    const id = how === 'quoted' ? `"${client.identifier}"` : client.identifier;

    expect(client.refresh(undefined, { 'sec-secure-session-id': id }).status).toBe(403);
    expect(
      client.refresh(client.device.refresh(client.challenge), { 'sec-secure-session-id': id })
        .status,
    ).toBe(200);
  });

  it('is done by whichever instance has the keys, after a restart too', () => {
    const client = EndpointClient.bound();
    client.signer = new SecureCookieSigner({ secret: SECRET, clock: () => client.now });
    client.now += 600;

    expect(client.refreshed().status).toBe(200);
    expect(client.read()).toMatchObject({ valid: true, bound: true });
  });

  it('outlives the key that the session was signed with, and does not prolong it', () => {
    const keys = { secret: { 1: SECRET }, keyVersion: 1 };
    const client = EndpointClient.bound({ keys });
    client.now += 600;
    client.signer.replaceKeys({ secret: { 1: SECRET, 2: OTHER_SECRET }, keyVersion: 2 });

    expect(kept(client.refreshed())).toEqual([
      ['__Host-session', 270],
      [REFRESH, 3000],
    ]);

    client.signer.replaceKeys({ secret: { 2: OTHER_SECRET }, keyVersion: 2 });
    client.now = NOW + 3600;

    expect(client.refreshed().status).toBe(200);

    client.now += 1;

    expect(bodyOf(client.refreshed())).toMatchObject({ continue: false });
  });

  it.each<[string, number, (client: EndpointClient) => EndpointAnswer]>([
    [
      'without an identifier',
      403,
      (client) => client.refresh(undefined, { 'sec-secure-session-id': undefined }),
    ],
    [
      'of an identifier of endless length',
      403,
      (client) => client.refresh(undefined, { 'sec-secure-session-id': 'a'.repeat(10_000) }),
    ],
    [
      'of another session',
      401,
      (client) => client.refresh(undefined, { 'sec-secure-session-id': '0'.repeat(32) }),
    ],
    [
      'of an empty identifier',
      401,
      (client) => client.refresh(undefined, { 'sec-secure-session-id': '' }),
    ],
    [
      'from another site',
      403,
      (client) => client.refresh(undefined, { 'sec-fetch-site': 'cross-site' }),
    ],
    [
      'without its cookie, as after a logout',
      401,
      (client) => {
        client.cookies.delete(REFRESH);
        return client.refresh();
      },
    ],
    [
      'with a cookie that was forged',
      401,
      (client) => {
        client.cookies.set(REFRESH, `${client.cookies.get(REFRESH)?.slice(0, -1)}x`);
        return client.refresh();
      },
    ],
    [
      'with the cookie of another session',
      401,
      (client) => {
        client.cookies.set(REFRESH, EndpointClient.bound().cookies.get(REFRESH) ?? '');
        return client.refresh();
      },
    ],
    [
      'with the session cookie in its place',
      401,
      (client) => {
        client.cookies.set(REFRESH, client.cookies.get('__Host-session') ?? '');
        return client.refresh();
      },
    ],
    ['with what is no proof', 401, (client) => client.refresh('proof')],
    ['with an empty proof', 401, (client) => client.refresh('')],
    [
      'with a proof that brings a key',
      401,
      (client) => client.refresh(client.device.registration(client.challenge)),
    ],
    [
      'with a proof of another key',
      401,
      (client) => client.refresh(new SoftwareDevice().refresh(client.challenge)),
    ],
    [
      'with a proof of another challenge',
      401,
      (client) => client.refresh(client.device.refresh('challenge')),
    ],
    [
      'with the challenge of another session',
      401,
      (client) =>
        client.refresh(
          client.device.refresh(EndpointClient.bound({ device: client.device }).challenge),
        ),
    ],
    [
      'with the challenge of a registration',
      401,
      (client) => {
        const other = new EndpointClient({ device: client.device });
        other.logIn();
        return client.refresh(client.device.refresh(other.challenge));
      },
    ],
    [
      'with a proof that was changed',
      401,
      (client) => {
        const [header, , signature] = client.device.refresh('challenge').split('.');
        const [, payload] = client.device.refresh(client.challenge).split('.');
        return client.refresh(`${header}.${payload}.${signature}`);
      },
    ],
  ])('%s is refused with %d, and takes no cookie away', (_what, status, act) => {
    const client = EndpointClient.bound();
    client.now += 200;

    expect(act(client)).toEqual({ status, body: undefined, cookies: [], challenge: undefined });
  });

  it('is of no use to whoever copied both cookies', () => {
    const client = EndpointClient.bound();
    const thief = new EndpointClient();
    client.cookies.forEach((value, name) => thief.cookies.set(name, value));
    thief.identifier = client.identifier;

    expect(thief.read()).toMatchObject({ valid: true, bound: true });
    expect(thief.refreshed().status).toBe(401);

    thief.now += 301;

    expect(thief.read()).toEqual({ valid: false, reason: 'expired' });
    expect(thief.refreshed().status).toBe(401);
  });
});

describe('the end of a bound session', () => {
  it.each([
    ['maxAge, without renewal', { maxAge: 3600 }, 3650],
    ['maxAge, beside an absoluteMaxAge', { maxAge: 3600, absoluteMaxAge: 86_400 }, 3650],
    ['absoluteMaxAge', { maxAge: 3600, renewAfter: 600, absoluteMaxAge: 7200 }, 7250],
  ])('comes with %s, however often it is refreshed', (_what, options, seconds) => {
    const definition = defineSecureCookie('__Host-session', {
      ...options,
      deviceBound: { for: 300 },
    });
    const client = EndpointClient.bound({ definition });

    expect(lastSecond(client)).toBe(seconds);
  });

  it('comes where nobody used it for longer than maxAge', () => {
    const definition = defineSecureCookie('__Host-session', {
      maxAge: 3600,
      renewAfter: 600,
      absoluteMaxAge: 86_400,
      deviceBound: { for: 300 },
    });
    const client = EndpointClient.bound({ definition });
    client.now += 3000;
    client.refreshed();
    client.now += 3600;

    expect(client.refreshed().status).toBe(200);

    client.now += 3601;

    expect(bodyOf(client.refreshed())).toMatchObject({ continue: false });
  });

  it('is not outlived by its last cookie', () => {
    const client = EndpointClient.bound();
    client.now = NOW + 3590;

    expect(kept(client.refreshed())).toEqual([['__Host-session', 10]]);

    client.now = NOW + 3600;

    expect(client.read()).toMatchObject({ valid: true });

    client.now += 1;

    expect(client.read()).toEqual({ valid: false, reason: 'expired' });
  });

  it('is told to the browser, which forgets its cookies', () => {
    const client = EndpointClient.bound();
    client.now += 3601;
    const answer = client.refresh();

    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toEqual({ session_identifier: client.identifier, continue: false });
    expect(kept(answer)).toEqual([
      [REFRESH, 0],
      ['__Host-session', 0],
    ]);
    expect(client.cookies.size).toBe(0);
  });

  it('comes where its value does not fit the schema any more', () => {
    const old = EndpointClient.bound();
    const definition = defineSecureCookie('__Host-session', {
      codec: 'text',
      schema: z.enum(['bob', 'carol']),
      deviceBound: { for: 300 },
    });
    const client = new EndpointClient({ definition: definition as typeof Session });
    old.cookies.forEach((value, name) => client.cookies.set(name, value));
    client.identifier = old.identifier;

    expect(bodyOf(client.refresh())).toMatchObject({ continue: false });
  });
});

describe('a bound session that is revoked', () => {
  const Revocable = defineSecureCookie('__Host-session', {
    maxAge: 3600,
    revocableBy: (user) => [`user:${user}`],
    deviceBound: { for: 300 },
  });

  async function started(source: SecureCookieRevocationSource = memoryRevocations()) {
    let revocations: SecureCookieRevocations | undefined;
    const client = new EndpointClient({
      definition: Revocable,
      revocations: (signer) => {
        revocations = new SecureCookieRevocations(
          signer,
          { source, refreshEvery: 1, maxStale: 60 },
          QUIET,
        );
        return revocations;
      },
    });
    await revocations?.start();
    client.logIn();
    return { client, revocations };
  }

  let stop: (() => void) | undefined;
  afterEach(() => stop?.());

  it.each([
    ['the session', 'register'],
    ['a refresh', 'refresh'],
  ])('ends: %s', async (_what, when) => {
    const { client, revocations } = await started();
    stop = () => revocations?.stop();
    if (when === 'refresh') {
      client.register();
      client.now += 100;
    }
    await revocations?.revoke(Revocable, 'user:alice');

    if (when === 'refresh') {
      expect(client.read()).toEqual({ valid: false, reason: 'revoked' });
      expect(bodyOf(client.refresh())).toMatchObject({ continue: false });
    } else {
      expect(client.register().status).toBe(401);
    }
  });

  it('and another one does not', async () => {
    const { client, revocations } = await started();
    stop = () => revocations?.stop();
    client.register();
    await revocations?.revoke(Revocable, 'user:bob');

    expect(client.refreshed().status).toBe(200);
  });

  it('waits while it is not known what is revoked', async () => {
    const { client, revocations } = await started();
    client.register();
    revocations?.stop();
    client.now += 61;
    const answer = client.refresh();

    expect(answer).toEqual({ status: 503, body: undefined, cookies: [], challenge: undefined });
    expect(client.cookies.size).toBe(2);
  });
});

describe('the events of binding', () => {
  const CHANNEL = 'nestjs-secure-cookie:device-bound';
  const events: unknown[] = [];
  const note = (event: unknown): void => {
    events.push(event);
  };

  it('tell what became of each request, and no value', () => {
    const client = new EndpointClient();
    client.logIn();
    subscribe(CHANNEL, note);
    client.register();
    client.refreshed();
    client.refresh('proof');
    client.refresh(undefined, { 'sec-secure-session-id': 'x' });
    client.refresh(undefined, { 'sec-secure-session-id': undefined });
    client.register();
    client.now += 3601;
    client.refresh();
    unsubscribe(CHANNEL, note);

    expect(events).toEqual([
      { name: '__Host-session', outcome: 'registered', reason: undefined },
      { name: '__Host-session', outcome: 'refreshed', reason: undefined },
      { name: '__Host-session', outcome: 'refused', reason: 'proof' },
      { name: undefined, outcome: 'refused', reason: 'no-session' },
      { name: undefined, outcome: 'refused', reason: 'cross-site' },
      { name: undefined, outcome: 'refused', reason: 'challenge' },
      { name: '__Host-session', outcome: 'ended', reason: 'expired' },
    ]);
  });
});
