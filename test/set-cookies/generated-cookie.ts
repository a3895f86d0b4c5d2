import type { SetCookieAttributes } from '../../lib/http/resolved-attributes.js';
import type { SecureCookieAttributes } from '../../lib/http/set-cookie.js';
import type { Random } from '../fuzz/random.js';

/** A cookie, the ways in which it is asked for, and what must come of it. */
export interface GeneratedCookie {
  readonly name: string;
  readonly value: string;
  /** What the call asks for. */
  readonly attributes: SecureCookieAttributes;
  /** What the app asks for, where the call does not. */
  readonly defaults: SecureCookieAttributes;
  readonly isSecureConnection: boolean;
  /** Seconds since the epoch, with a fraction. */
  readonly now: number;
  /** The attributes that both ask for together. */
  readonly expected: SetCookieAttributes;
  /** When the browser is to forget it; `undefined` where it is closed. */
  readonly expires: Date | undefined;
}

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** RFC 6265, section 4.1.1: token. */
const NAME = `${LETTERS}${DIGITS}!#$%&'*+-.^_\`|~`;

/** RFC 6265, section 4.1.1: cookie-octet. */
const VALUE = `${NAME}()/:<=>?@[]{}`;

/** RFC 6265, section 4.1.1: path-value, without the "<" that is refused. */
const PATH = `${VALUE.replace('<', '')} ",\\`;

const LABEL = `${LETTERS}${DIGITS}-`;

const PREFIXES = ['__Secure-', '__Host-', '__Http-', '__Host-Http-'] as const;

const DAY = 86_400;
const SAME_SITES = ['strict', 'lax', 'none'] as const;

const LIFETIMES = [null, 1, 60, 30 * DAY, 400 * DAY] as const;

/** The last second that both HTTP dates and 400 days of lifetime can reach: 31 December 9998. */
const LAST_SECOND = 253_370_764_800 - 400 * DAY;

/** What a cookie has that nobody asked anything of. */
const NOTHING_ASKED: SetCookieAttributes = {
  path: '/',
  domain: undefined,
  maxAge: 30 * DAY,
  httpOnly: true,
  secure: false,
  sameSite: 'lax',
  partitioned: false,
  priority: undefined,
};

export function generateCookie(random: Random): GeneratedCookie {
  const prefix = random.oneIn(3) ? random.pick(PREFIXES) : '';
  const isHost = prefix.startsWith('__Host-');
  const sameSite = random.pick(SAME_SITES);
  const partitioned = random.oneIn(4);
  const needsSecure = prefix !== '' || sameSite === 'none' || partitioned;
  const expected: SetCookieAttributes = {
    path: isHost || random.oneIn(3) ? '/' : path(random),
    domain: isHost || random.oneIn(2) ? undefined : domain(random),
    maxAge: random.oneIn(2) ? random.pick([0, ...LIFETIMES]) : random.between(0, 400 * DAY),
    httpOnly: prefix.endsWith('Http-') || random.oneIn(2),
    secure: needsSecure || random.oneIn(2),
    sameSite,
    partitioned,
    priority: random.pick([undefined, 'low', 'medium', 'high']),
  };
  const now = instant(random);
  const { maxAge } = expected;
  return {
    name: anyCase(random, prefix) + name(random),
    value: random.text(length(random, 3000), VALUE),
    ...asked(random, expected, needsSecure),
    now,
    expected,
    expires:
      maxAge === null ? undefined : new Date(maxAge === 0 ? 0 : (Math.trunc(now) + maxAge) * 1000),
  };
}

/** Each attribute is asked for by the call, against whatever the app's default is, or by the app, or by nobody. */
function asked(random: Random, expected: SetCookieAttributes, needsSecure: boolean) {
  const attributes: Record<string, unknown> = {};
  const defaults: Record<string, unknown> = {};
  const isSecureConnection = random.oneIn(2);
  const isAutomatic = random.oneIn(2) && (needsSecure || expected.secure === isSecureConnection);
  const wanted = { ...expected, secure: isAutomatic ? 'auto' : expected.secure };
  const unasked = { ...NOTHING_ASKED, secure: 'auto' };
  const others = generatedDefaults(random);
  for (const [attribute, value] of Object.entries(wanted)) {
    const isDefault = value === unasked[attribute as keyof SetCookieAttributes];
    // No call asks for a lifetime of 0: clearing a cookie gives it one.
    const isClear = attribute === 'maxAge' && value === 0;
    if (value === undefined || isClear || (isDefault && random.oneIn(2))) {
      continue;
    }
    if (random.oneIn(2)) {
      defaults[attribute] = value;
    } else {
      attributes[attribute] = value;
      if (random.oneIn(2)) {
        defaults[attribute] = others[attribute as keyof SetCookieAttributes];
      }
    }
  }
  return { attributes, defaults, isSecureConnection };
}

function generatedDefaults(random: Random): SecureCookieAttributes {
  return {
    path: path(random),
    domain: domain(random),
    maxAge: random.pick(LIFETIMES),
    httpOnly: random.oneIn(2),
    secure: random.pick([true, false, 'auto']),
    sameSite: random.pick(SAME_SITES),
    partitioned: random.oneIn(2),
    priority: random.pick(['low', 'medium', 'high']),
  };
}

/** Short ones mostly: the long ones are slow to make. */
function length(random: Random, most: number): number {
  return random.oneIn(100) ? random.between(0, most) : random.between(0, 40);
}

/** "x" before it, or it could be one of the names that are reserved. */
function name(random: Random): string {
  return `x${random.text(length(random, 200), NAME)}`;
}

function path(random: Random): string {
  return `/${random.text(length(random, 1000), PATH)}`.replace(/ +$/, '');
}

/** One label in four times as long as can be, and a dot before the first where one is allowed. */
function domain(random: Random): string {
  const label = (): string =>
    random.text(1, LETTERS) +
    random.text(random.oneIn(4) ? 61 : random.below(8), LABEL) +
    random.text(1, `${LETTERS}${DIGITS}`);
  const labels = Array.from({ length: random.between(1, 4) }, label);
  return `${random.oneIn(4) ? '.' : ''}${labels.join('.')}`;
}

function instant(random: Random): number {
  const seconds = random.oneIn(4) ? random.below(LAST_SECOND) : random.between(1.3e9, 2.3e9);
  return seconds + random.below(1000) / 1000;
}

/** Browsers know prefixes in any case. */
function anyCase(random: Random, prefix: string): string {
  return random.oneIn(2)
    ? prefix
    : Array.from(prefix, (letter) =>
        random.oneIn(2) ? letter.toUpperCase() : letter.toLowerCase(),
      ).join('');
}
