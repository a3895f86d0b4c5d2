import { isBytes, isValidDate } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { ownMembers } from '../own-options.js';
import { secretBytes, type SecureCookieSecret } from '../signing/secret.js';

/** Twelve digits, as in format 2. Seconds since the epoch. */
const MAX_DATE = 999_999_999_999;

/** A cookie that a foreign format is to read. */
export interface SecureCookieAcceptedCookie {
  /** The definition's. */
  readonly name: string;
  /** The cookie as it came, percent-decoded where it had no `|`. */
  readonly value: string;
  /** By the signer's clock, in seconds since the epoch. */
  readonly now: number;
  /** The definition's, in seconds, for formats that carry a date. */
  readonly maxAge: number;
}

/** What a foreign format found. */
export interface SecureCookieAcceptedPayload {
  /** What the definition's codec decodes. */
  readonly payload: Uint8Array;
  /**
   * When it was signed, in seconds since the epoch, where the format says so. A fraction is cut off.
   */
  readonly issuedAt: number | undefined;
}

/**
 * A format that came before: read under one definition's name until a date, never written. An app
 * may bring its own.
 */
export interface SecureCookieAcceptedFormat {
  /** Read until then, by the signer's clock: a migration has an end. */
  readonly until: Date;
  /**
   * The secrets it verifies with. One that is also the signer's throws `secret-reused`: with a
   * shared secret, a value of the old format can be turned into a forged one of the new.
   */
  readonly secrets: readonly SecureCookieSecret[];
  /**
   * Whether its signature covers the cookie's name. Where it does not, any value the old app signed
   * can be replayed under this name, so the definition must have a schema that tells them apart.
   */
  readonly bindsName: boolean;
  /**
   * The payload, or `undefined` for what is not authentic, at once: a promise is taken for a no, and
   * so are an exception and anything else that is not a payload. A date that is too old, in the
   * future or not a number makes it a no as well.
   */
  read(cookie: SecureCookieAcceptedCookie): SecureCookieAcceptedPayload | undefined;
}

/** A format whose signature covers the name: the only kind that a definition reads without a schema. */
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
 * A format as a definition keeps it: copied and checked once, with answers that can be relied on.
 * Its secrets do not show where it is printed.
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
    this.#secrets = Object.freeze(secrets.map((secret) => secretBytes(secret, ' of "accepts"')));
    this.#read = (cookie) => read.call(format, cookie);
    Object.freeze(this);
  }

  /** What it verifies with, as bytes; always the same list. */
  get secrets(): readonly SecureCookieSecret[] {
    return this.#secrets;
  }

  /** What its format found, in memory of its own, if that is a payload. */
  read(cookie: SecureCookieAcceptedCookie): SecureCookieAcceptedPayload | undefined {
    try {
      return payloadOf(this.#read(cookie));
    } catch {
      // A format of the app's own may throw on hostile input; a request must not fail for that.
      return undefined;
    }
  }
}

/**
 * The formats of a definition, each as {@link AcceptedFormat}.
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
  if ('then' in found) {
    // It comes too late, and its rejection would end the process.
    void Promise.resolve(found).catch(() => undefined);
    return undefined;
  }
  const payload: unknown = 'payload' in found ? found.payload : undefined;
  const issuedAt: unknown = 'issuedAt' in found ? found.issuedAt : undefined;
  return isBytes(payload) && (issuedAt === undefined || isDate(issuedAt))
    ? { payload: new Uint8Array(payload), issuedAt: floor(issuedAt) }
    : undefined;
}

/** Seconds since the epoch that a renewed cookie can carry as its first issue. */
function isDate(seconds: unknown): seconds is number {
  return typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_DATE;
}

function floor(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.floor(seconds);
}

function unfit(fault: string): SecureCookieError {
  return new SecureCookieError('option', `A format in "accepts" ${fault}.`);
}
