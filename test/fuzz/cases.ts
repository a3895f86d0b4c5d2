import { hmac, type FuzzKeys } from './keys.js';
import type { Random } from './random.js';

/** One value to decode, on both sides. */
export interface DecodeCase {
  readonly keys: FuzzKeys;
  readonly name: string;
  readonly signed: string;
  readonly maxAgeDays: number;
  readonly clock: number;
  readonly minVersion: 1 | 2;
  readonly encoding: 'utf8' | 'bytes';
}

/** One value to sign, on both sides. */
export interface CreateCase {
  readonly keys: FuzzKeys;
  readonly name: string;
  readonly value: string | Buffer;
  readonly version: 1 | 2;
  readonly clock: number;
}

export const DAY = 86_400;

/** Days whose seconds are whole, so that both sides compute the same limit. */
const MAX_AGES = [31, 31, 31, 30, 1, 0.5, 0.25, 0, 365, 30_000] as const;

const NAMES = [
  'technobeans',
  'key',
  'a',
  '__Host-session',
  'x1',
  '7',
  '1234',
  'a|b',
  "!#$%&'*",
] as const;

const ODD_NAMES = [
  '',
  'path',
  'Max-Age',
  'SECURE',
  'partitioned',
  'a b',
  'a;b',
  'a=b',
  'é',
  'ключ',
  '名',
  ' key',
  'key ',
  'k"y',
  'key\u0000',
  'a:b',
  'a/b',
  '\ud800',
] as const;

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGITS = '0123456789';
const ALMOST_ANYTHING = `${BASE64}=|:-_ .%"\t\n\u0000é\u0133\u0164\u2028`;

const name = (random: Random): string =>
  random.oneIn(12) ? random.pick(ODD_NAMES) : random.pick(NAMES);

function payload(random: Random): Buffer {
  switch (random.below(12)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return random.bytes(random.between(1, 40));
    case 2:
      return Buffer.from(random.text(random.between(1, 20), 'aé名😀\ufeff\u2028'), 'utf8');
    case 3:
      // Base64 that is digits alone, or ends with digits: v1 confuses it with a date.
      return Buffer.from(random.text(4 * random.between(1, 3), DIGITS), 'base64');
    case 4:
      return random.oneIn(40) ? random.bytes(random.between(12_000, 12_400)) : random.bytes(300);
    default:
      return Buffer.from(random.text(random.between(1, 20), `${DIGITS}.abc`), 'latin1');
  }
}

/** Present times mostly, with fractions; the edges of the formats sometimes. */
function clock(random: Random): number {
  const seconds = random.oneIn(10)
    ? random.pick([0, 1, 299, 300, 4_102_444_800, 99_999_999_999, 999_999_999_998])
    : 1_300_000_000 + random.below(800_000_000);
  return seconds + random.pick([0, 0, 0.25, 0.5, 0.999]);
}

/** Dates around every limit that either side has. */
function date(random: Random, now: number, maxAgeDays: number): number {
  const second = Math.floor(now);
  const edge = random.pick([-1, 0, 1, 2]);
  switch (random.below(10)) {
    case 0:
      return Math.floor(now - maxAgeDays * DAY) + edge;
    case 1:
      return Math.floor(now + 300) + edge;
    case 2:
      return Math.floor(now + 31 * DAY) + edge;
    case 3:
      return random.pick([0, 1, -5, 10 ** random.between(1, 15), second * 10, second * 1000]);
    default:
      return second - random.below(Math.min(second, Math.ceil(maxAgeDays * DAY)) + 1);
  }
}

/** A number as only a lax parser takes it, or as none does. */
function oddNumber(random: Random, number: string): string {
  return random.pick([
    ` ${number}`,
    `${number} `,
    `\n${number}`,
    `+${number}`,
    `-${number}`,
    `0${number}`,
    `${number.slice(0, 1)}_${number.slice(1)}`,
    `${number}_`,
    `0x${number}`,
    `${number}.0`,
    `${number}e0`,
    `${number.slice(0, 1)}${'0'.repeat(random.pick([11, 12, 400, 4300]))}`,
    `${number}\u0660`,
    '',
    '-0',
    '__proto__',
    'abc',
  ]);
}

const maybeOdd = (random: Random, number: number | string): string =>
  random.oneIn(25) ? oddNumber(random, String(number)) : String(number);

/** Base64 as only a lax decoder takes it, or as none does. */
function oddBase64(random: Random, base64: string): string {
  const middle = random.below(base64.length + 1);
  const insert = (text: string): string => base64.slice(0, middle) + text + base64.slice(middle);
  return random.pick([
    base64.replace(/=+$/, ''),
    `${base64}=`,
    `${base64}====`,
    `${base64}AAAA`,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    insert(' '),
    insert('\n'),
    insert('-'),
    insert('%'),
    insert('='),
    insert(random.text(1, BASE64)),
    // Bits that the padding throws away.
    base64.replace(/[A-Za-z0-9+/](?==)/, () => random.text(1, BASE64)),
  ]);
}

const base64Of = (random: Random): string => {
  const base64 = payload(random).toString('base64');
  return random.oneIn(12) ? oddBase64(random, base64) : base64;
};

/** One character more, less or other. */
function edit(random: Random, text: string, alphabet: string): string {
  const position = random.below(text.length + 1);
  const other = random.text(1, alphabet);
  return random.pick([
    text.slice(0, position) + other + text.slice(position),
    text.slice(0, position) + other + text.slice(position + 1),
    text.slice(0, position) + text.slice(position + 1),
  ]);
}

function signature(random: Random, real: string): string {
  if (!random.oneIn(20)) {
    return real;
  }
  return random.pick([
    real.toUpperCase(),
    real.slice(0, -1),
    `${real}0`,
    `${real}\n`,
    '',
    random.text(real.length, '0123456789abcdef'),
    'é'.repeat(real.length),
    edit(random, real, '0123456789abcdef'),
  ]);
}

function field(random: Random, content: string): string {
  const length = random.oneIn(100)
    ? Buffer.byteLength(content) + random.pick([-1, 1, 5])
    : Buffer.byteLength(content);
  return `${random.oneIn(60) ? oddNumber(random, String(length)) : length}:${content}|`;
}

/** v2 with any oddity inside, signed with the real key. */
function signedV2(random: Random, keys: FuzzKeys, cookieName: string, timestamp: number): string {
  const versions = [...keys.secrets.keys()];
  const version = random.oneIn(15)
    ? random.pick([3, 99, 12_345_678_901])
    : (versions[random.below(versions.length)] ?? 0);
  const secret = keys.secrets.get(version) ?? [...keys.secrets.values()][0] ?? Buffer.alloc(1);
  const signedPart =
    `${random.oneIn(60) ? random.pick(['02', '3', '999', '1000', '+2', '']) : '2'}|` +
    field(random, maybeOdd(random, version)) +
    field(random, maybeOdd(random, timestamp)) +
    field(random, random.oneIn(30) ? name(random) : cookieName) +
    field(random, base64Of(random));
  const message = random.oneIn(30) ? edit(random, signedPart, ALMOST_ANYTHING) : signedPart;
  return message + signature(random, hmac('sha256', secret, message));
}

/** v1 with any oddity inside, signed with the real key. */
function signedV1(random: Random, keys: FuzzKeys, cookieName: string, timestamp: number): string {
  const secret = keys.secrets.get(0) ?? [...keys.secrets.values()][0] ?? Buffer.alloc(1);
  const base64 = base64Of(random);
  const signedDate = maybeOdd(random, timestamp);
  const real = hmac('sha1', secret, `${cookieName}${base64}${signedDate}`);
  // The signature does not tell where the value ends and the date begins.
  const shift = random.oneIn(8) ? random.between(-4, 4) : 0;
  const text = base64 + signedDate;
  const split = Math.max(0, base64.length + shift);
  return `${text.slice(0, split)}|${text.slice(split)}|${signature(random, real)}`;
}

const garbage = (random: Random): string =>
  random.pick([
    random.text(random.below(60), ALMOST_ANYTHING),
    random.text(random.below(30), '|:0123456789'),
    `2|1:0|10:1300000000|3:key|${random.text(20, `${BASE64}|:`)}`,
    `\ud800|1300000000|${'0'.repeat(40)}`,
  ]);

function signedValue(
  random: Random,
  keys: FuzzKeys,
  cookieName: string,
  timestamp: number,
): string {
  switch (random.below(20)) {
    case 0:
      return garbage(random);
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return signedV1(random, keys, cookieName, timestamp);
    default:
      return signedV2(random, keys, cookieName, timestamp);
  }
}

export function decodeCase(random: Random, keys: FuzzKeys): DecodeCase {
  const now = clock(random);
  const maxAgeDays = random.pick(MAX_AGES);
  const cookieName = name(random);
  const signed = signedValue(random, keys, cookieName, date(random, now, maxAgeDays));
  return {
    keys,
    name: random.oneIn(30) ? name(random) : cookieName,
    signed: random.oneIn(20) ? edit(random, signed, ALMOST_ANYTHING) : signed,
    maxAgeDays,
    clock: now,
    minVersion: random.pick([1, 1, 2]),
    encoding: random.pick(['utf8', 'bytes']),
  };
}

export function createCase(random: Random, keys: FuzzKeys): CreateCase {
  const value = payload(random);
  const text = value.toString('utf8');
  return {
    keys,
    name: name(random),
    value: random.oneIn(2) ? value : random.oneIn(50) ? `${text}\udc00` : text,
    version: random.pick([1, 2, 2]),
    clock: random.oneIn(30) ? random.pick([-5, 1e12, 1e15]) : clock(random),
  };
}
