import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { defineSecureCookie, type SecureCookieStandardSchema } from 'nestjs-secure-cookie';
import * as v from 'valibot';
import { z } from 'zod';
import { mint, payloadOf, readHeader, readPayload } from '../support/defined-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

interface Settings {
  readonly theme: 'light' | 'dark';
  readonly size: string;
}

/** What was given, and what reading makes of it: the size is text in the cookie and a number here. */
type ReadSettings = Settings | { readonly theme: 'light' | 'dark'; readonly size: number };

const libraries: readonly {
  readonly library: string;
  readonly settings: SecureCookieStandardSchema<Settings, ReadSettings>;
  readonly theme: SecureCookieStandardSchema<string, string>;
  readonly oneByte: SecureCookieStandardSchema<Uint8Array, Uint8Array>;
}[] = [
  {
    library: 'zod',
    settings: z.object({ theme: z.enum(['light', 'dark']), size: z.string().transform(Number) }),
    theme: z.string().regex(/^(?:light|dark)$/),
    oneByte: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 1),
  },
  {
    library: 'valibot',
    settings: v.object({
      theme: v.picklist(['light', 'dark']),
      size: v.pipe(v.string(), v.transform(Number)),
    }),
    theme: v.pipe(v.string(), v.regex(/^(?:light|dark)$/)),
    oneByte: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length === 1),
    ),
  },
  {
    library: 'arktype',
    settings: type({ theme: "'light' | 'dark'", size: type('string').pipe(Number) }),
    theme: type('/^(?:light|dark)$/'),
    oneByte: type.instanceOf(Uint8Array).narrow((bytes) => bytes.length === 1),
  },
];

describe.each(libraries)('a schema of $library', ({ settings, theme, oneByte }) => {
  const Settings = defineSecureCookie('settings', { schema: settings });
  const Theme = defineSecureCookie('theme', { schema: theme, codec: 'text' });
  const OneByte = defineSecureCookie('byte', { schema: oneByte, codec: 'bytes' });

  it('stores what set is given, and reading gives what the schema makes of it', () => {
    const header = mint.valid(Settings, { theme: 'dark', size: '12' });

    expect(payloadOf(header).toString()).toBe('{"theme":"dark","size":"12"}');
    expect(readHeader(Settings, header)).toMatchObject({
      valid: true,
      value: { theme: 'dark', size: 12 },
    });
  });

  it.each([
    ['a wrong member', { theme: 'blue', size: '12' }],
    ['a missing member', { theme: 'dark' }],
    ['what reading gives, which is not what set takes', { theme: 'dark', size: 12 }],
    ['another type', 'dark'],
    ['null', null],
    ['undefined', undefined],
  ])('%s is refused where it is set, by code', (_what, value) => {
    expect(thrownBy(() => mint.valid(Settings, value as never))).toMatchObject({
      name: 'SecureCookieError',
      code: 'value',
    });
  });

  it.each([
    ['a wrong member', '{"theme":"blue","size":"12"}'],
    ['a missing member', '{"theme":"dark"}'],
    ['what an older release stored', '["dark",12]'],
    ['null', 'null'],
    ['a member that only a prototype has', '{"__proto__":{"theme":"dark","size":"12"}}'],
  ])('%s in a signed cookie is absent, with the reason "schema"', (_what, stored) => {
    expect(readPayload(Settings, stored)).toEqual({ valid: false, reason: 'schema' });
  });

  it('a payload that is not JSON is "encoding": the schema is not asked', () => {
    expect(readPayload(Settings, 'dark')).toEqual({ valid: false, reason: 'encoding' });
  });

  it('judges text where the codec is text', () => {
    expect(readHeader(Theme, mint.valid(Theme, 'dark'))).toMatchObject({ value: 'dark' });
    expect(thrownBy(() => mint.valid(Theme, 'blue'))).toMatchObject({ code: 'value' });
    expect(readPayload(Theme, 'blue')).toEqual({ valid: false, reason: 'schema' });
  });

  it('judges bytes where the codec is bytes', () => {
    const value = Uint8Array.of(0xff);

    expect(readHeader(OneByte, mint.valid(OneByte, value))).toMatchObject({ value });
    expect(thrownBy(() => mint.valid(OneByte, new Uint8Array(2)))).toMatchObject({ code: 'value' });
    expect(readPayload(OneByte, 'ab')).toEqual({ valid: false, reason: 'schema' });
  });
});

describe('a value that does not fit', () => {
  const Cart = defineSecureCookie('cart', {
    schema: z.object({ items: z.array(z.object({ count: z.number() })) }),
  });

  const Sizes = z.record(z.string(), z.number());

  it.each<[string, () => unknown]>([
    ['a member', () => mint.valid(Cart, { items: [{ count: 'a secret value' }] } as never)],
    [
      'a key of a record, of which the path is the key',
      () =>
        mint.valid(defineSecureCookie('sizes', { schema: Sizes }), {
          'a secret\r\nvalue': 'x',
        } as never),
    ],
    [
      'a key of a record of valibot, whose paths are objects',
      () =>
        mint.valid(defineSecureCookie('sizes', { schema: v.record(v.string(), v.number()) }), {
          'a secret\r\nvalue': 'x',
        } as never),
    ],
    [
      'a message of the schema itself',
      () =>
        mint.valid(
          defineSecureCookie('name', {
            schema: z
              .string()
              .refine(() => false, { error: ({ input }) => `not ${String(input)}` }),
          }),
          'a secret value',
        ),
    ],
  ])('is not quoted, nor are its keys: %s', (_what, set) => {
    const error = thrownBy(set);

    expect(error).toMatchObject({ code: 'value' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/a secret/);
  });

  it('is refused as well where it fits, but not as it would be read back', () => {
    const Since = defineSecureCookie('since', { schema: z.date() });

    expect(thrownBy(() => mint.valid(Since, new Date(0)))).toMatchObject({ code: 'value' });
  });
});

const asynchronous: readonly (readonly [string, SecureCookieStandardSchema<string>])[] = [
  ['zod', z.string().refine(async () => true)],
  [
    'valibot',
    v.pipeAsync(
      v.string(),
      v.checkAsync(async () => true),
    ),
  ],
  [
    'valibot, and rejects',
    v.pipeAsync(
      v.string(),
      v.checkAsync(async () => Promise.reject(new Error('no database'))),
    ),
  ],
];

describe.each(asynchronous)('a schema that validates asynchronously, of %s,', (_, schema) => {
  const Name = defineSecureCookie('name', { schema });

  it('is a typed error at its first use, and no unhandled rejection', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): number => rejections.push(reason);
    process.on('unhandledRejection', note);

    expect(thrownBy(() => mint.valid(Name, 'alice'))).toMatchObject({ code: 'schema-async' });
    expect(thrownBy(() => readPayload(Name, '"alice"'))).toMatchObject({ code: 'schema-async' });

    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it('is not asked about a cookie that nobody signed', () => {
    expect(readHeader(Name, 'name="alice"')).toEqual({ valid: false, reason: 'malformed' });
  });
});

/** A schema of nobody's: what it validates with is given. */
const schemaOf = (validate: (value: unknown) => unknown): SecureCookieStandardSchema<string> => ({
  '~standard': { version: 1, vendor: 'test', validate: validate as never },
});

/** A result whose property throws when it is read. */
function throwingAt(name: string, result: object): object {
  return Object.defineProperty(result, name, {
    enumerable: true,
    get: () => {
      throw new TypeError('it was disposed of');
    },
  });
}

describe('a schema that breaks its contract', () => {
  it('with a promise of another realm is found out all the same', () => {
    const foreign: unknown = runInNewContext('Promise.resolve({ value: "alice" })');
    const Name = defineSecureCookie('name', { schema: schemaOf(() => foreign) });

    expect(foreign).not.toBeInstanceOf(Promise);
    expect(thrownBy(() => readPayload(Name, '"alice"'))).toMatchObject({ code: 'schema-async' });
  });

  it('by throwing refuses the value, where it is set and where it is read', () => {
    const Name = defineSecureCookie('name', {
      schema: schemaOf(() => {
        throw new TypeError('value.trim is not a function');
      }),
    });

    expect(thrownBy(() => mint.valid(Name, 'alice'))).toMatchObject({ code: 'value' });
    expect(readPayload(Name, '"alice"')).toEqual({ valid: false, reason: 'schema' });
  });

  it.each([
    ['true', true],
    ['false', false],
    ['null', null],
    ['undefined', undefined],
    ['a text', 'alice'],
    ['a number', 1],
    ['an object without a value', {}],
    ['issues beside a value', { value: 'alice', issues: [] }],
    ['null for issues', { value: 'alice', issues: null }],
    ['a value that throws', throwingAt('value', {})],
    ['issues that throw', throwingAt('issues', { value: 'alice' })],
    ['a "then" that throws', throwingAt('then', { value: 'alice' })],
  ])('by returning %s accepts nothing: a predicate is not a schema', (_what, result) => {
    const Name = defineSecureCookie('name', { schema: schemaOf(() => result) });

    expect(thrownBy(() => mint.valid(Name, 'alice'))).toMatchObject({ code: 'value' });
    expect(readPayload(Name, '"alice"')).toEqual({ valid: false, reason: 'schema' });
  });

  it.each([
    ['undefined', { value: undefined }],
    [
      'one of its class',
      new (class {
        get value(): undefined {
          return undefined;
        }
      })(),
    ],
  ])('is kept by the value %s', (_what, result) => {
    const Name = defineSecureCookie('name', { schema: schemaOf(() => result) });

    expect(readPayload(Name, '"alice"')).toMatchObject({ valid: true, value: undefined });
  });
});
