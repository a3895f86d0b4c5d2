import { hkdfSync } from 'node:crypto';
import { SecureCookieError } from '../errors.js';
import { ENCRYPTION_KEY_INFO } from './encrypted-payload.js';
import { asciiBytes, HmacKey } from './hmac.js';
import { SignedValueV2Start } from './signed-value-v2.js';
import { XaesKey } from './xaes-256-gcm.js';

/** A secret: text, of which the UTF-8 bytes are used as they are (never decoded), or bytes. */
export type SecureCookieSecret = string | Uint8Array;

/** Secrets by key version, a whole number from 0 to 9,999,999,999. Tornado's `cookie_secret` dict. */
export type SecureCookieKeyRecord = Readonly<Record<number, SecureCookieSecret>>;

/** One secret, or a record of them and the version that signs. */
export type SecureCookieKeys =
  | {
      /** The one secret. It signs as key version 0 and reads v2 values of any key version. */
      readonly secret: SecureCookieSecret;
      /**
       * The version it signs as.
       *
       * @defaultValue 0
       */
      readonly keyVersion?: 0 | undefined;
    }
  | {
      /** Secrets by key version: each reads the values that carry its version. */
      readonly secret: SecureCookieKeyRecord;
      /** The version of the secret that signs. Tornado's `key_version` setting. */
      readonly keyVersion: number;
    };

/** One secret of a ring, prepared for both formats. */
export interface RingKey {
  readonly version: number;
  /** The MAC of v1 values. */
  readonly sha1: HmacKey;
  /** The MAC of v2 values. */
  readonly sha256: HmacKey;
  /** What v2 values begin with. */
  readonly v2Start: SignedValueV2Start;
  /** The cipher of encrypted v2 values. */
  readonly xaes: XaesKey;
}

/** What signs and reads at one time. */
export interface Keys {
  /** Whether the secrets came as a record, so that a key version must be known to be read. */
  readonly versioned: boolean;
  /** The key that signs, if there is one. */
  readonly signingKey: RingKey | undefined;
  /** The key that reads values of this key version, if there is one. */
  find(version: number): RingKey | undefined;
  /**
   * The bytes of a text, good until the next call of a key, or `undefined` where it is not ASCII: in
   * the memory of the key that signs, which verifies them there.
   */
  layOut(text: string): Uint8Array | undefined;
  /** Whether one of the keys is made of a secret, as HMAC pads it. */
  includes(secret: SecureCookieSecret): boolean;
}

/** Keys that were withdrawn: none signs, none reads. */
export const NO_KEYS: Keys = Object.freeze({
  versioned: true,
  signingKey: undefined,
  find: () => undefined,
  layOut: asciiBytes,
  includes: () => false,
});

/** RFC 2104, section 3: keys shorter than the hash's output weaken it. */
const MIN_SECRET_LENGTH = 32;

/** Ten digits at most: the same bound that the v2 format's key version field has. */
const KEY_VERSION = /^(?:0|[1-9][0-9]{0,9})$/;

/**
 * Secrets that are printed in documentation, and so are no secrets: Tornado's demos and guide, and
 * this project's sample. The demos vary the first two digits of one value.
 */
const PUBLISHED_SECRET =
  /^(?:[0-9]{2}oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o\/Vo=|L8LwECiNRxq2N0N2eGxx9MZlrpmuMEimlydNX\/vt1LM=|__TODO:_GENERATE_YOUR_OWN_RANDOM_VALUE_HERE__)$/i;

/** The last sentence of every message about a secret that will not do. */
export const HOW_TO_MAKE_A_SECRET = `Make one with: node -p "require('node:crypto').randomBytes(32).toString('base64')".`;

/**
 * The secrets of a signer: validated, copied, and selected by key version. A ring never changes; a
 * signer that turns its keys swaps the whole ring.
 */
export class KeyRing implements Keys {
  readonly versioned: boolean;
  readonly signingKey: RingKey;
  readonly #keys = new Map<number, RingKey>();

  /**
   * @throws {@link SecureCookieError} `secret-missing`, `secret-weak`, `key-version` or `option`
   */
  constructor(keys: SecureCookieKeys, allowWeakSecrets: boolean) {
    // A factory or a key provider may have returned nothing.
    const given: { secret?: unknown; keyVersion?: unknown } | null | undefined = keys;
    const { secret, keyVersion } = given ?? {};
    this.versioned = isKeyRecord(secret);
    const secrets = isKeyRecord(secret) ? Object.entries(secret) : [['0', secret] as const];
    if (secrets.length === 0) {
      throw new SecureCookieError(
        'secret-missing',
        'The key record of the option "secret" is empty.',
      );
    }
    for (const [version, value] of secrets) {
      this.#add(version, value, allowWeakSecrets);
    }
    this.signingKey = this.#select(keyVersion);
  }

  find(version: number): RingKey | undefined {
    return this.versioned ? this.#keys.get(version) : this.signingKey;
  }

  layOut(text: string): Uint8Array | undefined {
    return this.signingKey.sha256.layOut(text);
  }

  includes(secret: SecureCookieSecret): boolean {
    const bytes = secretBytes(secret, '');
    const sha1 = new HmacKey('sha1', bytes);
    const sha256 = new HmacKey('sha256', bytes);
    return [...this.#keys.values()].some(
      (key) => key.sha1.isSameAs(sha1) || key.sha256.isSameAs(sha256),
    );
  }

  #add(version: string, secret: unknown, allowWeakSecrets: boolean): void {
    if (!KEY_VERSION.test(version)) {
      throw new SecureCookieError(
        'key-version',
        // It is not shown: in a record written the wrong way round, it is the secret.
        'A key of the record "secret" is not a key version: { [version]: secret }, where versions are whole numbers from 0 to 9999999999.',
      );
    }
    const bytes = secretBytes(secret, this.versioned ? ` of key version ${version}` : '');
    if (!allowWeakSecrets) {
      assertStrong(bytes);
    }
    this.#keys.set(Number(version), {
      version: Number(version),
      sha1: new HmacKey('sha1', bytes),
      sha256: new HmacKey('sha256', bytes),
      v2Start: new SignedValueV2Start(Number(version)),
      xaes: new XaesKey(encryptionKey(bytes)),
    });
  }

  #select(given: unknown): RingKey {
    if (this.versioned && given === undefined) {
      throw new SecureCookieError(
        'key-version',
        'The option "keyVersion" is required with a key record: name the version that signs.',
      );
    }
    const keyVersion = given === undefined ? 0 : given;
    const key = typeof keyVersion === 'number' ? this.#keys.get(keyVersion) : undefined;
    if (key !== undefined) {
      return key;
    }
    throw new SecureCookieError(
      'key-version',
      this.versioned
        ? 'The option "keyVersion" names no key of the record "secret".'
        : 'A single secret always signs as key version 0: leave "keyVersion" out, or give "secret" as a record { [version]: secret }.',
    );
  }
}

function isKeyRecord(secret: unknown): secret is Record<string, unknown> {
  if (typeof secret !== 'object' || secret === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(secret);
  return prototype === null || prototype === Object.prototype;
}

/**
 * A copy of the secret, apart from Node's shared Buffer pool.
 *
 * @param which - what the messages say behind "secret"
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 */
export function secretBytes(secret: unknown, which: string): Uint8Array {
  if (secret === undefined || secret === null || secret === '') {
    throw new SecureCookieError(
      'secret-missing',
      `The option "secret"${which} is ${secret === '' ? 'empty' : String(secret)}. Is the environment variable it comes from set, and loaded before the module is? ${HOW_TO_MAKE_A_SECRET}`,
    );
  }
  if (typeof secret === 'string' && secret.isWellFormed()) {
    return new TextEncoder().encode(secret);
  }
  if (!(secret instanceof Uint8Array)) {
    throw new SecureCookieError(
      'option',
      `The option "secret"${which} must be well-formed text or a Uint8Array. To rotate secrets, give a record { [version]: secret } and "keyVersion".`,
    );
  }
  if (secret.length === 0) {
    throw new SecureCookieError(
      'secret-missing',
      `The option "secret"${which} is empty. ${HOW_TO_MAKE_A_SECRET}`,
    );
  }
  return new Uint8Array(secret);
}

/** RFC 5869: the ciphers' keys are derived, so that no key serves two algorithms. */
function encryptionKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', ENCRYPTION_KEY_INFO, 32));
}

function assertStrong(secret: Uint8Array): void {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new SecureCookieError(
      'secret-weak',
      `The secret has ${secret.length} bytes; it needs ${MIN_SECRET_LENGTH} or more. ${HOW_TO_MAKE_A_SECRET} For tests and demos alone, "allowWeakSecrets: true" lets it pass.`,
    );
  }
  if (PUBLISHED_SECRET.test(Buffer.from(secret).toString('latin1'))) {
    throw new SecureCookieError(
      'secret-weak',
      `The secret is printed in public documentation: anyone can forge cookies with it. ${HOW_TO_MAKE_A_SECRET} For tests and demos alone, "allowWeakSecrets: true" lets it pass.`,
    );
  }
}
