/** A code that is a word, as Node's and ours are; anything else might quote what it is about. */
const CODE = /^[\w-]{1,64}$/;

/**
 * What a log may say of an error: its name and code. Messages quote their input (`JSON.parse`), and
 * that may be a secret or a cookie's value.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return `a thrown ${typeof error}`;
  }
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? `${error.name} '${code}'` : error.name;
}
