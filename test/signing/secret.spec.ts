import { describe, expect, it } from '@jest/globals';
import { fingerprint } from '../../lib/signing/secret.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

describe('the fingerprint of a secret', () => {
  it('is one text for the same secret, given as text or as bytes', () => {
    expect(fingerprint(SECRET)).toBe(fingerprint(new TextEncoder().encode(SECRET)));
    expect(fingerprint(SECRET)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs for another secret', () => {
    expect(fingerprint(SECRET)).not.toBe(fingerprint(OTHER_SECRET));
  });
});
