import { hash } from 'node:crypto';

/** In hexadecimal digits: 128 bits. */
const DIGEST_LENGTH = 32;

/**
 * The first 128 bits of the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal digits: what
 * stands for a text where others may read, and two texts with one digest must not be found.
 */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGEST_LENGTH);
}
