import { SecureCookieError } from '../errors.js';
import { assertCookieName } from '../cookie-name.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { ResolvedAttributes, type SetCookieAttributes } from './resolved-attributes.js';

/** The attributes of a cookie. All are optional. */
export interface SecureCookieAttributes {
  /**
   * The path that the cookie is sent to, with everything below it. Begins with `/`.
   *
   * @defaultValue '/'
   */
  readonly path?: string | undefined;
  /**
   * The host that the cookie is sent to, with its subdomains. `null` overrides a default of the app:
   * the cookie is sent only to the host that set it.
   *
   * @defaultValue none: only the host that set it
   */
  readonly domain?: string | null | undefined;
  /**
   * How long the browser keeps the cookie, in whole seconds (not milliseconds, as in Express), from
   * 1 up to 400 days; with `null`, until the browser is closed. It may not exceed the signer's
   * `maxAge`, the limit on the server.
   *
   * @defaultValue 2_592_000 (30 days), or the signer's `maxAge` if that is less
   */
  readonly maxAge?: number | null | undefined;
  /**
   * Hides the cookie from scripts.
   *
   * @defaultValue true
   */
  readonly httpOnly?: boolean | undefined;
  /**
   * Keeps the cookie off unencrypted connections. `'auto'` sets it if the request came over TLS
   * according to the adapter (with "trust proxy" or `trustProxy`), or if browsers would refuse the
   * cookie without it.
   *
   * @defaultValue 'auto'
   */
  readonly secure?: boolean | 'auto' | undefined;
  /**
   * Whether browsers send the cookie with requests from other sites.
   *
   * @defaultValue 'lax'
   */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
  /**
   * Keeps a separate cookie for each top-level site (CHIPS).
   *
   * @defaultValue false
   */
  readonly partitioned?: boolean | undefined;
  /**
   * Which cookies Chromium evicts first when there are too many.
   *
   * @defaultValue none
   */
  readonly priority?: 'low' | 'medium' | 'high' | undefined;
}

/** 30 days, as Tornado's `expires_days`. Seconds. */
export const DEFAULT_COOKIE_MAX_AGE = 30 * 86_400;

/** RFC 6265bis, section 5.5: browsers cut longer lifetimes down to 400 days. Seconds. */
const MAX_COOKIE_MAX_AGE = 400 * 86_400;

/** RFC 6265bis, section 5.6: a cookie is dropped if its name and value have more octets than this. */
const MAX_NAME_AND_VALUE_LENGTH = 4096;

/** RFC 6265bis, section 5.6: an attribute with a longer value is ignored. Octets. */
const MAX_ATTRIBUTE_LENGTH = 1024;

/**
 * RFC 6265, section 4.1.1: path-value = <any CHAR except CTLs or ";">. Browsers ignore one that does
 * not begin with "/", and trim a trailing space. "<" is refused as well: URLs encode it, so it never
 * appears in a path.
 */
const PATH = /^\/(?:[ -:=-~]*[!-:=-~])?$/;

/** An RFC 1034 host name. A leading dot is allowed (RFC 6265, section 4.1.2.3). */
const DOMAIN =
  /^\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/**
 * RFC 6265, section 4.1.1:
 *
 *     cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
 */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** Browsers compare prefixes without regard to case (RFC 6265bis, section 5.4). */
const SECURE_PREFIX = /^__(?:secure|host|http)-/i;
const HOST_PREFIX = /^__host-/i;
const HTTP_PREFIX = /^__(?:host-)?http-/i;
const PREFIX = /^__(?:secure-|host-http-|host-|http-)/i;

/** The only place where cookies with the prefix `__Host-` can live. */
const NOWHERE_ELSE = { path: '/', domain: null } as const;

/** What each attribute must be, and how messages say it. */
const RULES: readonly (readonly [
  attribute: keyof SecureCookieAttributes,
  allows: (value: unknown) => boolean,
  expected: string,
])[] = [
  [
    'path',
    (value) => isShort(value) && PATH.test(value),
    'a path of at most 1024 bytes that begins with "/", holds only printable ASCII except ";" and "<", and does not end with a space',
  ],
  [
    'domain',
    (value) => value === null || isCookieDomain(value),
    'a host name of at most 1024 bytes, or null for only the host that sets it',
  ],
  [
    'maxAge',
    (value) => value === null || isLifetime(value),
    `a whole number of seconds from 1 up to ${MAX_COOKIE_MAX_AGE} (400 days), or null for a browser-session cookie; "clear" deletes one`,
  ],
  ['httpOnly', (value) => typeof value === 'boolean', 'true or false'],
  ['secure', (value) => typeof value === 'boolean' || value === 'auto', 'true, false or "auto"'],
  [
    'sameSite',
    (value) => value === 'strict' || value === 'lax' || value === 'none',
    '"strict", "lax" or "none"',
  ],
  ['partitioned', (value) => typeof value === 'boolean', 'true or false'],
  [
    'priority',
    (value) => value === 'low' || value === 'medium' || value === 'high',
    '"low", "medium" or "high"',
  ],
];

/**
 * The attributes that a caller gives, copied once, each checked by itself.
 *
 * @throws {@link SecureCookieError} `attribute`
 */
export function ownCookieAttributes(
  given: SecureCookieAttributes | undefined,
): SecureCookieAttributes {
  if (given === undefined) {
    return NO_ATTRIBUTES;
  }
  const own = ownOptions(given, blankAttributes, 'attribute');
  for (const [attribute, allows, expected] of RULES) {
    const value = own[attribute];
    if (value !== undefined && !allows(value)) {
      throw new SecureCookieError(
        'attribute',
        `The cookie attribute "${attribute}" must be ${expected}.`,
      );
    }
  }
  return own;
}

/** Shared by calls without attributes. */
const NO_ATTRIBUTES = Object.freeze(blankAttributes());

/** Every attribute, each `undefined`. */
export function blankAttributes(): OwnOptions<SecureCookieAttributes> {
  return {
    path: undefined,
    domain: undefined,
    maxAge: undefined,
    httpOnly: undefined,
    secure: undefined,
    sameSite: undefined,
    partitioned: undefined,
    priority: undefined,
  };
}

/**
 * Completes the attributes of one cookie, and checks them together.
 *
 * @param name - the cookie's name, whose prefix has rules of its own
 * @param attributes - what the caller asks for, from {@link ownCookieAttributes}; wins over `defaults`
 * @param defaults - the app's, from {@link ownCookieAttributes}
 * @param isSecureConnection - called only if `secure: 'auto'` depends on it
 * @throws {@link SecureCookieError} `name` or `attribute`, where browsers would refuse or misread
 * the cookie
 */
export function resolveCookieAttributes(
  name: string,
  attributes: SecureCookieAttributes,
  defaults: SecureCookieAttributes,
  isSecureConnection: () => boolean,
): ResolvedAttributes {
  assertCookieName(name);
  const sameSite = attributes.sameSite ?? defaults.sameSite ?? 'lax';
  const partitioned = attributes.partitioned ?? defaults.partitioned ?? false;
  const secure = attributes.secure ?? defaults.secure ?? 'auto';
  const needsSecure = SECURE_PREFIX.test(name) || sameSite === 'none' || partitioned;
  const maxAge = attributes.maxAge === undefined ? defaults.maxAge : attributes.maxAge;
  // An app's default place applies only to cookies that can live there.
  const place = HOST_PREFIX.test(name) ? NOWHERE_ELSE : defaults;
  const domain = attributes.domain === undefined ? place.domain : attributes.domain;
  const complete = {
    path: attributes.path ?? place.path ?? '/',
    domain: domain ?? undefined,
    maxAge: maxAge === undefined ? DEFAULT_COOKIE_MAX_AGE : maxAge,
    httpOnly: attributes.httpOnly ?? defaults.httpOnly ?? true,
    secure: secure === 'auto' ? needsSecure || isSecureConnection() : secure,
    sameSite,
    partitioned,
    priority: attributes.priority ?? defaults.priority,
  };
  assertAccepted(name, complete);
  return new ResolvedAttributes(
    complete,
    complete.maxAge,
    complete,
    secure === 'auto' && needsSecure,
  );
}

/** The prefix of a cookie's name in lower case, or an empty string: only it affects the attributes. */
export function cookiePrefix(name: string): string {
  // Most names have none, and this is quicker than the expression.
  if (!name.startsWith('__')) {
    return '';
  }
  return PREFIX.exec(name)?.[0].toLowerCase() ?? '';
}

/**
 * @param length - the length of the value as it will be sent, in characters, all ASCII
 * @throws {@link SecureCookieError} `cookie-too-large` - browsers would silently drop it
 */
export function assertCookieSize(name: string, length: number): void {
  if (!fitsCookie(name, length)) {
    throw new SecureCookieError(
      'cookie-too-large',
      `The name and value of the cookie "${name}" would have ${name.length + length} bytes, and browsers drop a cookie of more than ${MAX_NAME_AND_VALUE_LENGTH}: keep large data on the server and sign its key.`,
    );
  }
}

/** Whether browsers keep a cookie whose value has this many bytes. */
export function fitsCookie(name: string, length: number): boolean {
  return name.length + length <= MAX_NAME_AND_VALUE_LENGTH;
}

/**
 * A `Set-Cookie` header (RFC 6265, section 4.1). The value is sent as it is, never percent-encoded:
 * Tornado does not decode.
 *
 * @param attributes - from {@link resolveCookieAttributes}
 * @param now - the time, in seconds since the epoch, from which `Expires` counts
 * @throws {@link SecureCookieError} `value` or `cookie-too-large`
 */
export function serializeSetCookie(
  name: string,
  value: string,
  attributes: ResolvedAttributes,
  now: number,
): string {
  if (!COOKIE_VALUE.test(value)) {
    throw new SecureCookieError(
      'value',
      `The value of the cookie "${name}" holds characters that a cookie cannot carry.`,
    );
  }
  assertCookieSize(name, value.length);
  return `${name}=${value}${attributes.textAt(now)}`;
}

/** The rules by which browsers silently refuse a cookie (RFC 6265bis, sections 4.1.3 and 5.7). */
function assertAccepted(name: string, attributes: SetCookieAttributes): void {
  const { secure, httpOnly, domain, path, sameSite, partitioned } = attributes;
  const faults: readonly (readonly [boolean, string])[] = [
    [SECURE_PREFIX.test(name) && !secure, 'its prefix needs "secure"'],
    [HTTP_PREFIX.test(name) && !httpOnly, 'its prefix needs "httpOnly"'],
    [HOST_PREFIX.test(name) && domain !== undefined, 'its prefix forbids "domain"'],
    [HOST_PREFIX.test(name) && path !== '/', 'its prefix needs the path "/"'],
    [sameSite === 'none' && !secure, '"sameSite: \'none\'" needs "secure"'],
    [partitioned && !secure, '"partitioned" needs "secure"'],
  ];
  const fault = faults.find(([present]) => present);
  if (fault !== undefined) {
    throw new SecureCookieError(
      'attribute',
      `Browsers would refuse the cookie "${name}": ${fault[1]}.`,
    );
  }
}

/** Whether a cookie can have this domain. */
export function isCookieDomain(value: unknown): value is string {
  return isShort(value) && DOMAIN.test(value);
}

/** Counts characters as octets: the grammars that are checked next allow only ASCII. */
function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH;
}

function isLifetime(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_COOKIE_MAX_AGE;
}
