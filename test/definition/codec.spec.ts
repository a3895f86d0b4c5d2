import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie, type SecureCookieCodec } from 'nestjs-secure-cookie';
import { z } from 'zod';
import { mint, payloadOf, readHeader, readPayload } from '../support/defined-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

const Text = defineSecureCookie('text');
const Bytes = defineSecureCookie('bytes', { codec: 'bytes' });
const Json = defineSecureCookie('json', { codec: 'json' });

describe('the codec of a definition', () => {
  it.each<[string, { readonly codec: SecureCookieCodec }, SecureCookieCodec]>([
    ['text, where nothing is said', defineSecureCookie('a'), 'text'],
    ['text, where it is named', defineSecureCookie('a', { codec: 'text' }), 'text'],
    ['bytes, where it is named', defineSecureCookie('a', { codec: 'bytes' }), 'bytes'],
    ['json, where it is named', defineSecureCookie('a', { codec: 'json' }), 'json'],
    ['json, where there is a schema', defineSecureCookie('a', { schema: z.string() }), 'json'],
    [
      'text, where it is named beside a schema',
      defineSecureCookie('a', { schema: z.string(), codec: 'text' }),
      'text',
    ],
  ])('is %s', (_case, { codec }, expected) => {
    expect(codec).toBe(expected);
  });

  it.each(['xml', 'JSON', '', null, 1, 'toString', '__proto__'])('cannot be %p', (codec) => {
    expect(thrownBy(() => defineSecureCookie('a', { codec: codec as never }))).toMatchObject({
      code: 'option',
    });
  });
});

describe('text', () => {
  it.each(['', 'alice', 'naïve 名前 🍪', '\ufeffmarked', '\0\r\n;', '"quoted"', '{}'])(
    '%j is stored as its UTF-8 bytes, and read back',
    (value) => {
      const header = mint.valid(Text, value);

      expect(payloadOf(header)).toEqual(Buffer.from(value));
      expect(readHeader(Text, header)).toMatchObject({ valid: true, value });
    },
  );

  it.each([undefined, null, 1, true, {}, Object('alice'), Uint8Array.of(97), 'a\ud83c'])(
    '%p is refused where it is set',
    (value) => {
      expect(thrownBy(() => mint.valid(Text, value as never))).toMatchObject({
        name: 'SecureCookieError',
        code: 'value',
      });
    },
  );

  it.each([
    ['a byte that UTF-8 never has', [0xff]],
    ['a character cut short', [0xf0, 0x9f, 0x8d]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an encrypted payload', [0xff, 0x01, ...Array<number>(40).fill(0)]],
  ])('%s is not text: absent with the reason "encoding"', (_what, bytes) => {
    expect(readPayload(Text, Uint8Array.from(bytes))).toEqual({
      valid: false,
      reason: 'encoding',
    });
  });
});

describe('bytes', () => {
  it.each([
    ['none', []],
    ['that are no UTF-8', [0xff, 0x00, 0xed, 0xa0, 0x80]],
    ['that begin like the date of a first issue', [0xfe, 0x01, 0, 0, 0, 0, 1, 97]],
    ['that begin like an encrypted payload', [0xff, 0x01, ...Array<number>(40).fill(0)]],
  ])('%s come back as they are', (_what, bytes) => {
    const header = mint.valid(Bytes, Uint8Array.from(bytes));

    expect(payloadOf(header)).toEqual(Buffer.from(bytes));
    expect(readHeader(Bytes, header)).toMatchObject({
      valid: true,
      value: Uint8Array.from(bytes),
    });
  });

  it('are a Uint8Array that owns its memory, and no Buffer', () => {
    const result = readPayload(Bytes, Uint8Array.of(1, 2, 3));

    expect(result.valid && result.value.buffer.byteLength).toBe(3);
    expect(Buffer.isBuffer(result.valid && result.value)).toBe(false);
  });

  it.each(['alice', undefined, null, [1, 2], new ArrayBuffer(2), Uint16Array.of(1), 7])(
    '%p is refused where it is set',
    (value) => {
      expect(thrownBy(() => mint.valid(Bytes, value as never))).toMatchObject({ code: 'value' });
    },
  );
});

describe('json', () => {
  it.each([
    [null, 'null'],
    [true, 'true'],
    [0, '0'],
    ['alice', '"alice"'],
    [[], '[]'],
    [{ items: [{ article: 'apple', count: 2 }] }, '{"items":[{"article":"apple","count":2}]}'],
    ['\ud83c', '"\\ud83c"'],
  ])('%j is stored as JSON and read back', (value, stored) => {
    const header = mint.valid(Json, value);

    expect(payloadOf(header).toString()).toBe(stored);
    expect(readHeader(Json, header)).toMatchObject({ valid: true, value });
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const throwing = {
    toJSON: () => {
      throw new RangeError('not today');
    },
  };

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a BigInt', 1n],
    ['a cycle', cycle],
    ['what throws when it is written', throwing],
  ])('%s is refused where it is set', (_what, value) => {
    expect(thrownBy(() => mint.valid(Json, value as never))).toMatchObject({ code: 'value' });
  });

  const keyed: { aSecretKey?: unknown } = {};
  keyed.aSecretKey = keyed;

  it.each([
    ['a toJSON that quotes it', { toJSON: () => JSON.parse('{"a secret') }, 'SyntaxError'],
    ['a cycle, of which JSON.stringify names the key', keyed, 'TypeError'],
    ['a getter that quotes it', gettingASecret(), 'RangeError'],
  ])('the error of what cannot be written quotes nothing of it: %s', (_what, value, kind) => {
    const error = thrownBy(() => mint.valid(Json, value as never));

    expect(error.message).toContain(`cannot be written as JSON (${kind})`);
    expect(error).not.toHaveProperty('cause');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/a ?secret/i);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"items":['],
    ['single quotes', "{'a':1}"],
    ['a trailing comma', '[1,]'],
    ['a comment', '1//'],
    ['NaN', 'NaN'],
    ['undefined', 'undefined'],
    ['two values', '1 2'],
    ['a byte order mark', '\ufeff1'],
    ['JavaScript', 'new Date()'],
  ])('%s is not JSON: absent with the reason "encoding"', (_what, stored) => {
    expect(readPayload(Json, stored)).toEqual({ valid: false, reason: 'encoding' });
  });

  it('bytes that are not UTF-8 are not JSON', () => {
    expect(readPayload(Json, Uint8Array.of(0x22, 0xff, 0x22))).toEqual({
      valid: false,
      reason: 'encoding',
    });
  });

  it('"__proto__" is a property like any other, and reaches no prototype', () => {
    const result = readPayload(Json, '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}');
    const value: object = Object(result.valid && result.value);

    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.getPrototypeOf(JSON.parse('{}')));
    expect(Reflect.get(value, 'admin')).toBeUndefined();
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('there are no revivers: a date stays text', () => {
    expect(readPayload(Json, '"2026-01-01T00:00:00.000Z"')).toMatchObject({
      value: '2026-01-01T00:00:00.000Z',
    });
  });
});

function gettingASecret(): object {
  return {
    get name(): string {
      throw new RangeError('not a secret');
    },
  };
}
