import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isPublished, repeatedLength } from '../../lib/signing/guessable-secret.js';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { PUBLISHED_SECRET } from '../../sample/published-secret.js';

const published = [
  ['this sample', PUBLISHED_SECRET],
  ['Tornado’s demos', '11oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo='],
  ['Tornado’s other demos', 'L8LwECiNRxq2N0N2eGxx9MZlrpmuMEimlydNX/vt1LM='],
  ['Tornado’s guide', '__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__'],
  ['iron-session', 'complex_password_at_least_32_characters_long'],
  [
    '@fastify/secure-session, and Nest’s page on sessions',
    'averylogphrasebiggerthanthirtytwochars',
  ],
  ['@fastify/session', 'a secret with minimum length of 32 characters'],
  ['a placeholder that says how long it should be', 'replace-me-with-at-least-32-bytes!'],
] as const;

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe.each(published)('the secret of %s', (_, secret) => {
  it.each([
    ['as it is', secret],
    ['in lower case', secret.toLowerCase()],
    ['in upper case', secret.toUpperCase()],
    ['without padding', secret.replace(/=+$/, '')],
    ['in the url-safe alphabet', secret.replaceAll('/', '_').replaceAll('+', '-')],
    ['in double quotes', `"${secret}"`],
    ['in single quotes', `'${secret}'`],
    ['in quotes and spaces', ` " ${secret}" `],
    ['with a line break', `${secret}\n`],
  ])('is known %s', (__, disguised) => {
    expect(isPublished(latin1(disguised))).toBe(true);
    expect(() => new SecureCookieSigner({ secret: latin1(disguised) })).toThrow(
      expect.objectContaining({ name: 'SecureCookieError', code: 'secret-weak' }),
    );
  });
});

describe('the secrets that are base64', () => {
  it.each(published.filter(([, secret]) => secret.endsWith('=')))(
    'of %s are known as their bytes',
    (_, secret) => {
      const decoded = Buffer.from(secret, 'base64');

      expect(decoded).toHaveLength(32);
      expect(isPublished(decoded)).toBe(true);
    },
  );
});

describe('a text that says how long it should be', () => {
  it.each([
    'atleast32bytes',
    'at least 32 characters',
    'AT_LEAST_32_CHARS',
    'at-least32 bytes',
    'at least 32bytes',
    'min32chars',
    'min 32 characters',
    'minimum 32 bytes',
    'minimum of 32 bytes',
    'minlength 32 chars',
    'min-length-32-chars',
    'minimum_length_of_32_bytes',
    'minimumlengthof32bytes',
  ])('is a placeholder, whatever stands around it: %s', (text) => {
    expect(isPublished(latin1(`k3v8-${text}-w9q4`))).toBe(true);
  });

  it.each([
    'at least 16 characters long, x3k9',
    'at most 32 characters long, x3k9',
    'at least 32 words long, x3k9 q2m4',
    'of a minimum length of 320 bytes!',
    '32 bytes, which nothing announces',
  ])('is none where a part is missing: %s', (text) => {
    expect(isPublished(latin1(text))).toBe(false);
  });
});

describe('what merely resembles a published secret', () => {
  it.each([
    ['with a space within', 'averylogphrase biggerthanthirtytwochars'],
    ['with padding within', 'averylogphrase=biggerthanthirtytwochars'],
    ['with quotes within', `L8LwECiNRxq2N0N2eGxx'"9MZlrpmuMEimlydNX/vt1LM=`],
    ['with something before it', 'my averylogphrasebiggerthanthirtytwochars'],
    ['with something behind it', 'averylogphrasebiggerthanthirtytwochars no 2'],
    ['a demo of Tornado with a letter before it', `x${PUBLISHED_SECRET}`],
    ['a demo of Tornado with a letter behind it', `${PUBLISHED_SECRET}x`],
  ])('is not refused: %s', (_, secret) => {
    expect(isPublished(latin1(secret))).toBe(false);
  });
});

describe('what is repeated in a secret', () => {
  it.each<[string, string, number | undefined]>([
    ['one character', 'x'.repeat(32), 1],
    ['the text "undefined"', 'undefined'.repeat(4), 9],
    ['the same, cut', 'undefined'.repeat(4).slice(0, 33), 9],
    ['the text of an object', '[object Object]'.repeat(3), 15],
    ['digits', '1234567890'.repeat(4), 10],
    ['two that are missing', 'undefined:undefined:undefined:undefined:', 10],
    ['31 characters', 'abcdefghijklmnopqrstuvwxyz12345'.repeat(2), 31],
    ['32 characters, which are enough', 'abcdefghijklmnopqrstuvwxyz123456'.repeat(2), undefined],
    ['one character, and another at the end', `${'x'.repeat(32)}y`, undefined],
    ['one character, and another in front', `y${'x'.repeat(32)}`, undefined],
    ['nothing', 'abcdefghijklmnopqrstuvwxyz123456', undefined],
  ])('%s: %j', (_, secret, length) => {
    expect(repeatedLength(latin1(secret), 31)).toBe(length);
  });
});

it('no random secret is published, or a repetition', () => {
  const secrets = fc.integer({ min: 32, max: 100 }).map((length) => randomBytes(length));
  fc.assert(
    fc.property(secrets, fc.constantFrom('base64', 'base64url', 'hex'), (secret, encoding) => {
      for (const bytes of [secret, latin1(secret.toString(encoding))]) {
        expect(isPublished(bytes)).toBe(false);
        expect(repeatedLength(bytes, 31)).toBeUndefined();
      }
    }),
  );
});
