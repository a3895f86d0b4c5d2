import { describe, expect, it } from '@jest/globals';
import { SecureCookieModule, type SecureCookieErrorCode } from 'nestjs-secure-cookie';
import { SECRET, TORNADO_EXAMPLE_SECRET } from '../support/secrets.js';
import { thrownBy } from '../support/thrown-by.js';

describe('the options of SecureCookieModule.forRoot', () => {
  it.each<[string, unknown]>([
    ['undefined, as from a forgotten environment variable', undefined],
    ['null', null],
    ['an empty secret', ''],
    ['empty bytes', new Uint8Array()],
    ['options without a secret', {}],
    ['options with an undefined secret', { secret: undefined }],
    ['an empty key record', { secret: {}, keyVersion: 1 }],
  ])("%s: 'secret-missing', and the message names the option", (_what, input) => {
    const error = thrownBy(() => SecureCookieModule.forRoot(input as never));

    expect(error).toMatchObject({ name: 'SecureCookieError', code: 'secret-missing' });
    expect(error.message).toContain('option "secret"');
  });

  it.each([undefined, ''])(
    'forRoot(%j) says how to set the secret, and how to make one',
    (input) => {
      const { message } = thrownBy(() => SecureCookieModule.forRoot(input));

      expect(message).toContain('forRoot(process.env.COOKIE_SECRET)');
      expect(message).toContain('set that environment variable before the app starts');
      expect(message).toContain('forRootAsync');
      expect(message).toContain('randomBytes(32)');
    },
  );

  it.each<[SecureCookieErrorCode, unknown]>([
    ['secret-weak', 'short'],
    ['secret-weak', TORNADO_EXAMPLE_SECRET],
    ['secret-weak', { secret: { 1: SECRET, 2: 'short' }, keyVersion: 1 }],
    ['option', { secret: SECRET, vary: 'no' }],
    ['option', { secret: SECRET, vary: null }],
    ['key-version', { secret: { 1: SECRET } }],
    ['key-version', { secret: { 1: SECRET }, keyVersion: 2 }],
    ['key-version', { secret: SECRET, keyVersion: 1 }],
    ['option', { secret: 42 }],
    ['option', { secret: SECRET, maxAge: Number.NaN }],
    ['option', { secret: SECRET, minVersion: 3 }],
    ['option', { secret: SECRET, clock: 1_300_000_000 }],
    ['option', { secret: SECRET, keys: { load: () => undefined, refreshEvery: 60 } }],
    ['attribute', { secret: SECRET, cookie: { sameSite: 'Lax' } }],
    ['attribute', { secret: SECRET, cookie: { maxage: 60 } }],
    ['attribute', { secret: SECRET, cookie: { path: 'relative' } }],
    ['attribute', { secret: SECRET, maxAge: 60, cookie: { maxAge: 61 } }],
  ])("'%s' is thrown at the call for %j", (code, input) => {
    const error = thrownBy(() => SecureCookieModule.forRoot(input as never));

    expect(error).toMatchObject({ name: 'SecureCookieError', code });
  });

  it('repeats no secret in a message', () => {
    const { message } = thrownBy(() => SecureCookieModule.forRoot('short'));

    expect(message).not.toContain('short');
  });
});
