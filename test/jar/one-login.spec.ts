import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieReader,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import type { SecureCookieDefinition } from '../../lib/definition/secure-cookie-definition.js';
import type { SecureCookieJarOptions } from '../../lib/jar/secure-cookie-jar-options.js';
import { createTestJar, readSetCookies, type ReadSetCookie } from '../../lib/testing/index.js';
import { framed, payloadOf } from '../support/defined-cookies.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;
const DAY = 86_400;

const signerAt = (now: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, clock: () => now });

interface Exchange {
  readonly set: readonly ReadSetCookie[];
  readonly log: readonly string[];
}

/** What a response carries after something was done with its jar. */
function exchange(
  act: (jar: SecureCookieJar) => unknown,
  {
    cookie,
    headers = {},
    ...options
  }: Partial<Omit<SecureCookieJarOptions, 'cookie'>> & {
    readonly cookie?: string;
    readonly headers?: Record<string, string>;
    readonly defaults?: SecureCookieJarOptions['cookie'];
  } = {},
): Exchange {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers, cookie === undefined ? {} : { cookie });
  const response = new ServerResponse(request);
  const logger = new RecordedLog();
  const { defaults, ...others } = options;
  act(
    new SecureCookieJar({
      signer: signerAt(NOW),
      request,
      response,
      logger,
      cookie: defaults,
      ...others,
    }),
  );
  response.writeHead(200);
  const sent = response.getHeader('set-cookie') ?? [];
  return { set: readSetCookies(sent as readonly string[]), log: logger.lines };
}

/** Name, place and fate of the cookies of a response. */
const places = ({ set }: Exchange): readonly string[] =>
  set.map(
    ({ name, value, attributes: { domain = 'host', path } }) =>
      `${value === '' ? 'deletes' : 'sets'} ${name} at ${domain}${path}`,
  );

describe('an absolute age of a second', () => {
  it('does not delete the cookie, however late in a second the login is', () => {
    const signer = { secret: SECRET, clock: (): number => 1_300_000_000.9 };
    const cookies = createTestJar({ signer });
    cookies.jar.set(defineSecureCookie('session', { absoluteMaxAge: 1 }), 'alice');

    expect(cookies.sent()).toMatchObject([{ name: 'session', attributes: { maxAge: 1 } }]);
  });
});

describe('a login without "remember me"', () => {
  const Session = defineSecureCookie('session', {
    maxAge: 30 * DAY,
    renewAfter: 60,
    absoluteMaxAge: 90 * DAY,
  });
  const Plain = defineSecureCookie('session', { maxAge: 30 * DAY });

  it.each([
    ['persistent: false', { persistent: false }, undefined],
    ['persistent: true', { persistent: true }, 30 * DAY],
    ['persistent: undefined', { persistent: undefined }, 30 * DAY],
    ['no options', undefined, 30 * DAY],
    ['empty options', {}, 30 * DAY],
  ])('with %s', (_what, options, maxAge) => {
    for (const definition of [Session, Plain]) {
      const [cookie] = exchange((jar) => jar.set(definition, 'alice', options)).set;

      expect(cookie?.attributes.maxAge).toBe(maxAge);
      expect(cookie?.attributes).toEqual(
        maxAge === undefined
          ? expect.not.objectContaining({ expires: expect.anything() })
          : expect.objectContaining({ expires: new Date((NOW + 30 * DAY) * 1000) }),
      );
    }
  });

  it('says so in its frame, so that every renewal keeps it, and its first issue', () => {
    let [cookie] = exchange((jar) => jar.set(Session, 'alice', { persistent: false })).set;

    for (let age = DAY; age <= 5 * DAY; age += DAY) {
      expect(payloadOf(cookie?.value ?? '')).toEqual(
        Buffer.concat([
          Buffer.of(0xfe, 0x02, 0x01),
          framed('', NOW).subarray(2),
          Buffer.from('alice'),
        ]),
      );
      const read: (string | undefined)[] = [];
      [cookie] = exchange((jar) => read.push(jar.get(Session)), {
        signer: signerAt(NOW + age),
        cookie: `session=${cookie?.value}`,
      }).set;

      expect(read).toEqual(['alice']);
      expect(cookie?.attributes).not.toHaveProperty('maxAge');
      expect(cookie?.attributes).not.toHaveProperty('expires');
    }
  });

  it('also where it is encrypted', () => {
    const Hidden = defineSecureCookie('session', {
      encrypt: true,
      renewAfter: 60,
      absoluteMaxAge: DAY,
    });
    const [set] = exchange((jar) => jar.set(Hidden, 'alice', { persistent: false })).set;
    const [renewed] = exchange((jar) => jar.get(Hidden), {
      signer: signerAt(NOW + 100),
      cookie: `session=${set?.value}`,
    }).set;

    expect(renewed?.value).toBeDefined();
    expect(renewed?.attributes).not.toHaveProperty('maxAge');
    expect(
      signerAt(NOW + 100).verify('session', renewed?.value, { encrypted: true, encoding: 'bytes' }),
    ).toMatchObject({
      value: Uint8Array.of(0xfe, 0x02, 0x01, ...framed('alice', NOW).subarray(2)),
    });
  });

  it('ends on the server as all do: by its own age, and by the absolute one', () => {
    const [cookie] = exchange((jar) => jar.set(Session, 'alice', { persistent: false })).set;
    const at = (age: number, issuedAt = NOW) => {
      const value = signerAt(issuedAt).sign('session', payloadOf(cookie?.value ?? ''));
      const result = new SecureCookieReader(signerAt(NOW + age), `session=${value}`).verify(
        Session,
      );
      return result.valid ? result.value : result.reason;
    };

    expect([at(30 * DAY), at(30 * DAY + 1)]).toEqual(['alice', 'expired']);
    expect([at(90 * DAY, NOW + 89 * DAY), at(90 * DAY + 1, NOW + 89 * DAY)]).toEqual([
      'alice',
      'absolute-age',
    ]);
  });

  it('is not renewed in the last second of its absolute age: it would end at once', () => {
    const value = signerAt(NOW).sign(
      'session',
      Uint8Array.of(0xfe, 0x02, 0x01, ...framed('alice', NOW - 90 * DAY + 61).subarray(2)),
    );
    const visit = (now: number) =>
      exchange((jar) => jar.get(Session), { signer: signerAt(now), cookie: `session=${value}` })
        .set;

    expect(visit(NOW + 60.5)).toHaveLength(0);
    expect(visit(NOW + 61)).toHaveLength(0);
    expect(visit(NOW + 60)).toHaveLength(0);
  });

  it('has no frame where nothing is ever renewed: Tornado reads it as it is', () => {
    const [cookie] = exchange((jar) => jar.set(Plain, 'alice', { persistent: false })).set;

    expect(payloadOf(cookie?.value ?? '').toString()).toBe('alice');
  });

  it('with flags that are not known is refused: they may narrow who may present it', () => {
    const value = signerAt(NOW).sign(
      'session',
      Uint8Array.of(0xfe, 0x02, 0x03, ...framed('alice', NOW).subarray(2)),
    );
    const reader = new SecureCookieReader(signerAt(NOW), `session=${value}`);

    expect(reader.verify(Session)).toEqual({ valid: false, reason: 'encoding' });
    expect(reader.verify(Plain)).toEqual({ valid: false, reason: 'encoding' });
  });

  it('bytes of a definition without frames are left alone, whatever they begin with', () => {
    const Bytes = defineSecureCookie('session', { codec: 'bytes' });
    const bytes = Uint8Array.of(0xfe, 0x02, 0xff, 1, 2, 3, 4, 5, 6, 7);
    const [cookie] = exchange((jar) => jar.set(Bytes, bytes, { persistent: false })).set;

    expect(new SecureCookieReader(signerAt(NOW), `session=${cookie?.value}`).get(Bytes)).toEqual(
      bytes,
    );
  });

  it.each([
    [{ persistent: 'no' }, 'option'],
    [{ persistent: null }, 'option'],
    [{ persistant: false }, 'option'],
    [{ maxAge: 60 }, 'option'],
    [[false], 'option'],
    [false, 'option'],
  ])('is not to be had from %j', (options, code) => {
    const { set } = exchange((jar) => {
      const act = () => jar.set(Session, 'alice', options as never);
      expect(thrownBy(act)).toMatchObject({ name: 'SecureCookieError', code });
    });

    expect(set).toEqual([]);
  });
});

const Own = defineSecureCookie('own', { domain: null });
const Host = defineSecureCookie('__Host-own');

const setAndClearHere = (jar: SecureCookieJar): void => {
  jar.set('a', 'x');
  jar.set('b', 'x', { domain: null });
  jar.set(Own, 'x');
  jar.set(Host, 'x');
  jar.clear('c', { domain: null });
  jar.clear('__Host-c');
};

describe('domain: null', () => {
  const defaults = { domain: 'example.com', path: '/app' };

  it("overrides a default: by name, by definition, and for names of one's own host", () => {
    expect(places(exchange(setAndClearHere, { defaults }))).toEqual([
      'sets a at example.com/app',
      'sets b at host/app',
      'sets own at host/app',
      'sets __Host-own at host/',
      'deletes c at host/app',
      'deletes __Host-c at host/',
    ]);
  });

  it('may be the default itself', () => {
    expect(places(exchange((jar) => jar.set('a', 'x'), { defaults: { domain: null } }))).toEqual([
      'sets a at host/',
    ]);
  });

  it('an explicit place of a name with __Host- is still an error', () => {
    for (const place of [{ domain: 'example.com' }, { path: '/app' }]) {
      const { set } = exchange((jar) => {
        expect(thrownBy(() => jar.set('__Host-a', 'x', place))).toMatchObject({
          code: 'attribute',
        });
      });
      expect(set).toEqual([]);
    }
  });
});

describe("a domain that is a function of the request's host", () => {
  const asked: string[] = [];
  const Session = defineSecureCookie('session', {
    domain: (host) => {
      asked.push(host);
      return /^(?:.+\.)?(?<tenant>[a-z]+\.example)$/.exec(host)?.groups?.['tenant'];
    },
    maxAge: 3600,
    renewAfter: 60,
    absoluteMaxAge: DAY,
  });
  const due = `session=${signerAt(NOW - 61).sign('session', framed('alice', NOW - 61))}`;

  it.each([
    ['shop.example', 'shop.example', 'shop.example'],
    ['WWW.Shop.Example:8443', 'www.shop.example', 'shop.example'],
    ['elsewhere.test', 'elsewhere.test', 'host'],
    ['[::1]:3000', '[::1]', 'host'],
    ['127.0.0.1:3000', '127.0.0.1', 'host'],
    ['a:b:c', '', 'host'],
    ['', '', 'host'],
  ])('%s: setting, clearing and renewing ask it', (host, expected, domain) => {
    asked.length = 0;
    const headers = { host };

    expect(places(exchange((jar) => jar.set(Session, 'alice'), { headers }))).toEqual([
      `sets session at ${domain}/`,
    ]);
    expect(places(exchange((jar) => jar.clear(Session), { headers }))).toEqual([
      `deletes session at ${domain}/`,
    ]);
    expect(places(exchange((jar) => jar.get(Session), { headers, cookie: due }))).toEqual([
      `sets session at ${domain}/`,
    ]);
    expect(asked).toEqual([expected, expected, expected]);
  });

  it('without a Host header gets an empty one', () => {
    asked.length = 0;
    exchange((jar) => jar.set(Session, 'alice'));

    expect(asked).toEqual(['']);
  });

  it('in HTTP/2 is asked with :authority', () => {
    const headers = { ':authority': 'www.shop.example:443', host: 'other.example' };

    expect(places(exchange((jar) => jar.set(Session, 'alice'), { headers }))).toEqual([
      'sets session at shop.example/',
    ]);
  });

  it('is asked with the host that the jar was given, as a proxy may say it', () => {
    const options = { headers: { host: 'inside:3000' }, host: () => 'WWW.Shop.example:443' };

    expect(places(exchange((jar) => jar.set(Session, 'alice'), options))).toEqual([
      'sets session at shop.example/',
    ]);
  });

  it('is not asked where the cookie is only read', () => {
    asked.length = 0;
    const cookie = `session=${signerAt(NOW).sign('session', framed('alice', NOW))}`;
    exchange((jar) => jar.get(Session), { cookie, headers: { host: 'shop.example' } });

    expect(asked).toEqual([]);
  });

  it('that is asynchronous and rejects leaves no unhandled rejection, which ends a process', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): number => rejections.push(reason);
    process.on('unhandledRejection', note);
    const failure = Promise.reject(new Error('no database'));
    const Tenant = defineSecureCookie('session', { domain: (() => failure) as never });

    expect(thrownBy(() => exchange((jar) => jar.set(Tenant, 'x')))).toMatchObject({
      code: 'attribute',
    });

    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
  ])('that returns %s means none, against a default', (_what, domain) => {
    const Tenant = defineSecureCookie('session', { domain: () => domain });
    const defaults = { domain: 'example.com' };

    expect(places(exchange((jar) => jar.set(Tenant, 'x'), { defaults }))).toEqual([
      'sets session at host/',
    ]);
  });

  describe.each<[string, (host: string) => unknown]>([
    ['another attribute behind a semicolon', (host) => `${host}; Path=/admin`],
    ['a line break', () => 'a.example\r\nSet-Cookie: forged=1'],
    ['an empty text', () => ''],
    ['a port', () => 'shop.example:8443'],
    ['an IPv6 address', () => '[::1]'],
    ['a number', () => 1],
    ['a promise', () => Promise.resolve('shop.example')],
    ['2,000 letters', () => 'a.'.repeat(1000)],
    [
      'nothing, because it throws',
      () => {
        throw new Error('no such tenant');
      },
    ],
  ])('that returns %s', (_what, domain) => {
    const Bad = defineSecureCookie('session', {
      domain: domain as never,
      maxAge: 3600,
      renewAfter: 60,
      absoluteMaxAge: DAY,
    });

    it('is an error where the cookie is set or cleared, and the response is as it was', () => {
      for (const act of [
        (jar: SecureCookieJar) => jar.set(Bad, 'x'),
        (jar: SecureCookieJar) => jar.clear(Bad),
      ]) {
        const { set } = exchange((jar) => {
          expect(thrownBy(() => act(jar))).toMatchObject({
            name: 'SecureCookieError',
            code: 'attribute',
            message: expect.stringContaining('function "domain"'),
          });
        });
        expect(set).toEqual([]);
      }
    });

    it('lets the cookie be read and not renewed, and logs no line', () => {
      expect(exchange((jar) => jar.get(Bad), { cookie: due })).toEqual({ set: [], log: [] });
    });
  });

  it.each(['__Host-session', '__HOST-http-session'])(
    'is an error of a definition whose name forbids a domain: %s',
    (name) => {
      const define = () => defineSecureCookie(name, { domain: () => null });

      expect(thrownBy(define)).toMatchObject({ code: 'attribute' });
    },
  );
});

const define = (
  more: object,
  formerly: readonly object[],
): SecureCookieDefinition<string, string> =>
  defineSecureCookie('session', {
    maxAge: 3600,
    renewAfter: 60,
    absoluteMaxAge: DAY,
    formerly,
    ...more,
  });

describe('formerly', () => {
  const due = `session=${signerAt(NOW - 61).sign('session', framed('alice', NOW - 61))}`;

  const deletions: readonly (readonly [string, object, readonly object[], readonly string[]])[] = [
    ['the host alone', { domain: 'a.example' }, [{ domain: null }], ['host/']],
    ['another domain', { domain: 'a.example' }, [{ domain: 'b.example' }], ['b.example/']],
    ['another path, at its domain', { domain: 'a.example' }, [{ path: '/app' }], ['a.example/app']],
    ['another path, at its host', {}, [{ path: '/app' }], ['host/app']],
    ['several', { path: '/x' }, [{ domain: 'a.example' }, { path: '/' }], ['a.example/x', 'host/']],
    [
      'a domain and a path',
      { domain: 'a.example', path: '/x' },
      [{ domain: null, path: '/y' }],
      ['host/y'],
    ],
    [
      'where a tenant has none',
      { domain: (host: string) => (host === '' ? 'a.example' : host) },
      [{ domain: null }],
      ['host/'],
    ],
    ['not where it lives now', { domain: 'a.example' }, [{ domain: 'A.example' }], []],
    [
      'not where it lives now, written with a dot',
      { domain: '.a.example' },
      [{ domain: 'a.example' }],
      [],
    ],
    [
      'not where it lives for this tenant',
      { domain: () => 'a.example' },
      [{ domain: 'a.example' }],
      [],
    ],
    ['nowhere', {}, [], []],
  ];

  it.each(deletions)('deletes %s', (_what, more, formerly, expected) => {
    const Session = define(more, formerly);
    const deleted = expected.map((place) => `deletes session at ${place}`);
    const set = places(exchange((jar) => jar.set(Session, 'alice')));
    const cleared = places(exchange((jar) => jar.clear(Session)));
    const renewed = places(exchange((jar) => jar.get(Session), { cookie: due }));

    expect(set.slice(0, -1)).toEqual(deleted);
    expect(set.at(-1)).toMatch(/^sets session at /);
    expect(cleared).toEqual([...deleted, set.at(-1)?.replace('sets', 'deletes')]);
    expect(renewed).toEqual(set);
  });

  it('with the attributes that browsers need to find it', () => {
    const Session = define(
      { domain: 'a.example', secure: true, sameSite: 'none', partitioned: true },
      [{ domain: null }],
    );
    const [deleted] = exchange((jar) => jar.set(Session, 'alice')).set;

    expect(deleted).toMatchObject({
      value: '',
      attributes: { maxAge: 0, secure: true, partitioned: true, path: '/' },
    });
    expect(deleted?.attributes).not.toHaveProperty('domain');
  });

  it('is copied with its places', () => {
    const formerly = [{ path: '/app' }];
    const Session = define({}, formerly);
    formerly.push({ path: '/b' });
    Object.assign(formerly[0] ?? {}, { path: '/c' });

    expect(places(exchange((jar) => jar.clear(Session)))).toEqual([
      'deletes session at host/app',
      'deletes session at host/',
    ]);
    expect(Object.isFrozen(Session.formerly)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['a place without its list', { domain: null }, 'option'],
    ['a text', 'a.example', 'option'],
    ['a place that is as it is now', [{}], 'option'],
    ['a text in the list', ['a.example'], 'option'],
    ['null in the list', [null], 'option'],
    ['a misspelt path', [{ paht: '/app' }], 'option'],
    ['an attribute that is no place', [{ path: '/app', maxAge: 1 }], 'option'],
    ['a path that splits the header', [{ path: '/; Domain=evil.example' }], 'attribute'],
    ['a domain with a line break', [{ domain: 'a\r\nb' }], 'attribute'],
    ['a function', [{ domain: () => null }], 'attribute'],
  ])('%s throws where it is defined', (_what, formerly, code) => {
    expect(thrownBy(() => define({}, formerly as never))).toMatchObject({
      name: 'SecureCookieError',
      code,
    });
  });

  it('a cookie of __Host- never lived elsewhere', () => {
    for (const place of [{ domain: 'a.example' }, { path: '/app' }]) {
      const make = () => defineSecureCookie('__Host-session', { formerly: [place] });

      expect(thrownBy(make)).toMatchObject({ code: 'attribute' });
    }
  });
});

const setOneInManySpellings = (jar: SecureCookieJar): void => {
  jar.set('a', 'first', { domain: 'example.com' });
  jar.set('a', 'second', { domain: 'Example.com' });
  jar.clear('a', { domain: '.EXAMPLE.com' });
};

describe('the places of a response are those of browsers', () => {
  it('a domain in other letters, or with a dot, is the same cookie: the last call counts', () => {
    expect(places(exchange(setOneInManySpellings))).toEqual(['deletes a at .EXAMPLE.com/']);
  });
});
