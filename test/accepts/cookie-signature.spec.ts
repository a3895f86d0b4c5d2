import { inspect } from 'node:util';
import { CookieSigner } from '@nestjs/core/helpers/cookies/cookie-signer.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import cookieSignaturePackage from 'cookie-signature';
import { cookieSignature, defineSecureCookie, type SecureCookieSecret } from 'nestjs-secure-cookie';
import { z } from 'zod';
import { readHeader } from '../support/defined-cookies.js';
import {
  OLD_SECRET,
  oldApps,
  startExpressApp,
  startSessionApp,
  visitOldApp,
} from '../support/old-apps.js';
import type { RunningApp } from '../support/platforms.js';
import { OTHER_SECRET } from '../support/secrets.js';
import { cookieHeader } from '../support/signed-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

const until = new Date('2100-01-01');

const accepting = (...secrets: SecureCookieSecret[]) =>
  defineSecureCookie('theme', {
    codec: 'text',
    schema: z.string(),
    accepts: [cookieSignature({ secrets, until })],
  });

const Theme = accepting(OLD_SECRET);

const texts = [
  ['a word', 'dark'],
  ['nothing', ''],
  ['text beyond ASCII', 'naïve 名前 🍪'],
  ['what cookies cannot hold', 'a=b; c, "d" \\ 100%'],
  ['dots', '1.2.3.'],
  ['a pipe', 'a|b'],
  ['what looks like JSON', 'j:dark'],
  ['what looks encoded', '%64ark'],
] as const;

describe.each(oldApps)('a cookie that $app signed', ({ start }) => {
  let old: RunningApp;

  beforeAll(async () => {
    old = await start();
  });
  afterAll(() => old.close());

  it.each(texts)('is read: %s', async (_what, value) => {
    const cookie = await visitOldApp(old.url, 'text', value);

    expect(readHeader(Theme, cookie)).toEqual({
      valid: true,
      value,
      issuedAt: undefined,
      current: false,
      bound: false,
    });
  });

  it('is not read with another secret, nor changed', async () => {
    const cookie = await visitOldApp(old.url, 'text', 'dark');
    const malformed = { valid: false, reason: 'malformed' };

    expect(readHeader(accepting(OTHER_SECRET), cookie)).toEqual(malformed);
    expect(readHeader(Theme, cookie.replace('dark', 'park'))).toEqual(malformed);
    expect(readHeader(accepting(OTHER_SECRET, OLD_SECRET), cookie)).toMatchObject({
      value: 'dark',
    });
  });
});

describe('a cookie of cookie-parser that holds an object', () => {
  let old: RunningApp;

  beforeAll(async () => {
    old = await startExpressApp();
  });
  afterAll(() => old.close());

  it('is text with "j:" in front', async () => {
    const cookie = await visitOldApp(old.url, 'json', '{"theme":"dark"}');

    expect(readHeader(Theme, cookie)).toMatchObject({ valid: true, value: 'j:{"theme":"dark"}' });
  });

  it('is taken apart by a schema that knows it', async () => {
    const Json = defineSecureCookie('theme', {
      codec: 'text',
      schema: z
        .string()
        .startsWith('j:')
        .transform((text): unknown => JSON.parse(text.slice(2)))
        .pipe(z.object({ theme: z.enum(['light', 'dark']) })),
      accepts: [cookieSignature({ secrets: [OLD_SECRET], until })],
    });
    const [dark, blue] = await Promise.all(
      ['dark', 'blue'].map((theme) => visitOldApp(old.url, 'json', JSON.stringify({ theme }))),
    );

    expect(readHeader(Json, dark ?? '')).toMatchObject({ value: { theme: 'dark' } });
    expect(readHeader(Json, blue ?? '')).toEqual({ valid: false, reason: 'malformed' });
  });
});

describe('the cookie of express-session', () => {
  it('gives the identifier of the session', async () => {
    const old = await startSessionApp('session 1');
    const cookie = await visitOldApp(old.url, '', '');
    await old.close();

    expect(cookie).toMatch(/^theme=s%3Asession%201\./);
    expect(readHeader(Theme, cookie)).toMatchObject({ value: 'session 1' });
  });
});

const signed = cookieSignaturePackage.sign('dark', OLD_SECRET);
const signature = signed.slice('dark.'.length);

describe('a text of the package cookie-signature', () => {
  it.each([
    ['as it is', signed],
    ['behind s:', `s:${signed}`],
    ['percent-encoded', encodeURIComponent(signed)],
    ['behind s:, percent-encoded', encodeURIComponent(`s:${signed}`)],
    ['in quotes', `"${signed}"`],
  ])('is read %s', (_how, value) => {
    expect(readHeader(Theme, `theme=${value}`)).toMatchObject({ valid: true, value: 'dark' });
  });

  it('is read with whichever of the secrets signed it', () => {
    const bytes = new TextEncoder().encode(OLD_SECRET);

    expect(readHeader(accepting('another', bytes), `theme=${signed}`)).toMatchObject({
      value: 'dark',
    });
  });

  it.each([
    ['with padding', `${signed}=`],
    ['with url-safe letters', `dark.${signature.replaceAll('+', '-').replaceAll('/', '_')}-`],
    ['with a longer signature', `dark.A${signature}`],
    ['with a shorter signature', signed.slice(0, -1)],
    ['with stray bits in the last letter', `dark.${withStrayBits(signature)}`],
    ['in hexadecimal', `dark.${Buffer.from(signature, 'base64').toString('hex')}`],
    ['without a signature', 'dark'],
    ['with an empty signature', 'dark.'],
    ['of another text', `light.${signature}`],
    ['with a text behind it', `${signed} x`],
    ['behind s: twice', `s:s:${signed}`],
    ['behind S:', `S:${signed}`],
    ['with a letter that folds to one of base64', `dark.${signature.slice(0, -1)}\u0141`],
  ])('is not read %s', (_how, value) => {
    expect(readHeader(Theme, `theme=${encodeURIComponent(value)}`).valid).toBe(false);
  });

  it('that itself begins with s: needs the prefix, here as in Nest’s own reader', () => {
    const ambiguous = cookieSignaturePackage.sign('s:dark', OLD_SECRET);

    expect(new CookieSigner(OLD_SECRET).unsign(ambiguous)).toBeUndefined();
    expect(readHeader(Theme, `theme=${ambiguous}`).valid).toBe(false);
    expect(readHeader(Theme, `theme=s:${ambiguous}`)).toMatchObject({ value: 's:dark' });
  });

  it('is not read by a definition that does not accept it', () => {
    const Plain = defineSecureCookie('theme');

    expect(readHeader(Plain, `theme=${signed}`)).toEqual({ valid: false, reason: 'malformed' });
  });
});

describe('cookieSignature', () => {
  it.each([
    ['no secrets', []],
    ['nothing', undefined],
    ['one text, which is a list of letters', OLD_SECRET],
    ['an empty secret', ['']],
    ['a variable that is not set', [undefined]],
  ])('refuses %s', (_what, secrets) => {
    expect(thrownBy(() => cookieSignature({ secrets: secrets as never, until }))).toMatchObject({
      code: 'secret-missing',
    });
  });

  it.each([undefined, new Date('soon'), '2100-01-01', 4_102_444_800_000])(
    'refuses %p as its end',
    (end) => {
      expect(
        thrownBy(() => cookieSignature({ secrets: [OLD_SECRET], until: end as never })),
      ).toMatchObject({
        code: 'option',
        message: expect.stringContaining('"until"'),
      });
    },
  );

  it('does not show its secrets where it is printed', () => {
    expect(
      inspect(cookieSignature({ secrets: [OLD_SECRET], until: until }), {
        depth: 9,
        showHidden: true,
      }),
    ).not.toContain('secrets:');
  });

  it('says that it binds no name, and is frozen', () => {
    const format = cookieSignature({ secrets: [OLD_SECRET], until });

    expect(format).toMatchObject({ bindsName: false, until });
    expect(format.secrets).toEqual([new TextEncoder().encode(OLD_SECRET)]);
    expect(Object.isFrozen(format)).toBe(true);
  });
});

const role = (schema: z.ZodType<string, string>) =>
  defineSecureCookie('role', {
    codec: 'text',
    schema,
    accepts: [cookieSignature({ secrets: [OLD_SECRET], until })],
  });

describe('why it needs a schema: the format does not cover the name', () => {
  const nickname = cookieSignaturePackage.sign('admin', OLD_SECRET);

  it('a nickname that the old app signed is a role, where the schema takes any text', () => {
    expect(readHeader(role(z.string()), `role=s:${nickname}`)).toMatchObject({
      valid: true,
      value: 'admin',
    });
  });

  it('and a schema that no nickname can match refuses it', () => {
    const Role = role(z.enum(['role:admin', 'role:guest']));
    const signedRole = cookieSignaturePackage.sign('role:admin', OLD_SECRET);

    expect(readHeader(Role, `role=s:${nickname}`)).toEqual({ valid: false, reason: 'malformed' });
    expect(readHeader(Role, `role=s:${signedRole}`)).toMatchObject({ value: 'role:admin' });
  });

  it('a v2 value of another name never is, whatever the schema', () => {
    const v2 = cookieHeader('nickname', 'admin').slice('nickname='.length);

    expect(readHeader(role(z.string()), `role=${v2}`)).toEqual({ valid: false, reason: 'name' });
  });
});

/** The same bytes to a lax decoder: two bits of the last of 43 letters are not used. */
function withStrayBits(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = alphabet.indexOf(base64.slice(-1));
  return base64.slice(0, -1) + alphabet.charAt(last + 1);
}
