import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  cookieSignature,
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieReader,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import cookieSignaturePackage from 'cookie-signature';
import { z } from 'zod';
import type { SecureCookieDefinition } from '../../lib/definition/secure-cookie-definition.js';
import type { SecureCookieAttributes } from '../../lib/http/set-cookie.js';
import { readSetCookies, type ReadSetCookie } from '../../lib/testing/index.js';
import { framed } from '../support/defined-cookies.js';
import { countAlive } from '../support/garbage.js';
import { RecordedLog } from '../support/recorded-log.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

const NOW = 1_300_000_000;
const HOUR = 3600;
const DAY = 86_400;

const signerAt = (now: number, maxAge?: number): SecureCookieSigner =>
  new SecureCookieSigner({ secret: SECRET, maxAge, clock: () => now });

const NO_DEFAULTS: SecureCookieAttributes = {};

interface Visit {
  readonly value: unknown;
  readonly set: readonly ReadSetCookie[];
  readonly log: readonly string[];
}

/** A request that reads a cookie as it was defined, and its answer. */
function visit(
  definition: SecureCookieDefinition<never, unknown>,
  cookie: string,
  { signer = signerAt(NOW), defaults = NO_DEFAULTS, contentType = 'text/html' } = {},
): Visit {
  const logger = new RecordedLog();
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = cookie;
  const response = new ServerResponse(request);
  const jar = new SecureCookieJar({ signer, request, response, cookie: defaults, logger });
  const value = jar.get(definition);
  response.setHeader('Content-Type', contentType);
  response.writeHead(200);
  const headers = response.getHeader('set-cookie') ?? [];
  return { value, set: readSetCookies(headers as readonly string[]), log: logger.lines };
}

describe('renewAfter that no cookie lives to see is an error', () => {
  const renewing = (renewAfter: number, maxAge?: number | null) =>
    defineSecureCookie('visit', { renewAfter, maxAge, absoluteMaxAge: 90 * DAY });

  it.each<[string, number, number | null | undefined, number, number | null | undefined]>([
    ['above the signer’s maxAge', HOUR + 1, undefined, HOUR, undefined],
    ['at the signer’s maxAge', HOUR, undefined, HOUR, undefined],
    ['above it, for a cookie of the browser’s session', HOUR + 1, null, HOUR, undefined],
    ['above it, where the default is the browser’s session', HOUR + 1, undefined, HOUR, null],
    ['at the maxAge of the app’s cookies', 60, undefined, HOUR, 60],
    [
      'at the 30 days that browsers keep cookies by default',
      30 * DAY,
      undefined,
      31 * DAY,
      undefined,
    ],
  ])('%s', (_what, renewAfter, own, signers, defaults) => {
    const signer = signerAt(NOW, signers);
    const Visits = renewing(renewAfter, own);
    const error = thrownBy(() => visit(Visits, '', { signer, defaults: { maxAge: defaults } }));

    expect(error).toMatchObject({
      name: 'SecureCookieError',
      code: 'option',
      message: expect.stringContaining('"renewAfter"'),
    });
  });

  it.each<[string, number, number | null | undefined, number, number | null | undefined]>([
    ['below the signer’s maxAge', HOUR - 1, undefined, HOUR, undefined],
    ['above it, where the definition has a longer one', 2 * HOUR, 3 * HOUR, HOUR, undefined],
    ['below it, for a cookie of the browser’s session', HOUR - 1, null, HOUR, 60],
    ['below the maxAge of the app’s cookies', 59, undefined, HOUR, 60],
  ])('and none %s', (_what, renewAfter, own, signers, defaults) => {
    const signer = signerAt(NOW, signers);

    expect(
      visit(renewing(renewAfter, own), '', { signer, defaults: { maxAge: defaults } }),
    ).toEqual({ value: undefined, set: [], log: [] });
  });

  it('where it is set as well, and not where a plain reader reads, which renews nothing', () => {
    const signer = signerAt(NOW, HOUR);
    const request = new IncomingMessage(new Socket());
    const jar = new SecureCookieJar({ signer, request, response: new ServerResponse(request) });
    const Visits = renewing(HOUR);

    expect(thrownBy(() => jar.set(Visits, 'yes'))).toMatchObject({ code: 'option' });
    expect(new SecureCookieReader(signer, '').get(Visits)).toBeUndefined();
  });
});

describe('an event stream carries no renewal, because no person sees it', () => {
  const Visits = defineSecureCookie('visits', { renewAfter: 60, absoluteMaxAge: DAY });
  const cookie = `visits=${signerAt(NOW - HOUR).sign('visits', '7')}`;

  it.each(['text/event-stream', 'Text/Event-Stream; charset=utf-8', ' text/event-stream'])(
    'where its type is spelled %j',
    (contentType) => {
      expect(visit(Visits, cookie, { contentType })).toMatchObject({ value: '7', set: [] });
    },
  );

  it('and a response of another type does', () => {
    expect(visit(Visits, cookie, { contentType: 'text/event' }).set).toHaveLength(1);
  });
});

describe('a genuine cookie that no longer fits when it is renewed is not due', () => {
  const Visits = defineSecureCookie('visit', { renewAfter: 60, absoluteMaxAge: DAY });
  const Hidden = defineSecureCookie('visit', {
    renewAfter: 60,
    absoluteMaxAge: DAY,
    encrypt: true,
  });
  const signedAt = NOW - 61;

  /** The longest value without a first issue, of which name and value fill what browsers keep. */
  const longest = (encrypt: boolean): string => {
    const signed = (value: string) => signerAt(signedAt).sign('visit', value, { encrypt });
    let value = 'v'.repeat(2800);
    while ('visit'.length + signed(`${value}vvv`).length <= 4096) {
      value += 'v';
    }
    return `visit=${signed(value)}`;
  };

  it.each([
    ['signed', Visits, longest(false)],
    ['encrypted', Hidden, longest(true)],
    ['as long as is read', Visits, `visit=${signerAt(signedAt).sign('visit', 'v'.repeat(12_000))}`],
  ])('%s: it is read, and no line is logged', (_what, definition, cookie) => {
    expect(visit(definition, cookie)).toEqual({
      value: expect.stringMatching(/^v+$/),
      set: [],
      log: [],
    });
  });

  it('and one that still fits is renewed', () => {
    const cookie = `visit=${signerAt(signedAt).sign('visit', 'v'.repeat(2800))}`;

    expect(visit(Visits, cookie).set).toHaveLength(1);
  });
});

describe('the absolute age holds whatever the first issue says, however often it is renewed', () => {
  it('a `bytes` cookie whose user chose it before there was a limit', () => {
    const Bytes = defineSecureCookie('user', {
      codec: 'bytes',
      renewAfter: 60,
      absoluteMaxAge: 7 * DAY,
    });
    let cookie = `user=${signerAt(NOW).sign('user', framed('abc', 0xff_ffff_ffff))}`;
    let last = 0;
    for (let age = 0; age <= 3650 * DAY; age += DAY / 2) {
      const { value, set } = visit(Bytes, cookie, { signer: signerAt(NOW + age) });
      last = value === undefined ? last : age;
      cookie = set[0] === undefined ? cookie : `user=${set[0].value}`;
    }

    expect(last).toBe(7 * DAY);
  });

  it('a cookie of a format without a date: it ends with `until` and the absolute age', () => {
    const end = NOW + 10 * DAY;
    const Theme = defineSecureCookie('theme', {
      schema: z.string(),
      codec: 'text',
      renew: true,
      renewAfter: 60,
      absoluteMaxAge: 7 * DAY,
      accepts: [cookieSignature({ secrets: [OTHER_SECRET], until: new Date(end * 1000) })],
    });
    const old = `theme=s:${cookieSignaturePackage.sign('dark', OTHER_SECRET)}`;

    expect(visit(Theme, old, { signer: signerAt(end) })).toMatchObject({ value: undefined });

    // A browser that keeps the old one to the last moment, and then whatever is renewed.
    let cookie = `theme=${visit(Theme, old, { signer: signerAt(end - 1) }).set[0]?.value}`;
    let last = 0;
    for (let now = end; now < end + 30 * DAY; now += HOUR) {
      const { value, set } = visit(Theme, cookie, { signer: signerAt(now) });
      last = value === undefined ? last : now;
      cookie = set[0] === undefined ? cookie : `theme=${set[0].value}`;
    }

    expect(last - end).toBe(7 * DAY - HOUR);
  });
});

describe('a definition that a handler makes is released with its request', () => {
  it('also where it accepts another format', async () => {
    const signer = signerAt(NOW);
    const read = () => {
      const Theme = defineSecureCookie('theme', {
        schema: z.string(),
        codec: 'text',
        accepts: [cookieSignature({ secrets: [OTHER_SECRET], until: new Date('2100-01-01') })],
      });
      visit(Theme, 'theme=x', { signer });
      return new WeakRef(Theme);
    };
    const definitions = Array.from({ length: 20 }, read);

    expect(await countAlive(definitions)).toBe(0);
    // And yet its secret is still refused.
    expect(thrownBy(() => signer.replaceKeys({ secret: OTHER_SECRET }))).toMatchObject({
      code: 'secret-reused',
    });
  });
});
