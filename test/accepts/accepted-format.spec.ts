import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { SignJWT } from 'jose';
import { createHmac, timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import {
  cookieSignature,
  defineSecureCookie,
  RequireSecureCookie,
  SecureCookie,
  SecureCookieModule,
  SecureCookieSigner,
  tornadoV1,
  type SecureCookieAcceptedCookie,
  type SecureCookieAcceptedFormat,
  type SecureCookieNameBindingFormat,
  type SecureCookieSecret,
} from 'nestjs-secure-cookie';
import cookieSignaturePackage from 'cookie-signature';
import { z } from 'zod';
import { mint, readHeader } from '../support/defined-cookies.js';
import { OLD_SECRET } from '../support/old-apps.js';
import { platforms, startApp } from '../support/platforms.js';
import { resignV1 } from '../support/resign.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

const FAR = new Date('2100-01-01');

const theme = (...accepts: SecureCookieAcceptedFormat[]) =>
  defineSecureCookie('theme', { codec: 'text', schema: z.string(), accepts });

const oldCookie = (value: string): string =>
  `theme=s:${cookieSignaturePackage.sign(value, OLD_SECRET)}`;

describe('a format is read until its date, by the signer’s clock', () => {
  const until = new Date('2026-06-30T00:00:00Z');
  const end = until.getTime() / 1000;
  const v1 = `theme=${resignV1({ name: 'theme', timestamp: String(end - 60) }, OLD_SECRET)}`;

  it.each([
    ['cookieSignature', cookieSignature({ secrets: [OLD_SECRET], until }), oldCookie('value')],
    ['tornadoV1', tornadoV1({ secret: OLD_SECRET, until }), v1],
  ])('%s', (_name, format, header) => {
    const readAt = (time: number): boolean =>
      readHeader(
        theme(format),
        header,
        new SecureCookieSigner({ secret: SECRET, clock: () => time }),
      ).valid;

    expect([end - 1, end - 0.001, end, end + 1].map(readAt)).toEqual([true, true, false, false]);
  });
});

describe('the order of reading', () => {
  const asked: SecureCookieAcceptedCookie[] = [];

  /** Takes every cookie for itself, and says so. */
  const gullible = (mark: string): SecureCookieAcceptedFormat => ({
    until: FAR,
    secrets: [],
    bindsName: false,
    read(cookie) {
      asked.push(cookie);
      return { payload: new TextEncoder().encode(mark + cookie.value), issuedAt: undefined };
    },
  });

  it('is v2, and then the old formats for what v2 refuses; of all, the newest counts', () => {
    const v2 = cookieHeader('theme', 'new');

    expect(readHeader(theme(gullible('old:')), `theme=old; theme=x; ${v2}`)).toMatchObject({
      value: 'new',
      version: 2,
      current: true,
    });
    expect(asked.splice(0).map(({ value }) => value)).toEqual(['old', 'x']);
  });

  it('is that of the cookies in the header, and for each that of the list', () => {
    const Theme = theme(gullible('first:'), gullible('second:'));

    expect(readHeader(Theme, 'theme=a; theme=b')).toMatchObject({ value: 'first:a' });
    expect(asked.splice(0)).toMatchObject([
      { name: 'theme', value: 'a' },
      { name: 'theme', value: 'b' },
    ]);
  });

  it('goes on where the schema refuses what a format found', () => {
    const Theme = defineSecureCookie('theme', {
      codec: 'text',
      schema: z.enum(['second:b']),
      accepts: [gullible('first:'), gullible('second:')],
    });

    expect(readHeader(Theme, 'theme=a; theme=b')).toMatchObject({ value: 'second:b' });
    expect(asked.splice(0)).toHaveLength(4);
  });

  it('ends with the reason of the first cookie as v2', () => {
    const Theme = defineSecureCookie('theme', {
      codec: 'text',
      schema: z.enum(['dark']),
      accepts: [cookieSignature({ secrets: [OLD_SECRET], until: FAR })],
    });
    const forged = cookieHeader('theme', 'dark', new SecureCookieSigner({ secret: OTHER_SECRET }));

    expect(readHeader(Theme, `${forged}; theme=x`)).toEqual({ valid: false, reason: 'signature' });
    expect(readHeader(Theme, `theme=x; ${forged}`)).toEqual({ valid: false, reason: 'malformed' });
    expect(readHeader(Theme, '')).toEqual({ valid: false, reason: 'missing' });
  });

  it('asks with the cookie’s name and text, the time, and the definition’s maxAge', () => {
    const signer = new SecureCookieSigner({ secret: SECRET, clock: () => 1_300_000_000.5 });
    const Theme = defineSecureCookie('theme', {
      codec: 'text',
      schema: z.string(),
      maxAge: 60,
      accepts: [gullible('')],
    });
    readHeader(Theme, 'theme="a%20b"', signer);

    expect(asked.splice(0)).toEqual([
      { name: 'theme', value: 'a b', now: 1_300_000_000.5, maxAge: 60 },
    ]);
  });
});

/** JSON Web Tokens of the app that was there before, by HMAC-SHA256: an app's own reader. */
function oldToken(secret: string): SecureCookieNameBindingFormat {
  return {
    until: FAR,
    secrets: [secret],
    // The token names the cookie that it is for.
    bindsName: true,
    read({ name, value, now, maxAge }) {
      const [head = '', body = '', signature = ''] = value.split('.');
      const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest();
      const received = Buffer.from(signature, 'base64url');
      if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
        return undefined;
      }
      const { aud, sub, iat } = JSON.parse(Buffer.from(body, 'base64url').toString());
      return aud === name && now - iat <= maxAge
        ? { payload: new TextEncoder().encode(sub), issuedAt: iat }
        : undefined;
    },
  };
}

describe('an app’s own reader, here of JSON Web Tokens', () => {
  const User = defineSecureCookie('user', { accepts: [oldToken(OLD_SECRET)], maxAge: 3600 });
  const now = Math.floor(Date.now() / 1000);

  const token = (claims: object, secret = OLD_SECRET): string =>
    `user=${jwt.sign({ sub: 'alice', aud: 'user', iat: now, ...claims }, secret)}`;

  it('reads what jsonwebtoken signed', () => {
    expect(readHeader(User, token({}))).toEqual({
      valid: true,
      value: 'alice',
      issuedAt: now,
      current: false,
      bound: false,
    });
  });

  it('reads what jose signed', async () => {
    const signed = await new SignJWT({ sub: 'alice', aud: 'user', iat: now })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(OLD_SECRET));

    expect(readHeader(User, `user=${signed}`)).toMatchObject({ value: 'alice' });
  });

  it.each([
    ['for another cookie', token({ aud: 'nickname' })],
    ['too old', token({ iat: now - 3700 })],
    ['of another secret', token({}, OTHER_SECRET)],
    ['that is none', 'user=a.b.c'],
  ])('refuses one %s', (_what, header) => {
    expect(readHeader(User, header)).toEqual({ valid: false, reason: 'malformed' });
  });

  it('is passed over where it throws on what a client sent', () => {
    const throwing: SecureCookieNameBindingFormat = {
      until: FAR,
      secrets: [],
      bindsName: true,
      read: () => {
        throw new SyntaxError('Unexpected end of JSON input');
      },
    };
    const Careless = defineSecureCookie('user', { accepts: [throwing, oldToken(OLD_SECRET)] });

    expect(readHeader(Careless, 'user=x')).toEqual({ valid: false, reason: 'malformed' });
    expect(readHeader(Careless, token({}))).toMatchObject({ value: 'alice' });
  });
});

describe('the old format is never written', () => {
  it('neither by setting nor by the mint: both give v2', () => {
    const Theme = theme(cookieSignature({ secrets: [OLD_SECRET], until: FAR }));

    expect(mint.valid(Theme, 'dark')).toMatch(/^theme=2\|1:0\|/);
  });
});

/** More than 64 bytes, which HMAC-SHA256 shortens to the hash. */
const LONG = 'a secret that is longer than a block of the hash, which is 64 bytes, by some';

const reused: readonly (readonly [string, SecureCookieSecret, SecureCookieSecret])[] = [
  ['the same text', SECRET, SECRET],
  ['the same bytes', SECRET, new TextEncoder().encode(SECRET)],
  ['zeros behind it, as HMAC pads it', SECRET, `${SECRET}\0\0`],
  [
    'the hash of a long one, by which HMAC replaces it',
    LONG,
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(LONG))),
  ],
  [
    'the SHA-1 of a long one, as format 1 replaces it',
    LONG,
    new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(LONG))),
  ],
];

describe.each(reused)('a secret of "accepts" that is the signer’s: %s', (_what, own, old) => {
  const Theme = theme(cookieSignature({ secrets: ['another', old], until: FAR }));
  const User = defineSecureCookie('user', { accepts: [tornadoV1({ secret: old, until: FAR })] });

  @Controller()
  class ParameterController {
    @Get()
    theme(@SecureCookie(Theme) value: string | undefined): string {
      return value ?? '';
    }
  }

  @RequireSecureCookie(User)
  @Controller()
  class GuardedController {}

  class InheritingController extends ParameterController {}
  Controller('inherited')(InheritingController);

  it.each(
    platforms.flatMap((platform) =>
      [ParameterController, GuardedController, InheritingController].map(
        (controller) => [controller.name, platform.platform, controller, platform] as const,
      ),
    ),
  )('fails the start of an app with the %s, on %s', async (_name, _on, controller, platform) => {
    @Module({ imports: [SecureCookieModule.forRoot(own)], controllers: [controller] })
    class AppModule {}

    await expect(startApp(platform, AppModule)).rejects.toMatchObject({
      name: 'SecureCookieError',
      code: 'secret-reused',
    });
  });

  it('throws at the first reading, where no decorator names the definition', () => {
    const signer = new SecureCookieSigner({ secret: own });

    expect(thrownBy(() => readHeader(Theme, '', signer))).toMatchObject({ code: 'secret-reused' });
    expect(thrownBy(() => readHeader(User, '', signer))).toMatchObject({ code: 'secret-reused' });
  });

  it('throws in replaceKeys, and the keys that were there stay', () => {
    const signer = new SecureCookieSigner({ secret: OTHER_SECRET });
    const header = cookieHeader('theme', 'dark', signer);
    expect(readHeader(Theme, header, signer)).toMatchObject({ value: 'dark' });

    for (const keys of [
      { secret: own },
      { secret: { 0: OTHER_SECRET, 1: own }, keyVersion: 0 },
    ] as const) {
      expect(thrownBy(() => signer.replaceKeys(keys))).toMatchObject({ code: 'secret-reused' });
    }
    expect(readHeader(Theme, header, signer)).toMatchObject({ value: 'dark' });
  });

  it('its message holds no secret', () => {
    const signer = new SecureCookieSigner({ secret: own });
    const { message } = thrownBy(() => readHeader(Theme, '', signer));

    expect([SECRET, LONG].filter((secret) => message.includes(secret))).toEqual([]);
  });
});

describe('a secret of "accepts" that is only like the signer’s', () => {
  it.each([
    ['of other letters', SECRET.toUpperCase()],
    ['with a space behind it', new TextEncoder().encode(`${SECRET} `)],
    ['without its last letter', SECRET.slice(0, -1)],
  ])('is no reason to refuse: %s', (_what, secret) => {
    const Theme = theme(cookieSignature({ secrets: [secret], until: FAR }));

    expect(readHeader(Theme, '')).toEqual({ valid: false, reason: 'missing' });
  });
});
