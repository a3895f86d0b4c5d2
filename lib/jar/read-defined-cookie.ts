import { revocationsOf } from '../revocation/revocations-of.js';
import {
  firstIssueOfUndated,
  judgeRevocation,
  type SecureCookieRevocations,
} from '../revocation/secure-cookie-revocations.js';
import { publishRead } from '../signing/read-events.js';
import { utf8Bytes } from '../signing/own-bytes.js';
import {
  isTimely,
  readSignedValue,
  refuseSecrets,
  type SecureCookieSigner,
} from '../signing/secure-cookie-signer.js';
import type {
  SecureCookieRejectedValue,
  SecureCookieRejection,
  SecureCookieVerifiedValue,
} from '../signing/verify-result.js';
import { unframe, unframed, type FramedPayload } from '../definition/frame.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';

/** A defined cookie that verified. */
export interface SecureCookieDefinedValue<Value> extends SecureCookieVerifiedValue<Value> {
  /**
   * Whether it is bound to a device, which has proved its key within the time of `deviceBound`.
   *
   * @experimental
   */
  readonly bound: boolean;
}

/** A cookie that one of the formats in `accepts` verified. */
export interface SecureCookieAcceptedValue<Value> {
  /** The format found it authentic. */
  readonly valid: true;
  /** The value that the definition's codec and schema return. */
  readonly value: Value;
  /** When it was signed, in whole seconds since the epoch, if the format says so. */
  readonly issuedAt: number | undefined;
  /**
   * `undefined`: the value is in none of this library's formats.
   */
  readonly version: undefined;
  /**
   * `undefined`: the value was signed with none of the module's keys.
   */
  readonly keyVersion: undefined;
  /** Always `false`: it would be written in format 2 now. */
  readonly current: false;
  /**
   * Always `false`: no other format binds to a device.
   *
   * @experimental
   */
  readonly bound: false;
}

/** The result of reading a defined cookie. */
export type SecureCookieDefinedResult<Value> =
  SecureCookieDefinedValue<Value> | SecureCookieAcceptedValue<Value> | SecureCookieRejectedValue;

/** The payload that a client presented, as it was stored: renewal signs it again as it is. */
export interface StoredPayload {
  readonly payload: Uint8Array;
  /** Seconds since the epoch; if `undefined`, it is first issued when it is written. */
  readonly firstIssuedAt: number | undefined;
  /**
   * Whether the browser keeps the cookie when it is closed.
   *
   * @defaultValue true
   */
  readonly persistent: boolean | undefined;
  /**
   * Whether it is bound to a device.
   *
   * @defaultValue false
   */
  readonly bound: boolean | undefined;
}

/** A payload that was read, and the end of its validity, in seconds since the epoch. */
interface AcceptedPayload extends StoredPayload {
  readonly expiresAt: number;
}

/** A result, with the stored payload if it is valid. */
export interface DefinedRead<Value> {
  readonly result: SecureCookieDefinedResult<Value>;
  readonly stored: AcceptedPayload | undefined;
  /** The version of the key that the signature was checked with, if it came that far. */
  readonly keyVersion: number | undefined;
}

/**
 * Verifies a defined cookie: reads each value as v2, or else in the formats of `accepts`. The newest
 * valid one counts; if none is valid, the reason of the first. Publishes one event.
 *
 * @param given - the app's revocations, if it has any
 * @throws {@link SecureCookieError} `secret-reused`, `revocations-missing`, `schema-async` or `clock`
 */
export function readDefinedCookie<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  values: readonly string[],
  given: SecureCookieRevocations | undefined,
): DefinedRead<Value> {
  const revocations = revocationsOf(definition, given, signer);
  for (const { secrets } of definition.accepts) {
    refuseSecrets(signer, secrets);
  }
  let newest = readValue(signer, definition, values[0], revocations);
  for (let next = 1; next < values.length; next += 1) {
    const other = readValue(signer, definition, values[next], revocations);
    if (isNewer(other, newest)) {
      newest = other;
    }
  }
  publishRead(definition.name, newest.result, newest.keyVersion);
  return newest;
}

function readValue<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  value: string | undefined,
  revocations: SecureCookieRevocations | undefined,
): DefinedRead<Value> {
  const read = readSigned(signer, definition, value, revocations);
  return read.result.valid || value === undefined || definition.accepts.length === 0
    ? read
    : (readAccepted(signer, definition, value, revocations) ?? read);
}

/** How old a value may be, in seconds: the definition's `maxAge`, or else the signer's. */
export function maxAgeOf(
  signer: SecureCookieSigner,
  { attributes }: SecureCookieDefinition<never, unknown>,
): number {
  return attributes.maxAge ?? signer.maxAge;
}

/** A value without a date counts as older than any with a date. */
function isNewer(other: DefinedRead<unknown>, present: DefinedRead<unknown>): boolean {
  return other.result.valid && (!present.result.valid || dateOf(other) > dateOf(present));
}

function dateOf({ result }: DefinedRead<unknown>): number {
  return (result.valid ? result.issuedAt : undefined) ?? Number.NEGATIVE_INFINITY;
}

function readSigned<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  signed: string | undefined,
  revocations: SecureCookieRevocations | undefined,
): DefinedRead<Value> {
  const { name, encrypt, boundFor = 0 } = definition;
  const maxAge = maxAgeOf(signer, definition);
  const options = {
    maxAge,
    minVersion: undefined,
    encoding: 'bytes',
    encrypted: encrypt,
  } as const;
  const { result: verified, keyVersion } = readSignedValue(signer, name, signed, options);
  if (!verified.valid) {
    return { result: verified, stored: undefined, keyVersion };
  }
  const stored = storedPayload(definition, verified.value);
  if (stored === undefined) {
    return rejected('encoding', keyVersion);
  }
  const { payload, persistent, bound } = stored;
  const { issuedAt, version, keyVersion: signedBy, current } = verified;
  const expiresAt = issuedAt + (bound ? Math.min(maxAge, boundFor) : maxAge);
  const now = signer.now();
  if (expiresAt < now) {
    return rejected('expired', keyVersion);
  }
  // The date of its signature if it has no frame, or a later date in the frame: only the value of a
  // `bytes` cookie, from before its definition had frames, can have that.
  const firstIssuedAt = Math.min(stored.firstIssuedAt ?? issuedAt, issuedAt);
  const end = absoluteEnd(definition, firstIssuedAt);
  if (end < now) {
    return rejected('absolute-age', keyVersion);
  }
  const decoded = definition.decode(payload);
  if (decoded.reason !== undefined) {
    return rejected(decoded.reason, keyVersion);
  }
  const refusal = judgeRevocation(revocations, definition, decoded.value, firstIssuedAt, now);
  if (refusal !== undefined) {
    return rejected(refusal, keyVersion);
  }
  const { value } = decoded;
  return {
    result: { valid: true, value, issuedAt, version, keyVersion: signedBy, current, bound },
    stored: { payload, firstIssuedAt, persistent, bound, expiresAt: Math.min(expiresAt, end) },
    keyVersion,
  };
}

function rejected(
  reason: SecureCookieRejection,
  keyVersion: number | undefined,
): DefinedRead<never> {
  return { result: { valid: false, reason }, stored: undefined, keyVersion };
}

/** Reads a value in the first format that knows it, and judges its date whatever the format did. */
function readAccepted<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  value: string,
  revocations: SecureCookieRevocations | undefined,
): DefinedRead<Value> | undefined {
  const { name, accepts } = definition;
  const now = signer.now();
  const maxAge = maxAgeOf(signer, definition);
  for (const format of accepts) {
    const until = format.until.getTime() / 1000;
    const accepted = now < until ? format.read({ name, value, now, maxAge }) : undefined;
    if (accepted === undefined) {
      continue;
    }
    const { payload, issuedAt } = accepted;
    if (issuedAt !== undefined && !isTimely(signer, issuedAt, maxAge)) {
      continue;
    }
    const end = absoluteEnd(definition, issuedAt);
    const decoded = end < now ? undefined : definition.decode(payload);
    if (decoded === undefined || decoded.reason !== undefined) {
      continue;
    }
    const refusal = judgeRevocation(revocations, definition, decoded.value, issuedAt, now);
    if (refusal !== undefined) {
      return rejected(refusal, undefined);
    }
    const firstIssuedAt = issuedAt ?? firstIssueOfUndated(revocations);
    const expiresAt = Math.min(until, end, (issuedAt ?? Number.POSITIVE_INFINITY) + maxAge);
    return {
      result: {
        valid: true,
        value: decoded.value,
        issuedAt,
        version: undefined,
        keyVersion: undefined,
        current: false,
        bound: false,
      },
      stored: { payload, firstIssuedAt, persistent: undefined, bound: undefined, expiresAt },
      keyVersion: undefined,
    };
  }
  return undefined;
}

/**
 * Bytes of a definition without frames may begin like a frame: they are left as they are. Without
 * `deviceBound`, the flag of a bound cookie counts as unknown: nothing says how long it is valid.
 */
function storedPayload(
  { codec, framed, boundFor }: SecureCookieDefinition<never, unknown>,
  value: string | Uint8Array,
): FramedPayload | undefined {
  const bytes = typeof value === 'string' ? utf8Bytes(value) : value;
  const stored = codec === 'bytes' && !framed ? unframed(bytes) : unframe(bytes);
  return stored?.bound === true && boundFor === undefined ? undefined : stored;
}

/** The end of a cookie, however often it is renewed, in seconds since the epoch. */
export function absoluteEnd(
  { absoluteMaxAge = Number.POSITIVE_INFINITY }: SecureCookieDefinition<never, unknown>,
  firstIssuedAt = Number.POSITIVE_INFINITY,
): number {
  return firstIssuedAt + absoluteMaxAge;
}
