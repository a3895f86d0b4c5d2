import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeError, SecureCookieError } from '../lib/errors.js';

describe('SecureCookieError', () => {
  const cause = new Error('underneath');
  const error = new SecureCookieError('option', 'Give a number.', { cause });

  it('is an Error with a code to branch on, and a message for people', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe('option');
    expect(error.message).toBe('Give a number.');
  });

  it('passes on what led to it', () => {
    expect(error.cause).toBe(cause);
    expect('cause' in new SecureCookieError('option', 'Give a number.')).toBe(false);
  });

  it('prints its own name', () => {
    expect(String(error)).toBe('SecureCookieError: Give a number.');
    expect(error.stack).toContain('SecureCookieError: Give a number.');
  });
});

function named(name: unknown, code?: unknown): Error {
  return Object.defineProperties(new Error('message'), {
    name: { value: name },
    ...(code === undefined ? {} : { code: { value: code } }),
  });
}

function failing(property: string): Error {
  return Object.defineProperty(new Error('message'), property, {
    get() {
      throw new Error('message');
    },
  });
}

describe('what a log may say of an error', () => {
  it.each<[string, unknown, string]>([
    ['its name', new RangeError('message'), 'RangeError'],
    ['its name and code', named('TypeError', 'ENOENT'), "TypeError 'ENOENT'"],
    [
      'a code of ours',
      new SecureCookieError('secret-weak', 'no'),
      "SecureCookieError 'secret-weak'",
    ],
    ['a code of a database', named('DatabaseError', '23505'), "DatabaseError '23505'"],
    [
      'the long name of a class',
      named('ProvisionedThroughputExceededException'),
      'ProvisionedThroughputExceededException',
    ],
    ['what else is thrown', 'message', 'a thrown string'],
    ['nothing', undefined, 'a thrown undefined'],
  ])('%s', (_, error, description) => {
    expect(describeError(error)).toBe(description);
  });

  it.each<[string, unknown]>([
    ['a message for a name', named('Cannot read message')],
    ['a name with a line break', named('Error\nmessage')],
    ['a secret in base64', named(randomBytes(32).toString('base64'))],
    ['a secret in base64url', named(randomBytes(32).toString('base64url'))],
    ['a secret in hexadecimal digits', named(randomBytes(32).toString('hex'))],
    ['a secret of letters', named('message'.repeat(5))],
    ['a secret of 32 characters', named('a'.repeat(32))],
    ['a secret of digits', named('1234567890'.repeat(4))],
    ['an object', named({ toString: () => 'message' })],
    ['nothing', named(undefined)],
    ['an empty text', named('')],
  ])('not %s, for a name or a code', (_, error) => {
    const { name } = error as Error;

    expect(describeError(error)).toBe('Error');
    expect(describeError(named('TypeError', name))).toBe('TypeError');
  });

  it.each<[string, unknown]>([
    ['a name that throws', failing('name')],
    ['a code that throws', failing('code')],
    [
      'a prototype that throws',
      new Proxy(new Error('message'), {
        getPrototypeOf() {
          throw new Error('message');
        },
      }),
    ],
  ])('and nothing more of one with %s', (_, error) => {
    expect(describeError(error)).toBe('an error that cannot be read');
  });
});
