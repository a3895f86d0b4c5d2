import { SecureCookieError } from '../errors.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { decryptPayload } from './encrypted-payload.js';
import type { OpenedSignedValue, SecureCookieVersion } from './opened-value.js';
import { latin1Bytes } from './own-bytes.js';
import { decodeBase64, decodeLatin1Text, decodeText } from './payload.js';
import { assertDuration, assertVersion } from './policy.js';
import type {
  SecureCookieRejectedValue,
  SecureCookieRejection,
  SecureCookieVerifyResult,
} from './verify-result.js';

/** What a signed value is returned as. */
export type SecureCookieEncoding = 'utf8' | 'bytes';

/** Text, or bytes with `encoding: 'bytes'`. */
export type SecureCookieEncodedValue<Encoding extends SecureCookieEncoding> =
  Encoding extends 'bytes' ? Uint8Array : string;

/** How one signed value is read. */
export interface SecureCookieVerifyOptions<
  Encoding extends SecureCookieEncoding = SecureCookieEncoding,
> {
  /**
   * The age up to which the value verifies, in seconds.
   *
   * @defaultValue the signer's `maxAge`
   */
  readonly maxAge?: number | undefined;
  /**
   * The oldest format that is read.
   *
   * @defaultValue the signer's `minVersion`
   */
  readonly minVersion?: SecureCookieVersion | undefined;
  /**
   * `'utf8'` returns text and rejects bytes that are not UTF-8; `'bytes'` returns the bytes.
   *
   * @defaultValue 'utf8'
   */
  readonly encoding?: Encoding | undefined;
  /**
   * Reads only values that were signed with `encrypt`.
   *
   * @defaultValue false
   */
  readonly encrypted?: boolean | undefined;
}

function blankVerifyOptions(): OwnOptions<SecureCookieVerifyOptions> {
  return { maxAge: undefined, minVersion: undefined, encoding: undefined, encrypted: undefined };
}

/** Shared by reads without options. */
const NO_VERIFY_OPTIONS = Object.freeze(blankVerifyOptions());

/**
 * The options of a read, copied once and checked.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function ownVerifyOptions(
  given: SecureCookieVerifyOptions | undefined,
): OwnOptions<SecureCookieVerifyOptions> {
  if (given === undefined) {
    return NO_VERIFY_OPTIONS;
  }
  const own = ownOptions(given, blankVerifyOptions, 'option');
  assertVerifyOptions(own);
  return own;
}

/**
 * @throws {@link SecureCookieError} `option`
 */
export function assertVerifyOptions({
  maxAge,
  minVersion,
  encoding,
  encrypted,
}: SecureCookieVerifyOptions): void {
  if (maxAge !== undefined) {
    assertDuration('maxAge', maxAge);
  }
  if (minVersion !== undefined) {
    assertVersion('minVersion', minVersion);
  }
  if (encoding !== undefined && encoding !== 'utf8' && encoding !== 'bytes') {
    throw new SecureCookieError('option', 'The option "encoding" must be "utf8" or "bytes".');
  }
  if (encrypted !== undefined && typeof encrypted !== 'boolean') {
    throw new SecureCookieError('option', 'The option "encrypted" must be true or false.');
  }
}

/**
 * Judges an authentic value by its age, base64, cipher and encoding, in this order; the first failure
 * is the reason.
 *
 * @param now - in seconds, as are `maxAge` and `clockTolerance`
 * @param signingVersion - the version of the key that signs now, if there is one
 */
export function judgeValue(
  opened: OpenedSignedValue,
  now: number,
  maxAge: number,
  clockTolerance: number,
  { encoding, encrypted = false }: OwnOptions<SecureCookieVerifyOptions>,
  signingVersion: number | undefined,
): SecureCookieVerifyResult<string | Uint8Array> {
  const { timestamp, version, keyVersion } = opened;
  const untimely = judgeDate(timestamp, now, maxAge, clockTolerance);
  if (untimely !== undefined) {
    return rejected(untimely);
  }
  const payload = decodeBase64(opened.base64);
  if (payload === undefined) {
    return rejected('malformed');
  }
  const bytes = encrypted ? decrypted(opened, latin1Bytes(payload)) : payload;
  if (bytes === undefined) {
    return rejected('decrypt');
  }
  const value = encoding === 'bytes' ? asBytes(bytes) : asText(bytes);
  if (value === undefined) {
    return rejected('encoding');
  }
  const current = version === 2 && keyVersion === signingVersion;
  return { valid: true, value, issuedAt: timestamp, version, keyVersion, current };
}

/** Judges the dates of all formats; all arguments are in seconds. */
export function judgeDate(
  issuedAt: number,
  now: number,
  maxAge: number,
  clockTolerance: number,
): 'expired' | 'future' | undefined {
  if (issuedAt < now - maxAge) {
    return 'expired';
  }
  return issuedAt > now + clockTolerance ? 'future' : undefined;
}

export function rejected(reason: SecureCookieRejection): SecureCookieRejectedValue {
  return { valid: false, reason };
}

function decrypted(
  { key, envelope }: OpenedSignedValue,
  payload: Uint8Array,
): Uint8Array | undefined {
  return envelope === undefined ? undefined : decryptPayload(key.xaes, envelope, payload);
}

/** A decoded payload has a character for each byte; a decrypted one is bytes. */
function asBytes(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? latin1Bytes(payload) : payload;
}

function asText(payload: string | Uint8Array): string | undefined {
  return typeof payload === 'string' ? decodeLatin1Text(payload) : decodeText(payload);
}
