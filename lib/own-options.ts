import { SecureCookieError } from './errors.js';

/** Every option of an entrance as a property of its own, so that none is looked up in a prototype. */
export type OwnOptions<Options> = { [Name in keyof Options]-?: Options[Name] | undefined };

/** What the messages call an option, and the code of their errors. */
const NOUNS = { option: 'option', attribute: 'cookie attribute' } as const;

/** Beyond this length a name is not quoted: a secret may have come to stand in its place. */
const MAX_QUOTED_LENGTH = 40;

/**
 * The options that an entrance is given, copied once: what is checked is what is used.
 *
 * - own enumerable properties alone: an option that `Object.prototype` was polluted with is none
 * - each is read once, so that a getter cannot give one value to the check and another to its use
 * - only plain objects, of any realm: an array, a Map or the instance of a class, whose accessors
 *   are not its own, would pass for an object without options
 * - a name that the entrance does not know throws: a misspelt `maxAge` would quietly mean the default
 *
 * @param given - what the caller passed
 * @param blank - makes an object of every option that the entrance knows, each `undefined`
 * @param code - the code of the errors
 * @throws {@link SecureCookieError} `option` or `attribute` - as the caller says
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
 * The members of an object that does something (a key provider, a format), which may be the instance
 * of a class: each is read once. Nothing that `Object.prototype` was polluted with is one; of a plain
 * object, the rules of {@link ownOptions} hold.
 *
 * @param given - what the caller passed
 * @param blank - makes an object of every member that is looked at, each `undefined`
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
  for (const name of Object.keys(members)) {
    if (hasMember(given, name)) {
      members[name] = given[name];
    }
  }
  return members;
}

/**
 * For entrances that take no options here, where they do elsewhere.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`, as `code` says
 */
export function assertNoOptions(given: object | undefined, code: keyof typeof NOUNS): void {
  if (given !== undefined) {
    ownOptions(given, Object, code);
  }
}

/**
 * Whether a value is an object as `{}` and `Object.create(null)` make them, in any realm, whose
 * properties are therefore its own.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (isObject(prototype) && isObjectPrototype(prototype));
}

/** `Object.prototype` of any realm: the end of its chain, with a method that nothing else has there. */
function isObjectPrototype(value: object): boolean {
  return (
    value === Object.prototype ||
    (Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'isPrototypeOf'))
  );
}

/** Whether a value is an object of a class. */
function isInstance(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value) && !isPlainObject(value);
}

/** Whether an object has a member, of its own or from its classes. */
function hasMember<Members extends object>(
  object: Members,
  name: string,
): name is keyof Members & string {
  let holder: unknown = object;
  while (isObject(holder) && !isObjectPrototype(holder)) {
    if (Object.hasOwn(holder, name)) {
      return true;
    }
    holder = Object.getPrototypeOf(holder);
  }
  return false;
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
    ? 'an object that inherits, as the instance of a class does'
    : `a ${typeof value}`;
}

function unknownOption(
  name: string,
  known: readonly string[],
  code: keyof typeof NOUNS,
): SecureCookieError {
  const quoted = name.length <= MAX_QUOTED_LENGTH ? ` ${JSON.stringify(name)}` : ' of such a name';
  const meant = closest(name, known);
  const cure = known.length === 0 ? 'none is taken here' : `use ${known.join(', ')}`;
  const guess = meant === undefined ? '.' : `; did you mean "${meant}"?`;
  return new SecureCookieError(code, `There is no ${NOUNS[code]}${quoted}: ${cure}${guess}`);
}

/** The known name that takes the fewest edits, if those are at most a third of its letters. */
function closest(name: string, known: readonly string[]): string | undefined {
  // Bounded, because an edit distance takes as many steps as the product of both lengths.
  const written = name.slice(0, MAX_QUOTED_LENGTH).toLowerCase();
  const [best] = known
    .map((candidate) => ({ candidate, edits: editDistance(written, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= candidate.length / 3)
    .toSorted((one, other) => one.edits - other.edits);
  return best?.candidate;
}

/** Letters left out, added or changed, and neighbours exchanged (optimal string alignment). */
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
