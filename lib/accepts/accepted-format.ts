import { isBytes, isLate, isValidDate } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { memberOf } from '../own-member.js';
import { ownMembers } from '../own-options.js';
import type { SecureCookieSecret } from '../signing/secret.js';
import { oldSecret } from './old-secret.js';

/** Twelve digits, as in format 2. Seconds since the epoch. */
const MAX_DATE = 999_999_999_999;

/** A cookie for a foreign format to read. */
export interface SecureCookieAcceptedCookie {
  /** The definition's name. */
  readonly name: string;
  /** The cookie as it came, percent-decoded unless it holds a `|`. */
  readonly value: string;
  /** The time of the signer's clock, in seconds since the epoch. */
  readonly now: number;
  /** The definition's `maxAge`, in seconds, for formats that carry a date. */
  readonly maxAge: number;
}

/** What a foreign format read. */
export interface SecureCookieAcceptedPayload {
  /** The bytes that the definition's codec decodes. */
  readonly payload: Uint8Array;
  /**
   * When it was signed, in seconds since the epoch, if the format says so. A fraction is cut off.
   */
  readonly issuedAt: number | undefined;
}

/**
 * An older format: read under one definition's name until a date, and never written. An app may
 * bring its own.
 */
export interface SecureCookieAcceptedFormat {
  /** The date until which it is read, by the signer's clock: a migration has an end. */
  readonly until: Date;
  /**
   * The secrets that it verifies with. If the signer has one of them too, that throws
   * `secret-reused`: with a shared secret, a value in the old format can be turned into a forged one
   * in the new format.
   */
  readonly secrets: readonly SecureCookieSecret[];
  /**
   * Whether its signature covers the cookie's name. If not, any value that the old app signed can be
   * replayed under this name, so the definition must have a schema that tells them apart.
   */
  readonly bindsName: boolean;
  /**
   * Returns the payload synchronously, or `undefined` if the cookie is not authentic. The cookie is
   * also refused if this throws, returns a promise or anything else that is not a payload, or returns
   * a date that is too old, in the future or not a number.
   */
  read(cookie: SecureCookieAcceptedCookie): SecureCookieAcceptedPayload | undefined;
}

/** A format whose signature covers the name; a definition without a schema reads only such formats. */
export interface SecureCookieNameBindingFormat extends SecureCookieAcceptedFormat {
  readonly bindsName: true;
}

interface Given<BindsName extends boolean> extends SecureCookieAcceptedFormat {
  readonly bindsName: BindsName;
}

const blankFormat = () => ({
  until: undefined,
  secrets: undefined,
  bindsName: undefined,
  read: undefined,
});

/**
 * A format as a definition keeps it: copied and checked once, and its results are checked as well.
 * Printing it does not show its secrets.
 */
export class AcceptedFormat<BindsName extends boolean> implements SecureCookieAcceptedFormat {
  readonly until: Date;
  readonly bindsName: BindsName;
  readonly #secrets: readonly SecureCookieSecret[];
  readonly #read: SecureCookieAcceptedFormat['read'];

  /**
   * @throws {@link SecureCookieError} `option`, or `secret-missing` for an empty secret
   */
  constructor(format: Given<BindsName>) {
    if (typeof format !== 'object' || format === null) {
      throw unfit('must be an object, as cookieSignature and tornadoV1 return it');
    }
    const { until, secrets, bindsName, read } = ownMembers<Given<BindsName>>(format, blankFormat);
    if (!isValidDate(until)) {
      throw unfit('needs "until", a valid Date');
    }
    if (!Array.isArray(secrets)) {
      throw unfit('needs "secrets", the list of the secrets that it verifies with');
    }
    if (typeof bindsName !== 'boolean') {
      throw unfit('needs "bindsName", true or false: whether its signature covers the name');
    }
    if (typeof read !== 'function') {
      throw unfit('needs the function "read"');
    }
    this.until = new Date(until);
    this.bindsName = bindsName;
    this.#secrets = Object.freeze(secrets.map((secret) => oldSecret(secret)));
    this.#read = (cookie) => read.call(format, cookie);
    Object.freeze(this);
  }

  /** The secrets that it verifies with, as bytes; always the same list. */
  get secrets(): readonly SecureCookieSecret[] {
    return this.#secrets;
  }

  /** A copy of what the format returns, or `undefined` if that is not a payload. */
  read(cookie: SecureCookieAcceptedCookie): SecureCookieAcceptedPayload | undefined {
    try {
      return payloadOf(this.#read(cookie));
    } catch {
      // An app's own format may throw on hostile input; the request must not fail.
      return undefined;
    }
  }
}

/**
 * The formats of a definition, each as an {@link AcceptedFormat}.
 *
 * @throws {@link SecureCookieError} `option`, or `secret-missing` for an empty secret
 */
export function acceptedFormats(
  formats: readonly SecureCookieAcceptedFormat[],
): readonly AcceptedFormat<boolean>[] {
  if (!Array.isArray(formats)) {
    throw new SecureCookieError(
      'option',
      'The option "accepts" must be a list of formats: [cookieSignature({ secrets, until })].',
    );
  }
  return Object.freeze(formats.map((format) => new AcceptedFormat<boolean>(format)));
}

function payloadOf(found: unknown): SecureCookieAcceptedPayload | undefined {
  if (typeof found !== 'object' || found === null) {
    return undefined;
  }
  if (isLate(found)) {
    return undefined;
  }
  const payload: unknown = memberOf(found, 'payload');
  const issuedAt: unknown = memberOf(found, 'issuedAt');
  return isBytes(payload) && (issuedAt === undefined || isDate(issuedAt))
    ? { payload: new Uint8Array(payload), issuedAt: floor(issuedAt) }
    : undefined;
}

/** Whether a renewed cookie can carry this as its first issue, in seconds since the epoch. */
function isDate(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_DATE;
}

function floor(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.floor(seconds);
}

function unfit(fault: string): SecureCookieError {
  return new SecureCookieError('option', `A format in "accepts" ${fault}.`);
}
