import { randomBytes } from 'node:crypto';
import { SecureCookieError } from '../errors.js';
import type { OwnOptions } from '../own-options.js';
import { CurrentKeys, type KeyFreshness } from './current-keys.js';
import { HmacInput } from './hmac-input.js';
import { KnownNames } from './known-names.js';
import {
  judgeDate,
  judgeValue,
  ownVerifyOptions,
  rejected,
  type SecureCookieEncodedValue,
  type SecureCookieEncoding,
  type SecureCookieVerifyOptions,
} from './judge-value.js';
import { ownKeys, type SecureCookieKeys } from './key-ring.js';
import type { SecureCookieVersion } from './opened-value.js';
import { assertValue } from './payload.js';
import { assertTime, resolvePolicy } from './policy.js';
import { publishRead } from './read-events.js';
import type { SecureCookieSecret } from './secret.js';
import {
  encryptValue,
  lengthOfSigned,
  ownSignOptions,
  signValueV1,
  signValueV2,
  type SecureCookieSignOptions,
} from './sign-value.js';
import { ownSignerOptions, type SecureCookieSignerOptions } from './signer-options.js';
import { openSignedValue } from './signed-value.js';
import type { SecureCookieVerifyResult } from './verify-result.js';

/** A result, and the version of the key that the signature was checked with, if it came that far. */
export interface SignedRead {
  readonly result: SecureCookieVerifyResult<string | Uint8Array>;
  readonly keyVersion: number | undefined;
}

/*
 * Functions of a signer for the other rooms only. They are not on its public type: the class assigns
 * them in its static block, because only it can see its private fields.
 */

/** `verify` without its event, for callers that judge further. Does not check the options. */
export let readSignedValue: (
  signer: SecureCookieSigner,
  name: string,
  signed: string | undefined,
  options: OwnOptions<SecureCookieVerifyOptions>,
) => SignedRead;

/**
 * The length of what {@link signDated} would return, in characters. Checks the value, and throws `value`
 * or `keys-stale`; the caller must check the name.
 */
export let signedLength: (
  signer: SecureCookieSigner,
  name: string,
  value: string | Uint8Array,
  encrypt: boolean,
  date: number,
) => number;

/**
 * `sign` in format 2 with a date, in whole seconds since the epoch. Throws `value` for one that is too
 * long, or `keys-stale`; the caller must check the name, and the value by {@link signedLength}.
 */
export let signDated: (
  signer: SecureCookieSigner,
  name: string,
  value: string | Uint8Array,
  encrypt: boolean,
  date: number,
) => string;

/** Whether a date from another format is neither too old nor in the future; all in seconds. */
export let isTimely: (signer: SecureCookieSigner, issuedAt: number, maxAge: number) => boolean;

/**
 * From now on, refuses keys made from these secrets, which verify a foreign format. Throws
 * `secret-reused`.
 */
export let refuseSecrets: (
  signer: SecureCookieSigner,
  secrets: readonly SecureCookieSecret[],
) => void;

/** Makes a signer ask at each use whether its keys are too old; then they count as withdrawn. */
export let keepFresh: (signer: SecureCookieSigner, freshness: KeyFreshness) => void;

/**
 * Replaces `randomBytes` as the source of nonces for encrypted values. For tests only: reusing a nonce
 * reveals plaintexts.
 */
export let drawNoncesFrom: (
  signer: SecureCookieSigner,
  random: (length: number) => Uint8Array,
) => void;

/**
 * Signs and verifies cookie values in Tornado's formats. Needs no Nest app.
 *
 * @example
 * const signer = new SecureCookieSigner({ secret: process.env.COOKIE_SECRET ?? '' });
 * const signed = signer.sign('user', 'alice');
 * signer.unsign('user', signed); // 'alice'
 * signer.unsign('admin', signed); // undefined: signed for another name
 */
export class SecureCookieSigner {
  /** The age up to which values verify, in seconds, unless a read says otherwise. */
  readonly maxAge: number;
  /** The oldest format that is read, unless a read says otherwise. */
  readonly minVersion: SecureCookieVersion;
  /** How far in the future a value's date may be, in seconds. */
  readonly clockTolerance: number;
  readonly #clock: () => number;
  /** Makes the nonces of encrypted values. */
  #random: (length: number) => Uint8Array = randomBytes;
  readonly #input = new HmacInput();
  readonly #names = new KnownNames();
  readonly #keys: CurrentKeys;

  static {
    readSignedValue = (signer, name, signed, options) => signer.#read(name, signed, options);
    signedLength = (signer, name, value, encrypt, date) =>
      signer.#signedLength(name, value, encrypt, date);
    signDated = (signer, name, value, encrypt, date) => signer.#signV2(name, value, encrypt, date);
    isTimely = (signer, issuedAt, maxAge) =>
      judgeDate(issuedAt, signer.now(), maxAge, signer.clockTolerance) === undefined;
    refuseSecrets = (signer, secrets) => signer.#keys.refuse(secrets);
    drawNoncesFrom = (signer, random) => {
      signer.#random = random;
    };
    keepFresh = (signer, freshness) => signer.#keys.keepFresh(freshness);
  }

  /**
   * @param options - keys and policy; secrets are copied, so later changes to them have no effect
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak` or `key-version` for the keys,
   * `option` for anything else
   */
  constructor(options: SecureCookieSignerOptions) {
    const own = ownSignerOptions(options);
    const { maxAge, minVersion, clockTolerance, allowWeakSecrets, clock } = resolvePolicy(own);
    this.maxAge = maxAge;
    this.minVersion = minVersion;
    this.clockTolerance = clockTolerance;
    this.#clock = clock;
    this.#keys = new CurrentKeys(own, allowWeakSecrets, () => this.now());
  }

  /**
   * Signs a value for one cookie name. Tornado: `create_signed_value`.
   *
   * @param name - the cookie's name, an RFC 6265 token
   * @param value - well-formed text, stored as UTF-8, or bytes
   * @param options - `version`, the format, by default 2; `encrypt`, which hides the value
   * @returns the signed value: printable ASCII, to be sent as it is
   * @throws {@link SecureCookieError} `name` or `value` if it cannot be signed, `key-version` for
   * version 1 with a key record, `option` for a bad option or options that exclude each other, `clock`
   * if the clock returns no date, `keys-stale` if the keys were withdrawn
   * @example
   * signer.sign('user', 'alice'); // '2|1:0|10:1300000000|4:user|8:YWxpY2U=|...'
   */
  sign(name: string, value: string | Uint8Array, options?: SecureCookieSignOptions): string {
    this.#names.assert(name);
    assertValue(value);
    const { version, encrypt } = ownSignOptions(options);
    const date = Math.floor(this.now());
    return version === 1
      ? this.#signV1(name, value, date)
      : this.#signV2(name, value, encrypt === true, date);
  }

  /**
   * Verifies a signed value, and returns the reason if it is rejected. Tornado: `decode_signed_value`.
   *
   * It never throws because of what a client sent. It checks, in this order: presence, length,
   * characters, format, fields, key, signature, name, age, base64, cipher, text; the first failure is
   * the reason.
   *
   * @param name - the name of the cookie that carried it
   * @param signed - the cookie's value
   * @returns `{ valid: true, value, issuedAt, version, keyVersion, current }` or
   * `{ valid: false, reason }`
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` if the clock returns no date
   * @example
   * const result = signer.verify('user', signed, { maxAge: 3600 });
   * if (result.valid) console.log(result.value, result.issuedAt);
   * else console.log(result.reason); // 'expired'
   */
  verify<Encoding extends SecureCookieEncoding = 'utf8'>(
    name: string,
    signed: string | undefined,
    options?: SecureCookieVerifyOptions<Encoding>,
  ): SecureCookieVerifyResult<SecureCookieEncodedValue<Encoding>>;
  verify(
    name: string,
    signed: string | undefined,
    options?: SecureCookieVerifyOptions,
  ): SecureCookieVerifyResult<string | Uint8Array> {
    const own = ownVerifyOptions(options);
    const { result, keyVersion } = this.#read(name, signed, own);
    publishRead(name, result, keyVersion);
    return result;
  }

  /**
   * The value that was signed, or `undefined` if it does not verify. Tornado: `decode_signed_value`,
   * which returns bytes.
   *
   * @returns text, or bytes with `encoding: 'bytes'`; `undefined` for any bad input
   * @throws {@link SecureCookieError} `option` for a bad option, `clock` if the clock returns no date
   * @example
   * signer.unsign('user', signed) ?? 'nobody';
   */
  unsign<Encoding extends SecureCookieEncoding = 'utf8'>(
    name: string,
    signed: string | undefined,
    options?: SecureCookieVerifyOptions<Encoding>,
  ): SecureCookieEncodedValue<Encoding> | undefined {
    const result = this.verify(name, signed, options);
    return result.valid ? result.value : undefined;
  }

  /**
   * Replaces the keys: from the next call on, the new ones sign and read. If they are not valid, it
   * throws and the old ones stay.
   *
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version`, `option`, or
   * `secret-reused` for a secret in a definition's `accepts`
   * @example
   * signer.replaceKeys({ secret: { 1: oldSecret, 2: newSecret }, keyVersion: 2 });
   */
  replaceKeys(keys: SecureCookieKeys): void {
    this.#keys.replace(ownKeys(keys));
  }

  /**
   * Withdraws the keys: until {@link SecureCookieSigner.replaceKeys} sets new ones, every read is
   * rejected as `unknown-key`, and signing throws `keys-stale`.
   *
   * @example
   * signer.withdrawKeys(); // the keys have leaked, and there are no new ones yet
   */
  withdrawKeys(): void {
    this.#keys.withdraw();
  }

  /**
   * The time by this signer's clock, in seconds since the epoch, with fractions.
   *
   * @throws {@link SecureCookieError} `clock` - if the clock does not return such a number
   * @example
   * const isFresh = signer.now() - issuedAt < 60;
   */
  now(): number {
    const seconds = this.#clock();
    assertTime(seconds);
    return seconds;
  }

  #signV1(name: string, value: string | Uint8Array, date: number): string {
    const key = this.#keys.signing;
    this.#assertUnversioned();
    return signValueV1(key, name, value, date);
  }

  #signV2(name: string, value: string | Uint8Array, encrypt: boolean, date: number): string {
    const key = this.#keys.signing;
    return encrypt
      ? encryptValue(key, this.#input, name, value, date, this.#random)
      : signValueV2(key, this.#input, name, value, date);
  }

  #signedLength(name: string, value: string | Uint8Array, encrypt: boolean, date: number): number {
    assertValue(value);
    return lengthOfSigned(this.#keys.signing.version, name, value, date, encrypt);
  }

  #read(
    name: string,
    signed: string | undefined,
    options: OwnOptions<SecureCookieVerifyOptions>,
  ): SignedRead {
    const keys = this.#keys.reading;
    const opened = openSignedValue(
      keys,
      this.#input,
      this.#names.include(name) ? name : undefined,
      signed,
      options.minVersion ?? this.minVersion,
    );
    const keyVersion = opened.key?.version;
    if (opened.reason !== undefined) {
      if (opened.unknownVersion !== undefined) {
        this.#keys.miss(opened.unknownVersion);
      }
      return { result: rejected(opened.reason), keyVersion };
    }
    const result = judgeValue(
      opened,
      this.now(),
      options.maxAge ?? this.maxAge,
      this.clockTolerance,
      options,
      keys.signingKey?.version,
    );
    return { result, keyVersion };
  }

  #assertUnversioned(): void {
    if (this.#keys.reading.versioned) {
      throw new SecureCookieError(
        'key-version',
        'Format 1 carries no key version, so it cannot be signed with a key record: sign with version 2.',
      );
    }
  }
}
