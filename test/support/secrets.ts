/** Secrets for tests, long enough to be accepted. */
export const SECRET = 'a secret for tests, of 32 bytes and more';
export const OTHER_SECRET = 'another secret for tests, of 32 bytes and more';

/** The secret of Tornado's own tests: too short, so allowed as weak. */
export const TORNADO_TEST_SECRET = "It's a secret to everybody";

/** The secret of Tornado's secure-cookie example, which is published and so allowed as weak. */
export const TORNADO_EXAMPLE_SECRET = '61oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo=';
