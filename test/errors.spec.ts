import { describe, expect, it } from '@jest/globals';
import { SecureCookieError } from '../lib/errors.js';

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
