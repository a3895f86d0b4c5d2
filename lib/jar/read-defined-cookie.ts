import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { publishRead } from '../signing/read-events.js';
import type {
  SecureCookieRejectedValue,
  SecureCookieVerifiedValue,
} from '../signing/verify-result.js';
import type {
  SecureCookieAcceptedFormat,
  SecureCookieAcceptedPayload,
} from '../accepts/accepted-format.js';
import { frameFirstIssue, unframeFirstIssue } from '../definition/first-issue.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';

/** A cookie that one of the formats in `accepts` verified. */
export interface SecureCookieAcceptedValue<Value> {
  /** Its format found it authentic. */
  readonly valid: true;
  /** What the definition's codec and schema made of it. */
  readonly value: Value;
  /** When it was signed, in whole seconds since the epoch, where its format says so. */
  readonly issuedAt: number | undefined;
  /**
   * No format of ours.
   *
   * @defaultValue undefined
   */
  readonly version?: undefined;
  /**
   * No key of ours.
   *
   * @defaultValue undefined
   */
  readonly keyVersion?: undefined;
  /** It would be written otherwise now. */
  readonly current: false;
}

/** What reading a defined cookie found. */
export type SecureCookieDefinedResult<Value> =
  SecureCookieVerifiedValue<Value> | SecureCookieAcceptedValue<Value> | SecureCookieRejectedValue;

/** What a client presented, as it was stored: renewal signs it again, and never re-serializes it. */
export interface StoredPayload {
  readonly payload: Uint8Array;
  /** Seconds since the epoch; the renewal itself is the first issue of what carries no date. */
  readonly firstIssuedAt: number | undefined;
}

/** A result, with the stored payload where it is valid. */
export interface DefinedRead<Value> {
  readonly result: SecureCookieDefinedResult<Value>;
  readonly stored: StoredPayload | undefined;
}

/**
 * Reads a defined cookie: v2 on every candidate, then the formats in `accepts`. Publishes one event.
 *
 * @throws {@link SecureCookieError} `secret-reused`, `schema-async` or `clock`
 */
export function readDefinedCookie<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  candidates: readonly string[],
): DefinedRead<Value> {
  const { name, encrypt, attributes, accepts } = definition;
  for (const { secrets } of accepts) {
    signer.refuseSecrets(secrets);
  }
  const maxAge = attributes.maxAge ?? signer.maxAge;
  let stored: StoredPayload | undefined;
  const { result, keyVersion } = signer.readFirst<Value>(
    name,
    candidates,
    { maxAge, encoding: 'bytes', encrypted: encrypt },
    (verified) => {
      const { payload, firstIssuedAt = verified.issuedAt } = unframe(definition, verified.value);
      if (isOver(definition, firstIssuedAt, signer.now())) {
        return { valid: false, reason: 'absolute-age' };
      }
      const decoded = definition.decode(payload);
      if (decoded.reason !== undefined) {
        return { valid: false, reason: decoded.reason };
      }
      stored = { payload, firstIssuedAt };
      return { ...verified, value: decoded.value };
    },
  );
  const read = result.valid ? undefined : readAccepted(signer, definition, candidates, maxAge);
  if (read === undefined) {
    publishRead(name, result, keyVersion);
    return { result, stored };
  }
  publishRead(name, read.result, undefined);
  return read;
}

/**
 * The bytes to sign for a payload.
 *
 * @param firstIssuedAt - whole seconds since the epoch
 */
export function payloadToSign(
  { absoluteMaxAge }: SecureCookieDefinition<never, unknown>,
  payload: Uint8Array,
  firstIssuedAt: number,
): Uint8Array {
  return absoluteMaxAge === undefined ? payload : frameFirstIssue(payload, firstIssuedAt);
}

function readAccepted<Value>(
  signer: SecureCookieSigner,
  definition: SecureCookieDefinition<never, Value>,
  candidates: readonly string[],
  maxAge: number,
): DefinedRead<Value> | undefined {
  if (definition.accepts.length === 0) {
    return undefined;
  }
  const now = signer.now();
  const formats = definition.accepts.filter(({ until }) => now * 1000 < until.getTime());
  for (const value of candidates) {
    for (const format of formats) {
      const accepted = readSafely(format, { name: definition.name, value, now, maxAge });
      const decoded = accepted === undefined ? undefined : definition.decode(accepted.payload);
      if (accepted === undefined || decoded === undefined || decoded.reason !== undefined) {
        continue;
      }
      const { payload, issuedAt } = accepted;
      return {
        result: { valid: true, value: decoded.value, issuedAt, current: false },
        stored: { payload, firstIssuedAt: issuedAt },
      };
    }
  }
  return undefined;
}

/** A format of the app's own may throw on hostile input; a request must not fail for that. */
function readSafely(
  format: SecureCookieAcceptedFormat,
  cookie: Parameters<SecureCookieAcceptedFormat['read']>[0],
): SecureCookieAcceptedPayload | undefined {
  try {
    return format.read(cookie);
  } catch {
    return undefined;
  }
}

/** Bytes of a definition that never frames may begin like a frame: they are left alone. */
function unframe(
  { codec, absoluteMaxAge }: SecureCookieDefinition<never, unknown>,
  value: string | Uint8Array,
): { readonly payload: Uint8Array; readonly firstIssuedAt?: number } {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (codec === 'bytes' && absoluteMaxAge === undefined) {
    return { payload: bytes };
  }
  const { payload, firstIssuedAt } = unframeFirstIssue(bytes);
  return firstIssuedAt === undefined ? { payload } : { payload, firstIssuedAt };
}

function isOver(
  { absoluteMaxAge }: SecureCookieDefinition<never, unknown>,
  firstIssuedAt: number,
  now: number,
): boolean {
  return absoluteMaxAge !== undefined && firstIssuedAt < now - absoluteMaxAge;
}
