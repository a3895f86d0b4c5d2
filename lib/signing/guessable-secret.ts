import { asBuffer } from './own-bytes.js';

/**
 * Secrets that are long enough and still no secrets: those that documentation prints, and short ones
 * that are repeated.
 */

/** Samples of 32 bytes and more; the shorter ones are refused for their length. */
const PUBLISHED = new Set(
  [
    // Tornado's guide, and its demos (see also below).
    '__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__',
    'L8LwECiNRxq2N0N2eGxx9MZlrpmuMEimlydNX/vt1LM=',
    // iron-session's examples.
    'complex_password_at_least_32_characters_long',
    // @fastify/secure-session, and Nest's page on sessions after it.
    'averylogphrasebiggerthanthirtytwochars',
    // @fastify/session, and fastify-session before it.
    'a secret with minimum length of 32 characters',
  ].map(normalized),
);

/** Of Tornado's demos, this project's sample among them: they vary the first two digits of one value. */
const TORNADO_DEMO = /^[0-9]{2}oetzkxqagaydkl5gemgejjfuyh7eqnp2xdtp1o\/vo$/;

/** A text that says how long it should be is a placeholder: `change_me_at_least_32_characters`. */
const PLACEHOLDER = /(?:at.?least|min(?:imum)?(?:.?length)?(?:.?of)?).?32.?(?:bytes|char)/;

/**
 * Whether documentation prints a secret: as it is, in other case, between quotes or spaces, without
 * padding, in the url-safe alphabet, or as the bytes behind its base64.
 */
export function isPublished(secret: Uint8Array): boolean {
  const bytes = asBuffer(secret);
  return [bytes.toString('latin1'), bytes.toString('base64')]
    .map(normalized)
    .some((text) => PUBLISHED.has(text) || TORNADO_DEMO.test(text) || PLACEHOLDER.test(text));
}

/**
 * How many bytes of a secret are repeated to the end, as 9 in `'undefined'.repeat(4)`, or `undefined`
 * where it is no repetition of so few.
 *
 * @param most - the longest that counts
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
