import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../lib/signing/digest.js';

describe('the digest that stands for a text', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb924'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223'],
  ])('is the first half of the SHA-256 that NIST publishes: %j', (text, digest) => {
    expect(digestOf(text)).toBe(digest);
  });

  it('is of the UTF-8 bytes', () => {
    const whole = createHash('sha256').update(Buffer.from('naïve 🍪', 'utf8')).digest('hex');

    expect(digestOf('naïve 🍪')).toBe(whole.slice(0, 32));
  });
});
