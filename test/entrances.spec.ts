import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  defineSecureCookie,
  memoryRevocations,
  SecureCookieJar,
  SecureCookieModule,
  SecureCookieReader,
  SecureCookieRevocations,
  SecureCookieSigner,
} from 'nestjs-secure-cookie';
import { CookieMint, createTestJar } from '../lib/testing/index.js';
import { entrances } from './support/entrances.js';
import { OTHER_SECRET, SECRET } from './support/secrets.js';
import { thrownBy } from './support/thrown-by.js';

describe.each(entrances)('$entrance', ({ options, call, code }) => {
  const given = (value: unknown) => () => call(value as never);

  it('takes a plain object, one without a prototype, and one of another realm', () => {
    expect(given(options)).not.toThrow();
    expect(given(Object.assign(Object.create(null), options))).not.toThrow();
    expect(given(Object.assign(runInNewContext('({})'), options))).not.toThrow();
  });

  it('reads each option once', () => {
    const reads = new Map<string, number>();
    const getters = Object.entries(options).map(([name, value]) => [
      name,
      {
        enumerable: true,
        get: () => {
          reads.set(name, (reads.get(name) ?? 0) + 1);
          return value;
        },
      },
    ]);

    given(Object.defineProperties({}, Object.fromEntries(getters)))();

    expect(Object.fromEntries(reads)).toEqual(
      Object.fromEntries(Object.keys(options).map((name) => [name, 1])),
    );
  });

  it.each([
    ['a Map', new Map(Object.entries(options))],
    ['an array', []],
    ['a Date', new Date()],
    ['inherited options', Object.create(options)],
    ['the instance of a class', Object.assign(new (class {})(), options)],
  ])('refuses %s', (_kind, value) => {
    expect(thrownBy(given(value))).toMatchObject({ name: 'SecureCookieError', code });
  });

  it.each([null, true, 42, 10n, 'maxAge', Symbol('maxAge')])('refuses %p', (value) => {
    // What stands in place of a secret is called one that is missing, or that is too short.
    const codes: readonly unknown[] =
      'secret' in options ? ['secret-missing', 'secret-weak', code] : [code];
    const error = thrownBy(given(value));

    expect(error).toMatchObject({ name: 'SecureCookieError' });
    expect(codes).toContain(Reflect.get(error, 'code'));
  });

  it('refuses an option that there is not, "__proto__" among them', () => {
    const names = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'toString', 'maxage', 'transform_'),
      fc.string({ minLength: 1 }).map((name) => `${name}!`),
    );

    fc.assert(
      fc.property(names, fc.anything(), (name, value) => {
        const foreign = Object.defineProperty({ ...options }, name, { value, enumerable: true });
        expect(thrownBy(given(foreign))).toMatchObject({ name: 'SecureCookieError', code });
      }),
      { numRuns: 30 },
    );
  });
});

describe('what only a caller without types can do throws with a code', () => {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const settings = { source: memoryRevocations(), refreshEvery: 2, maxStale: 60 };
  const revocations = new SecureCookieRevocations(signer, settings);
  const mint = new CookieMint({ secret: SECRET });

  it.each<[string, string, () => unknown]>([
    ['a schema that is null', 'option', () => defineSecureCookie('a', { schema: null } as never)],
    ['a list for a header', 'option', () => new SecureCookieReader(signer, ['a=1'] as never)],
    ['null for a header', 'option', () => new SecureCookieReader(signer, null as never)],
    ['a jar without a request', 'option', () => new SecureCookieJar({ signer } as never)],
    ['a jar without a signer', 'option', () => new SecureCookieJar({} as never)],
    [
      'a factory that is none',
      'option',
      () => SecureCookieModule.forRootAsync({ useFactory: 5 } as never),
    ],
    [
      'a class that is null',
      'option',
      () => SecureCookieModule.forRootAsync({ useClass: null } as never),
    ],
    [
      'inject that is no list',
      'option',
      () => SecureCookieModule.forRootAsync({ useFactory: () => SECRET, inject: 5 } as never),
    ],
    ['a mint without a definition', 'name', () => mint.valid(undefined as never, 'a')],
    ['a mint with an object', 'name', () => mint.expired({} as never, 'a')],
    ['a mint that revokes a name', 'name', () => mint.revoked(revocations, 'a' as never, 'b')],
    [
      'revocations that are no function',
      'option',
      () => createTestJar({ revocations: 5 } as never),
    ],
  ])('%s: %s', (_what, code, call) => {
    expect(thrownBy(call)).toMatchObject({ name: 'SecureCookieError', code });
  });

  it.each([undefined, null, 'session', {}])('revoking %p: name', async (definition) => {
    await expect(revocations.revoke(definition as never, 'a')).rejects.toMatchObject({
      code: 'name',
    });
    await expect(revocations.revokeAll(definition as never)).rejects.toMatchObject({
      code: 'name',
    });
  });
});

describe('a key record', () => {
  it('is read by its own entries alone', () => {
    const record = Object.create({ 1: OTHER_SECRET }, { 2: { value: SECRET, enumerable: true } });

    expect(thrownBy(() => new SecureCookieSigner({ secret: record, keyVersion: 2 }))).toMatchObject(
      { code: 'option' },
    );
  });

  it('refuses the key "__proto__", and quotes no secret', () => {
    const secret = JSON.parse(`{"1":"${SECRET}","__proto__":"${OTHER_SECRET}"}`);
    const error = thrownBy(() => new SecureCookieSigner({ secret, keyVersion: 1 }));

    expect(error).toMatchObject({ code: 'key-version' });
    expect(error.message).not.toContain(OTHER_SECRET);
  });
});
