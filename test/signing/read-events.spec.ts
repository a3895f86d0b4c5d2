import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sign as signByCookieSignature } from 'cookie-signature';
import { z } from 'zod';
import { cookieSignature } from '../../lib/accepts/cookie-signature.js';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { SecureCookieReader } from '../../lib/jar/secure-cookie-reader.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { runProcess } from '../support/child-process.js';
import { resignV1, resignV2Fields } from '../support/resign.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const VERIFIED = 'nestjs-secure-cookie:verified';
const REJECTED = 'nestjs-secure-cookie:rejected';
const CLOCK = 1_300_000_000;
const OLD = '1290000000';

const single = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => CLOCK });
const ring = new SecureCookieSigner({
  secret: { 1: SECRET, 2: OTHER_SECRET },
  keyVersion: 2,
  clock: () => CLOCK,
});

const signedBy1 = (fields: Parameters<typeof resignV2Fields>[0] = {}): string =>
  resignV2Fields({ keyVersion: '1', ...fields }, SECRET);

const subscriptions: (readonly [string, (message: unknown) => void])[] = [];

function listen(name: string, subscriber: (message: unknown) => void): void {
  subscriptions.push([name, subscriber]);
  subscribe(name, subscriber);
}

/** What both channels publish from now on, in order. */
function record(): (readonly [channel: string, message: unknown])[] {
  const events: (readonly [string, unknown])[] = [];
  for (const name of [VERIFIED, REJECTED]) {
    listen(name, (message) => events.push([name, message]));
  }
  return events;
}

afterEach(() => {
  for (const [name, subscriber] of subscriptions.splice(0)) {
    unsubscribe(name, subscriber);
  }
});

describe('one read publishes one event: that it verified, and with which key of the ring', () => {
  it.each([
    ['the key that signs', ring, ring.sign('key', 'value'), 2],
    ['an older one', ring, signedBy1(), 1],
    ['a single secret', single, single.sign('key', 'value'), 0],
    [
      'a single secret, which reads any version',
      single,
      resignV2Fields({ keyVersion: '7' }, SECRET),
      0,
    ],
    ['a single secret, format 1', single, resignV1({}, SECRET), 0],
  ])('%s', (_, signer, signed, keyVersion) => {
    const events = record();

    expect(signer.verify('key', signed).valid).toBe(true);
    expect(events).toStrictEqual([[VERIFIED, { name: 'key', keyVersion }]]);

    expect(signer.unsign('key', signed)).toBe('value');
    expect(events).toHaveLength(2);
  });
});

describe('one read publishes one event: why it was rejected, and by which key of the ring', () => {
  it.each([
    ['a value of 16,385 characters', 'too-large', 'x'.repeat(16_385), undefined],
    ['a value that is none', 'malformed', 'value', undefined],
    ['another format', 'version', '3|', undefined],
    [
      'a key that is not there',
      'unknown-key',
      resignV2Fields({ keyVersion: '7' }, SECRET),
      undefined,
    ],
    ['another secret', 'signature', resignV2Fields({ keyVersion: '1' }, OTHER_SECRET), 1],
    ['another name', 'name', signedBy1({ name: 'other' }), 1],
    ['an old date', 'expired', signedBy1({ timestamp: OLD }), 1],
    ['a date to come', 'future', signedBy1({ timestamp: '1310000000' }), 1],
    ['padding that is missing', 'malformed', signedBy1({ base64: 'dmFsdWU' }), 1],
    ['bytes that are no text', 'encoding', ring.sign('key', Uint8Array.of(0xe9)), 2],
    ['an encrypted value', 'encoding', ring.sign('key', 'value', { encrypt: true }), 2],
  ] as const)('%s: %s', (_, reason, signed, keyVersion) => {
    const events = record();

    expect(ring.verify('key', signed)).toEqual({ valid: false, reason });
    expect(events).toStrictEqual([[REJECTED, { name: 'key', reason, keyVersion }]]);
  });

  it('a value that is not encrypted: decrypt', () => {
    const events = record();
    ring.verify('key', signedBy1(), { encrypted: true });

    expect(events).toStrictEqual([[REJECTED, { name: 'key', reason: 'decrypt', keyVersion: 1 }]]);
  });

  it('keys that were withdrawn: unknown-key', () => {
    const withdrawn = new SecureCookieSigner({ secret: SECRET });
    const signed = withdrawn.sign('key', 'value');
    withdrawn.withdrawKeys();
    const events = record();
    withdrawn.verify('key', signed);

    expect(events).toStrictEqual([
      [REJECTED, { name: 'key', reason: 'unknown-key', keyVersion: undefined }],
    ]);
  });
});

describe('of several cookies of one name', () => {
  const good = signedBy1();
  const old = signedBy1({ timestamp: OLD });

  it.each([
    ['the one that verifies', ['forged', old, good, old], VERIFIED, { keyVersion: 1 }],
    [
      'else the first one’s reason',
      [old, 'forged', 'forged'],
      REJECTED,
      { reason: 'expired', keyVersion: 1 },
    ],
  ])('one event: %s', (_, values, published, message) => {
    const events = record();
    const header = values.map((value) => `key=${value}`).join('; ');
    new SecureCookieReader(ring, header).get('key');

    expect(events).toStrictEqual([[published, { name: 'key', ...message }]]);
  });
});

describe('a missing cookie publishes nothing', () => {
  it.each([
    ['undefined', () => ring.verify('key', undefined)],
    ['empty', () => ring.verify('key', '')],
    ['no header', () => new SecureCookieReader(ring, undefined).verify('key')],
    ['other cookies', () => new SecureCookieReader(ring, 'other=1').verify('key')],
    [
      'of a definition',
      () => new SecureCookieReader(ring, 'other=1').verify(defineSecureCookie('key')),
    ],
  ])('%s', (_, read) => {
    const events = record();

    expect(read()).toEqual({ valid: false, reason: 'missing' });
    expect(events).toEqual([]);
  });
});

describe('a read that throws publishes nothing', () => {
  it('for a bad option, and for a clock that gives no date', () => {
    const events = record();
    const timeless = new SecureCookieSigner({ secret: SECRET, clock: () => Number.NaN });

    expect(() => ring.verify('key', signedBy1(), { maxAge: -1 })).toThrow('maxAge');
    expect(() => timeless.verify('key', resignV2Fields({}, SECRET))).toThrow('clock');
    expect(events).toEqual([]);
  });
});

describe('a defined cookie publishes one event, after all that it is judged by', () => {
  const OLD_SECRET = 'the secret of the app that was there before';
  const theme = (more: object = {}) =>
    defineSecureCookie('theme', {
      codec: 'text',
      schema: z.enum(['light', 'dark']),
      accepts: [cookieSignature({ secrets: [OLD_SECRET], until: new Date((CLOCK + 1) * 1000) })],
      ...more,
    });

  it.each([
    ['valid', ring.sign('theme', 'dark'), theme(), VERIFIED, { keyVersion: 2 }],
    [
      'not in the schema',
      ring.sign('theme', 'pink'),
      theme(),
      REJECTED,
      { reason: 'schema', keyVersion: 2 },
    ],
    [
      'past the absolute age',
      signedBy1({ name: 'theme', timestamp: String(CLOCK - 6), base64: btoa('dark') }),
      theme({ absoluteMaxAge: 5 }),
      REJECTED,
      { reason: 'absolute-age', keyVersion: 1 },
    ],
    [
      'in a format that is accepted, so with no key of the ring',
      signByCookieSignature('dark', OLD_SECRET),
      theme(),
      VERIFIED,
      { keyVersion: undefined },
    ],
    [
      'in a format that is accepted, not in the schema',
      signByCookieSignature('pink', OLD_SECRET),
      theme(),
      REJECTED,
      { reason: 'malformed', keyVersion: undefined },
    ],
  ])('%s', (_, value, definition, published, message) => {
    const events = record();
    new SecureCookieReader(ring, `theme=${value}`).get(definition);

    expect(events).toStrictEqual([[published, { name: 'theme', ...message }]]);
  });
});

describe('no event holds a value, a signature or a secret', () => {
  it('whatever was read', () => {
    const events = record();
    const value = 'a value that nobody should log';
    const signed = ring.sign('key', value);
    ring.verify('key', signed);
    ring.verify('other', signed);
    ring.verify('key', `${signed}0`);
    ring.verify('key', value);
    const logged = JSON.stringify(events);

    expect(events).toHaveLength(4);
    for (const hidden of [value, signed.slice(-64), Buffer.from(value).toString('base64')]) {
      expect(logged).not.toContain(hidden);
    }
    expect(logged).not.toMatch(new RegExp(`${SECRET}|${OTHER_SECRET}`));
  });
});

describe('a subscriber runs after the scratch memory was used for the last time', () => {
  it('so one that signs and verifies with the same key disturbs nothing', () => {
    const other = 'o'.repeat(3000);
    const inner: unknown[] = [];
    let depth = 0;
    const disturb = (): void => {
      if (depth === 0) {
        depth += 1;
        inner.push(ring.unsign('other', ring.sign('other', other)));
        inner.push(ring.verify('key', resignV2Fields({ keyVersion: '2' }, SECRET)));
        depth -= 1;
      }
    };
    listen(VERIFIED, disturb);
    listen(REJECTED, disturb);
    const signed = ring.sign('key', 'value');

    expect(ring.verify('key', signed)).toEqual({
      valid: true,
      value: 'value',
      issuedAt: CLOCK,
      version: 2,
      keyVersion: 2,
      current: true,
    });
    expect(ring.verify('key', `${signed.slice(0, -1)}g`)).toEqual({
      valid: false,
      reason: 'malformed',
    });
    const reader = new SecureCookieReader(ring, `key=forged; key=${signed}`);
    expect(reader.verify('key')).toMatchObject({ value: 'value' });
    const round = [other, { valid: false, reason: 'signature' }];
    expect(inner).toEqual([...round, ...round, ...round]);
  });

  it('and one that turns the keys is too late to change the result', () => {
    const turning = new SecureCookieSigner({ secret: { 1: SECRET }, keyVersion: 1 });
    const signed = turning.sign('key', 'value');
    listen(VERIFIED, () => turning.replaceKeys({ secret: { 2: OTHER_SECRET }, keyVersion: 2 }));

    expect(turning.verify('key', signed)).toMatchObject({ value: 'value', current: true });
    expect(turning.verify('key', signed)).toEqual({ valid: false, reason: 'unknown-key' });
  });
});

describe('what a subscriber throws is an uncaught exception of the process', () => {
  const PROGRAM = fileURLToPath(new URL('throwing-subscriber.ts', import.meta.url));
  const run = (...options: string[]) =>
    runProcess([process.execPath, '--import', 'tsx', PROGRAM, ...options], {
      NODE_NO_WARNINGS: '1',
    });

  it('which ends it, after the read has returned its result', async () => {
    const { code, output } = await run();

    expect(code).toBe(1);
    expect(output).toContain('read: alice\nread: false\n');
    expect(output).toContain('Error: the subscriber of nestjs-secure-cookie:verified');
    expect(output).not.toContain('still running');
  });

  it('unless it handles such exceptions', async () => {
    expect(await run('handled')).toEqual({
      code: 0,
      output: [
        'read: alice',
        'read: false',
        'uncaught: the subscriber of nestjs-secure-cookie:verified',
        'uncaught: the subscriber of nestjs-secure-cookie:rejected',
        'still running',
        '',
      ].join('\n'),
    });
  });
});
