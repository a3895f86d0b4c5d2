import { afterEach, expect, it } from '@jest/globals';
import { Module, type DynamicModule } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  SecureCookieModule,
  SecureCookieSigner,
  type SecureCookieKeys,
} from 'nestjs-secure-cookie';
import { thrownBy } from '../support/thrown-by.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const START = 1_300_000_000;

const KEYS: SecureCookieKeys = {
  secret: {
    1: { secret: SECRET },
    2: { secret: OTHER_SECRET, signsFrom: new Date((START + 60) * 1000) },
  },
};

let now = START;
const clock = (): number => now;
let app: TestingModule | undefined;

afterEach(async () => {
  now = START;
  await app?.close();
});

const keyOf = (signed: string): string | undefined => signed.split('|')[1]?.split(':')[1];

it.each<[string, () => DynamicModule]>([
  ['forRoot', () => SecureCookieModule.forRoot({ ...KEYS, clock })],
  [
    'forRootAsync',
    () => SecureCookieModule.forRootAsync({ useFactory: () => ({ ...KEYS, clock }) }),
  ],
  [
    'a key provider',
    () => SecureCookieModule.forRoot({ keys: { load: async () => KEYS, refreshEvery: 60 }, clock }),
  ],
])('keys with dates turn in an app, given by %s', async (_what, registration) => {
  @Module({ imports: [registration()] })
  class AppModule {}
  app = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const signer = app.get(SecureCookieSigner);
  const old = signer.sign('user', 'alice');
  now += 60;

  expect([old, signer.sign('user', 'alice')].map(keyOf)).toEqual(['1', '2']);
  expect(signer.verify('user', old)).toMatchObject({ value: 'alice', current: false });
});

it('a mistake in their dates shows at the call', () => {
  const secret = { 1: { secret: SECRET, signsFrom: new Date((START + 60) * 1000) } };

  expect(thrownBy(() => SecureCookieModule.forRoot({ secret, clock }))).toMatchObject({
    code: 'option',
    message: expect.stringContaining('No key signs yet'),
  });
});
