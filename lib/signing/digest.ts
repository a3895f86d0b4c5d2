import { hash } from 'node:crypto';

/** In hexadecimal digits: 128 bits. */
const DIGEST_LENGTH = 32;

/**
 * The first 128 bits of the SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal digits. They
 * stand for a text where others may read; finding two texts with the same digest must be infeasible.
 */
export function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGEST_LENGTH);
}
