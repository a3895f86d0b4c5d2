import type { CreateCase, DecodeCase } from './cases.js';
import type { Accepted, Raised } from './tornado-oracle.js';

/**
 * Where we and Tornado disagree on purpose: SECURITY.md, "Where we are stricter than Tornado, and
 * where laxer". A class says what it applies to, from the question and Tornado's answer alone, and
 * what we must answer there: neither more nor less is allowed. None of this uses our code.
 */

/** Tornado accepts; we refuse, with this reason. */
interface Refusal {
  readonly name: string;
  readonly reason: (tornado: Accepted) => string;
  readonly applies: (question: DecodeCase, tornado: Accepted) => boolean;
}

/** Tornado raises; we answer. */
interface Raise {
  readonly name: string;
  readonly applies: (question: DecodeCase, tornado: Raised, accepted: boolean) => boolean;
}

/** Tornado signs; we throw an error with this code. */
interface SigningRefusal {
  readonly name: string;
  readonly code: string;
  readonly applies: (question: CreateCase, signed: string) => boolean;
}

const CANONICAL_NUMBER = /^(?:0|[1-9][0-9]*)$/;
const VISIBLE_ASCII = /^[!-~]*$/;
const TOKEN = /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/;
const MAX_SIGNED_VALUE_LENGTH = 16_384;

/** Python's `Morsel._reserved`, and `partitioned`, which Python 3.14 added. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'expires',
  'path',
  'comment',
  'domain',
  'max-age',
  'secure',
  'httponly',
  'version',
  'samesite',
  'partitioned',
]);

const isReadableName = (name: string): boolean =>
  TOKEN.test(name) && !ATTRIBUTES.has(name.toLowerCase());

const isUtf8 = (bytes: Buffer): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Reading: we refuse what Tornado accepts. In the order of our checks: the first that applies counts. */
export const REFUSALS: readonly Refusal[] = [
  {
    name: 'too large',
    reason: () => 'too-large',
    applies: ({ signed }) => signed.length > MAX_SIGNED_VALUE_LENGTH,
  },
  {
    name: 'outside visible ASCII',
    reason: () => 'malformed',
    applies: ({ signed }) => !VISIBLE_ASCII.test(signed),
  },
  {
    name: 'lax integers',
    reason: () => 'malformed',
    applies: (_question, { numbers }) => !numbers.every((number) => CANONICAL_NUMBER.test(number)),
  },
  {
    name: 'numbers beyond their digits',
    reason: () => 'malformed',
    applies: (_question, { numbers: [timestamp, keyVersion = ''] }) =>
      timestamp.length > 12 || keyVersion.length > 10,
  },
  {
    name: 'names that are no cookie names',
    // In v1 the name is a part of what is signed.
    reason: ({ keyVersion }) => (keyVersion === null ? 'signature' : 'name'),
    applies: ({ name }) => !isReadableName(name),
  },
  {
    name: 'dates in the future',
    reason: () => 'future',
    applies: ({ clock }, { numbers }) => Number(numbers[0]) > clock + 300,
  },
  {
    name: 'base64 that is not canonical',
    reason: () => 'malformed',
    applies: (_question, { value, base64 }) =>
      Buffer.from(value, 'base64').toString('base64') !== base64,
  },
  {
    name: 'bytes that are not UTF-8, read as text',
    reason: () => 'encoding',
    applies: ({ encoding }, { value }) =>
      encoding === 'utf8' && !isUtf8(Buffer.from(value, 'base64')),
  },
];

/** Reading: Tornado raises, which in a request is an HTTP 500; we answer. */
export const RAISES: readonly Raise[] = [
  {
    // What we answer must be what Tornado answers to the same value with key 0 as its one secret:
    // the differential run checks that as well.
    name: 'laxer: v1 under a record, read with its key 0',
    applies: (question, tornado, accepted) =>
      accepted && isV1UnderRecord(question, tornado) && question.keys.secrets.has(0),
  },
  {
    name: 'no exception: v1 under a record, refused',
    applies: (question, tornado, accepted) => !accepted && isV1UnderRecord(question, tornado),
  },
  {
    name: 'no exception: a signed date that is no number',
    applies: (_question, tornado, accepted) =>
      !accepted &&
      tornado.error === 'ValueError' &&
      // Python's int() gives up beyond 4300 digits.
      (!/^[0-9]+$/.test(tornado.numbers[0]) || tornado.numbers[0].length > 4300),
  },
  {
    name: 'no exception: text that UTF-8 cannot carry',
    applies: ({ name, signed }, { error }, accepted) =>
      !accepted &&
      error === 'UnicodeEncodeError' &&
      !(signed.isWellFormed() && name.isWellFormed()),
  },
];

function isV1UnderRecord({ keys, minVersion }: DecodeCase, { error }: Raised): boolean {
  return error === 'AssertionError' && keys.keyVersion !== null && minVersion === 1;
}

/** Signing: we throw where Tornado signs. In the order of our checks. */
export const SIGNING_REFUSALS: readonly SigningRefusal[] = [
  {
    name: 'signing names that are no cookie names',
    code: 'name',
    applies: ({ name }) => !isReadableName(name),
  },
  {
    name: 'signing dates before 1970 or of more than twelve digits',
    code: 'clock',
    applies: ({ clock }) => !(clock >= 0 && clock < 1e12),
  },
  {
    name: 'signing what is too large to be read',
    code: 'value',
    applies: (_question, signed) => signed.length > MAX_SIGNED_VALUE_LENGTH,
  },
];

/** All classes. */
export const CLASS_NAMES: readonly string[] = [...REFUSALS, ...SIGNING_REFUSALS, ...RAISES].map(
  ({ name }) => name,
);
