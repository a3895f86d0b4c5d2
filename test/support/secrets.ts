/** Secrets for tests, long enough to be accepted. */
export const SECRET = 'a secret for tests, of 32 bytes and more';
export const OTHER_SECRET = 'another secret for tests, of 32 bytes and more';

/** The secret of Tornado's own tests: too short, so allowed as weak. */
export const TORNADO_TEST_SECRET = "It's a secret to everybody";

/** The secret of Tornado's secure-cookie example, which is published and so allowed as weak. */
export const TORNADO_EXAMPLE_SECRET = '61oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo=';

/** As many bytes, none of which repeat what stands before them. Always the same ones for one length. */
export function distinctBytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => index * (index + 3) + (index >> 4)));
}

/** As many characters of ASCII, likewise. */
export function distinctText(length: number): string {
  return Array.from(distinctBytes(length), (byte) => String.fromCharCode(97 + (byte % 26))).join(
    '',
  );
}
