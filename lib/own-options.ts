import { SecureCookieError } from './errors.js';
import { isObjectPrototype, memberOf } from './own-member.js';

/** Every option of an entrance as an own property, so that none is looked up in a prototype. */
export type OwnOptions<Options> = { [Name in keyof Options]-?: Options[Name] | undefined };

/** What messages call an option, by the code of the error. */
const NOUNS = { option: 'option', attribute: 'cookie attribute' } as const;

/** A longer name is not quoted: it may be a secret that was passed in its place. */
const MAX_QUOTED_LENGTH = 40;

/**
 * Copies the options that an entrance is given, so that the values that are checked are those used.
 *
 * - only own enumerable properties count, and nothing that pollutes `Object.prototype`
 * - each is read once, so that a getter cannot return one value to the check and another to the user
 * - only plain objects, of any realm: an array, a Map or an instance of a class, whose accessors are on
 *   its prototype, would pass for an object without options
 * - an unknown name throws: otherwise a misspelt `maxAge` would silently mean the default
 *
 * @param given - what the caller passed
 * @param blank - returns an object with every option that the entrance knows, each `undefined`
 * @param code - the code of the errors
 * @throws {@link SecureCookieError} `option` or `attribute`, as `code` says
 */
export function ownOptions<Options extends object>(
  given: Options,
  blank: () => OwnOptions<Options>,
  code: keyof typeof NOUNS,
): Options & OwnOptions<Options> {
  if (!isPlainObject(given)) {
    throw new SecureCookieError(
      code,
      `The ${NOUNS[code]}s must be a plain object, such as { ${Object.keys(blank()).join(', ')} }, and not ${kindOf(given)}.`,
    );
  }
  const own = blank();
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(own, name)) {
      throw unknownOption(name, Object.keys(own), code);
    }
  }
  return Object.assign(own, given);
}

/**
 * Reads once each member of an object with methods (a key provider, a format), which may be an instance
 * of a class. Nothing that pollutes `Object.prototype` counts; for a plain object, the rules of
 * {@link ownOptions} apply.
 *
 * @param given - what the caller passed
 * @param blank - returns an object with every member to read, each `undefined`
 * @throws {@link SecureCookieError} `option`
 */
export function ownMembers<Members extends object>(
  given: Members,
  blank: () => OwnOptions<Members>,
): OwnOptions<Members> {
  if (!isInstance(given)) {
    return ownOptions(given, blank, 'option');
  }
  const members = blank();
  return Object.assign(
    members,
    Object.fromEntries(Object.keys(members).map((name) => [name, memberOf(given, name)])),
  );
}

/**
 * For calls that take no options, where other calls of the same method do.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`, as `code` says
 */
export function assertNoOptions(given: object | undefined, code: keyof typeof NOUNS): void {
  if (given !== undefined) {
    ownOptions(given, Object, code);
  }
}

/**
 * Whether a value is an object as `{}` or `Object.create(null)` makes it, in any realm: all its
 * properties are its own.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (isObject(prototype) && isObjectPrototype(prototype));
}

/** Whether a value is an instance of a class. */
function isInstance(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && !isPlainObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  return isObject(value)
    ? 'an object that inherits, as an instance of a class does'
    : `a ${typeof value}`;
}

function unknownOption(
  name: string,
  known: readonly string[],
  code: keyof typeof NOUNS,
): SecureCookieError {
  const quoted = name.length <= MAX_QUOTED_LENGTH ? ` ${JSON.stringify(name)}` : ' of that name';
  const meant = closest(name, known);
  const cure = known.length === 0 ? 'this call takes none' : `use ${known.join(', ')}`;
  const guess = meant === undefined ? '.' : `; did you mean "${meant}"?`;
  return new SecureCookieError(code, `There is no ${NOUNS[code]}${quoted}: ${cure}${guess}`);
}

/** The known name that needs the fewest edits, if they are at most a third of its letters. */
function closest(name: string, known: readonly string[]): string | undefined {
  // Bounded, because the time of an edit distance is the product of both lengths.
  const written = name.slice(0, MAX_QUOTED_LENGTH).toLowerCase();
  const [best] = known
    .map((candidate) => ({ candidate, edits: editDistance(written, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= candidate.length / 3)
    .toSorted((one, other) => one.edits - other.edits);
  return best?.candidate;
}

/** Counts letters left out, added or changed, and neighbours swapped (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      const exchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + change,
          exchanged ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
