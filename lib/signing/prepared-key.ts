import { hkdfSync } from 'node:crypto';
import { ENCRYPTION_KEY_INFO } from './encrypted-payload.js';
import { HmacKey } from './hmac.js';
import { EnvelopeV2 } from './envelope-v2.js';
import { XaesKey } from './xaes-256-gcm.js';

/** One secret and its key version, prepared for signing, reading and encrypting. */
export class PreparedKey {
  readonly version: number;
  /** The MAC of v2 values. */
  readonly sha256: HmacKey;
  readonly envelope: EnvelopeV2;
  readonly #secret: Uint8Array;
  #sha1: HmacKey | undefined;
  #xaes: XaesKey | undefined;

  /**
   * @param secret - kept without a copy: nobody else may change it
   */
  constructor(version: number, secret: Uint8Array) {
    this.version = version;
    this.sha256 = new HmacKey('sha256', secret);
    this.envelope = new EnvelopeV2(version);
    this.#secret = secret;
  }

  /** The MAC of v1 values, made on first use: most signers never read v1. */
  get sha1(): HmacKey {
    this.#sha1 ??= new HmacKey('sha1', this.#secret);
    return this.#sha1;
  }

  /**
   * The cipher of encrypted v2 values, made on first use. Its key is derived (RFC 5869), so that no key
   * serves two algorithms.
   */
  get xaes(): XaesKey {
    this.#xaes ??= new XaesKey(
      new Uint8Array(hkdfSync('sha256', this.#secret, '', ENCRYPTION_KEY_INFO, 32)),
    );
    return this.#xaes;
  }

  /** Whether a secret makes the same MACs in either format: HMAC pads and shortens its keys. */
  isMadeOf(secret: Uint8Array): boolean {
    return (
      this.sha256.isSameAs(new HmacKey('sha256', secret)) ||
      new HmacKey('sha1', this.#secret).isSameAs(new HmacKey('sha1', secret))
    );
  }
}
