import { asBuffer } from './own-bytes.js';

/**
 * Secrets that are long enough but easy to guess: those that documentation prints, and repetitions of
 * short ones.
 */

/** Published samples of at least 32 bytes; shorter ones are refused for their length. */
const PUBLISHED = new Set(
  [
    // Tornado's guide, and its demos (see also below).
    '__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__',
    'L8LwECiNRxq2N0N2eGxx9MZlrpmuMEimlydNX/vt1LM=',
    // @fastify/secure-session, and Nest's page on sessions after it.
    'averylogphrasebiggerthanthirtytwochars',
  ].map(normalized),
);

/** Tornado's demos, and this project's sample, vary the first two digits of one value. */
const TORNADO_DEMO = /^[0-9]{2}oetzkxqagaydkl5gemgejjfuyh7eqnp2xdtp1o\/vo$/;

/**
 * A text that says how long it should be is a placeholder: iron-session's
 * `complex_password_at_least_32_characters_long`, @fastify/session's `a secret with minimum length of 32
 * characters`.
 */
const PLACEHOLDER = /(?:at.?least|min(?:imum)?(?:.?length)?(?:.?of)?).?32.?(?:bytes|char)/;

/**
 * Whether documentation prints a secret: as it is, in another case, between quotes or spaces, without
 * padding, in the url-safe alphabet, or as base64 whose bytes are the secret.
 */
export function isPublished(secret: Uint8Array): boolean {
  const bytes = asBuffer(secret);
  return [bytes.toString('latin1'), bytes.toString('base64')]
    .map(normalized)
    .some((text) => PUBLISHED.has(text) || TORNADO_DEMO.test(text) || PLACEHOLDER.test(text));
}

/**
 * How many bytes a secret repeats to its end, such as 9 in `'undefined'.repeat(4)`; `undefined` if it
 * does not repeat at most `most` bytes.
 */
export function repeatedLength(secret: Uint8Array, most: number): number | undefined {
  for (let length = 1; length <= Math.min(most, secret.length / 2); length += 1) {
    if (secret.every((byte, index) => index < length || byte === secret[index - length])) {
      return length;
    }
  }
  return undefined;
}

function normalized(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/^[\s"'`]+/, '')
    .replace(/[\s"'`=]+$/, '');
}
