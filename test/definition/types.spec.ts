import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  cookieSignature,
  defineSecureCookie,
  SecureCookieJar,
  SecureCookieReader,
  tornadoV1,
  type SecureCookieAcceptedFormat,
  type SecureCookieJsonValue,
  type SecureCookieInput,
  type SecureCookieValue,
} from 'nestjs-secure-cookie';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { mint } from '../support/defined-cookies.js';
import { RecordedLog } from '../support/recorded-log.js';
import { SECRET } from '../support/secrets.js';
import { signer } from '../support/signed-cookies.js';
import { thrownBy } from '../support/thrown-by.js';

/**
 * What the compiler says of definitions: `npm run typecheck` fails where a type is another than is
 * written here, and where a line below `@ts-expect-error` compiles.
 */

/** Whether two types are the same: each fits the other, and neither is `any`. */
type Same<One, Other> = 0 extends 1 & One
  ? false
  : [One, Other] extends [Other, One]
    ? true
    : false;

/** A jar of Node's own request and response, which no network carries. */
function emptyJar(): { readonly jar: SecureCookieJar; readonly response: ServerResponse } {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const jar = new SecureCookieJar({
    signer,
    request,
    response,
    isSecureConnection: () => false,
    logger: new RecordedLog(),
  });
  return { jar, response };
}

const until = new Date('2100-01-01');

const Text = defineSecureCookie('text', { path: '/shop' });
const Bytes = defineSecureCookie('bytes', { codec: 'bytes' });
const Json = defineSecureCookie('json', { codec: 'json' });
const Zod = defineSecureCookie('zod', {
  schema: z.object({ size: z.string().transform(Number), theme: z.string().default('light') }),
});
const Valibot = defineSecureCookie('valibot', {
  schema: v.object({ size: v.pipe(v.string(), v.transform(Number)) }),
});
const Arktype = defineSecureCookie('arktype', {
  schema: type({ size: 'string.numeric.parse' }),
});
const Revocable = defineSecureCookie('revocable', {
  schema: z.object({ size: z.string().transform(Number) }),
  revocableBy: (value) => {
    true satisfies Same<typeof value, { size: number }>;
    return [`size:${value.size.toFixed(0)}`];
  },
});
const RevocableText = defineSecureCookie('revocable', {
  maxAge: 60,
  revocableBy: (value) => [value.toLowerCase()],
});
const RevocableBytes = defineSecureCookie('revocable', {
  codec: 'bytes',
  revocableBy: ({ length }) => [`length:${length.toFixed(0)}`],
});
const Length = defineSecureCookie('length', {
  codec: 'bytes',
  schema: z.instanceof(Uint8Array<ArrayBufferLike>).transform(({ length }) => length),
});

describe('the types of a definition', () => {
  it('are those of its codec, or of its schema', () => {
    const same: readonly true[] = [
      true satisfies Same<SecureCookieInput<typeof Text>, string>,
      true satisfies Same<SecureCookieValue<typeof Text>, string>,
      true satisfies Same<SecureCookieInput<typeof Bytes>, Uint8Array>,
      true satisfies Same<SecureCookieValue<typeof Bytes>, Uint8Array>,
      true satisfies Same<SecureCookieInput<typeof Json>, SecureCookieJsonValue>,
      true satisfies Same<SecureCookieValue<typeof Json>, SecureCookieJsonValue>,
      true satisfies Same<
        SecureCookieInput<typeof Zod>,
        { size: string; theme?: string | undefined }
      >,
      true satisfies Same<SecureCookieValue<typeof Zod>, { size: number; theme: string }>,
      true satisfies Same<SecureCookieInput<typeof Valibot>, { size: string }>,
      true satisfies Same<SecureCookieValue<typeof Valibot>, { size: number }>,
      true satisfies Same<SecureCookieInput<typeof Arktype>, { size: string }>,
      true satisfies Same<SecureCookieValue<typeof Arktype>, { size: number }>,
      true satisfies Same<SecureCookieValue<typeof Length>, number>,
      true satisfies Same<SecureCookieInput<typeof Revocable>, { size: string }>,
      true satisfies Same<SecureCookieValue<typeof Revocable>, { size: number }>,
      true satisfies Same<SecureCookieValue<typeof RevocableText>, string>,
      true satisfies Same<SecureCookieValue<typeof RevocableBytes>, Uint8Array>,
    ];

    expect(same).toHaveLength(17);
  });

  it('are what reading gives, or undefined', () => {
    const reader = new SecureCookieReader(signer, mint.valid(Zod, { size: '12' }));
    const value: { size: number; theme: string } | undefined = reader.get(Zod);
    // @ts-expect-error: there may be no valid cookie
    const certain: { size: number; theme: string } = reader.get(Zod);
    const result = reader.verify(Zod);
    // @ts-expect-error: there is no value before it is known to be valid
    const early: unknown = result.value;

    expect(value).toEqual({ size: 12, theme: 'light' });
    expect(certain).toEqual(early);
  });

  it.each<[string, (jar: SecureCookieJar) => unknown]>([
    // @ts-expect-error: text
    ['a number for text', (jar) => jar.set(Text, 1)],
    // @ts-expect-error: text
    ['bytes for text', (jar) => jar.set(Text, Uint8Array.of(1))],
    // @ts-expect-error: bytes
    ['text for bytes', (jar) => jar.set(Bytes, 'text')],
    // @ts-expect-error: what JSON can say
    ['undefined for JSON', (jar) => jar.set(Json, undefined)],
    // @ts-expect-error: what JSON can say
    ['a BigInt for JSON', (jar) => jar.set(Json, { count: 1n })],
    // @ts-expect-error: the schema's input
    ['the output of a schema', (jar) => jar.set(Zod, { size: 12 })],
    // @ts-expect-error: a member is missing
    ['half of it', (jar) => jar.set(Valibot, {})],
    // @ts-expect-error: text
    ['another type', (jar) => jar.set(Arktype, { size: 12 })],
  ])('setting refuses %s, when compiling and when it runs', (_what, set) => {
    const { jar } = emptyJar();

    expect(thrownBy(() => set(jar))).toMatchObject({ code: 'value' });
  });

  it('the path and the age are the definition’s: whoever names others is told', () => {
    const { jar } = emptyJar();
    const attribute = expect.objectContaining({ code: 'attribute' });
    const option = expect.objectContaining({ code: 'option' });

    // @ts-expect-error: the path is the definition's
    expect(() => jar.set(Text, 'text', { path: '/' })).toThrow(option);
    // @ts-expect-error: the path is the definition's
    expect(() => jar.clear(Text, { path: '/' })).toThrow(attribute);
    // @ts-expect-error: the age is the definition's
    expect(() => jar.get(Text, { maxAge: 0 })).toThrow(option);
  });

  it('a login chooses with yes or no, and only where there is a definition', () => {
    const { jar } = emptyJar();
    const option = expect.objectContaining({ code: 'option' });
    const attribute = expect.objectContaining({ code: 'attribute' });

    expect(() => jar.set(Text, 'text', { persistent: false })).not.toThrow();
    // @ts-expect-error: it is yes or no
    expect(() => jar.set(Text, 'text', { persistent: 1 })).toThrow(option);
    // @ts-expect-error: there, maxAge: null says it
    expect(() => jar.set('text', 'text', { persistent: false })).toThrow(attribute);
  });

  it('setting and clearing use the definition’s path', () => {
    const [set, cleared] = [emptyJar(), emptyJar()];
    set.jar.set(Text, 'text');
    cleared.jar.clear(Text);

    for (const { response } of [set, cleared]) {
      response.writeHead(200);
      expect(response.getHeader('Set-Cookie')).toEqual([expect.stringContaining('; Path=/shop;')]);
    }
  });
});

describe('the compiler, as the constructor, refuses a definition', () => {
  const nameless = cookieSignature({ secrets: [SECRET], until });
  const named = tornadoV1({ secret: SECRET, until });
  const own: SecureCookieAcceptedFormat = {
    until,
    secrets: [],
    bindsName: false,
    read: () => undefined,
  };

  it.each<[string, () => unknown]>([
    // @ts-expect-error: renewal needs an end
    ['renewAfter without absoluteMaxAge', () => defineSecureCookie('a', { renewAfter: 60 })],
    // @ts-expect-error: renewal needs an end
    ['renew without absoluteMaxAge', () => defineSecureCookie('a', { renew: true })],
    // @ts-expect-error: the format does not bind the name
    ['cookieSignature without a schema', () => defineSecureCookie('a', { accepts: [nameless] })],
    [
      'cookieSignature beside a format that binds it',
      // @ts-expect-error: one of them does not bind the name
      () => defineSecureCookie('a', { accepts: [named, nameless] }),
    ],
    [
      'cookieSignature with bytes, without a schema',
      // @ts-expect-error: the format does not bind the name
      () => defineSecureCookie('a', { codec: 'bytes', accepts: [nameless] }),
    ],
    // @ts-expect-error: it says that it does not
    ['a format of one’s own that binds no name', () => defineSecureCookie('a', { accepts: [own] })],
    [
      'revocableBy of something that is no function',
      // @ts-expect-error: a function
      () => defineSecureCookie('a', { revocableBy: ['user'] }),
    ],
    [
      'with a codec that there is not',
      // @ts-expect-error: text, bytes or json
      () => defineSecureCookie('a', { codec: 'xml' }),
    ],
  ])('%s', (_what, define) => {
    expect(thrownBy(define)).toMatchObject({ code: 'option' });
  });

  it('but not one that has what it needs', () => {
    expect([
      defineSecureCookie('a', { accepts: [named] }).codec,
      defineSecureCookie('a', { accepts: [named, nameless, own], schema: z.string() }).codec,
      defineSecureCookie('a', { renew: true, absoluteMaxAge: 60, renewOn: 'navigation' }).codec,
    ]).toEqual(['text', 'json', 'text']);
  });
});
