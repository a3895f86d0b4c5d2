import { writeDefinedCookie } from '../jar/write-defined-cookie.js';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { isBytes } from '../any-realm.js';
import { SecureCookieError } from '../errors.js';
import { markHere, type SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { ownSignerOptions, type SecureCookieSignerOptions } from '../signing/signer-options.js';

/** The keys and the policy of the app under test. */
export type CookieMintOptions = SecureCookieSignerOptions;

/** A definition and a value of its type, or a name and a value that is text or bytes. */
type Minted<Input> = readonly [definition: SecureCookieDefinition<Input, unknown>, value: Input];
type MintedText = readonly [name: string, value: string | Uint8Array];

/**
 * Makes cookies for tests, each as a `Cookie` request header: valid ones, and every kind of bad one
 * that an app must refuse.
 *
 * @example
 * const mint = new CookieMint({ secret: TEST_SECRET });
 *
 * await fetch(url, { headers: { cookie: mint.valid('user', 'alice') } });
 * await fetch(url, { headers: { cookie: mint.expired(Cart, { items: [] }) } });
 */
export class CookieMint {
  readonly #options: CookieMintOptions;
  readonly #signer: SecureCookieSigner;

  /**
   * @param options - the options of the app under test: its secret or key record, its clock, ...
   * @throws `SecureCookieError` with `secret-missing`, `secret-weak`, `key-version`, `option` or `clock`
   */
  constructor(options: CookieMintOptions) {
    this.#options = ownSignerOptions(options);
    this.#signer = new SecureCookieSigner(this.#options);
  }

  /**
   * A cookie that the app accepts.
   *
   * @example
   * mint.valid('user', 'alice'); // 'user=2|1:0|...'
   */
  valid(...cookie: MintedText): string;
  valid<Input>(...cookie: Minted<Input>): string;
  valid<Input>(...cookie: MintedText | Minted<Input>): string {
    return this.#header(this.#signer, cookie);
  }

  /**
   * A cookie one second older than the signer's, or the definition's, `maxAge`.
   *
   * @example
   * mint.expired('user', 'alice');
   */
  expired(...cookie: MintedText): string;
  expired<Input>(...cookie: Minted<Input>): string;
  expired<Input>(...cookie: MintedText | Minted<Input>): string {
    const [definition] = cookie;
    assertCookie(definition);
    const own = typeof definition === 'string' ? undefined : definition.attributes.maxAge;
    return this.#header(this.#shifted(-(own ?? this.#signer.maxAge) - 1), cookie);
  }

  /**
   * A cookie dated a day ahead, beyond any reasonable `clockTolerance`.
   *
   * @example
   * mint.notYetValid('user', 'alice');
   */
  notYetValid(...cookie: MintedText): string;
  notYetValid<Input>(...cookie: Minted<Input>): string;
  notYetValid<Input>(...cookie: MintedText | Minted<Input>): string {
    return this.#header(this.#shifted(86_400), cookie);
  }

  /**
   * A cookie with the last digit of its signature changed.
   *
   * @example
   * mint.tampered('user', 'alice');
   */
  tampered(...cookie: MintedText): string;
  tampered<Input>(...cookie: Minted<Input>): string;
  tampered<Input>(...cookie: MintedText | Minted<Input>): string {
    const header = this.#header(this.#signer, cookie);
    return header.slice(0, -1) + (header.endsWith('0') ? '1' : '0');
  }

  /**
   * A cookie that is revoked in the app under test: issued one second ago, and revoked in that second
   * by its first key. Cookies of that key that were minted or set since stay valid.
   *
   * @param revocations - the app's: `app.get(SecureCookieRevocations)`; its source is not called
   * @throws `SecureCookieError` with `value` - if the value has no key
   * @example
   * mint.revoked(app.get(SecureCookieRevocations), Session, { userId: '42' });
   */
  revoked<Input>(revocations: SecureCookieRevocations, ...cookie: Minted<Input>): string {
    const past = this.#shifted(-1);
    const header = this.#header(past, cookie);
    const [definition, value] = cookie;
    assertDefinition(definition);
    markHere(revocations, definition, definition.encode(value), Math.floor(past.now()));
    return header;
  }

  /**
   * A cookie that the app accepts as one that is bound to a device.
   *
   * @throws `SecureCookieError` with `option` - if the definition has no `deviceBound`
   * @example
   * mint.bound(Session, { userId: '42' });
   * @experimental
   */
  bound<Input>(...cookie: Minted<Input>): string {
    const [{ name, boundFor }] = cookie;
    if (boundFor === undefined) {
      throw new SecureCookieError(
        'option',
        `The definition of the cookie "${name}" has no "deviceBound", so its cookies are never bound.`,
      );
    }
    return definedHeader(this.#signer, cookie, true);
  }

  /**
   * A value that was signed for another name.
   *
   * @param name - the name it is sent under
   * @param signedName - the name it was signed for
   * @param value - text or bytes
   * @example
   * mint.renamed('role', 'nickname', 'admin');
   */
  renamed(name: string, signedName: string, value: string | Uint8Array): string {
    return `${name}=${this.#signer.sign(signedName, value)}`;
  }

  /**
   * A cookie signed with a key of the record other than the current one.
   *
   * @throws `SecureCookieError` with `key-version` - if the mint has no other key
   * @example
   * new CookieMint({ secret: { 1: old, 2: current }, keyVersion: 2 }).oldKey('user', 'alice');
   */
  oldKey(...cookie: MintedText): string;
  oldKey<Input>(...cookie: Minted<Input>): string;
  oldKey<Input>(...cookie: MintedText | Minted<Input>): string {
    const { secret, keyVersion } = this.#options;
    const isRecord = typeof secret === 'object' && !isBytes(secret);
    const other = Object.keys(isRecord ? secret : {}).find((key) => Number(key) !== keyVersion);
    if (!isRecord || other === undefined) {
      throw new SecureCookieError(
        'key-version',
        '"oldKey" needs a mint with a key record: new CookieMint({ secret: { 1: old, 2: current }, keyVersion: 2 }).',
      );
    }
    const old = new SecureCookieSigner({ ...this.#options, secret, keyVersion: Number(other) });
    return this.#header(old, cookie);
  }

  #header<Input>(signer: SecureCookieSigner, cookie: MintedText | Minted<Input>): string {
    assertCookie(cookie[0]);
    return isText(cookie)
      ? `${cookie[0]}=${signer.sign(...cookie)}`
      : definedHeader(signer, cookie);
  }

  #shifted(seconds: number): SecureCookieSigner {
    const clock = (): number => this.#signer.now() + seconds;
    return new SecureCookieSigner({ ...this.#options, clock });
  }
}

function assertCookie(cookie: unknown): void {
  if (typeof cookie !== 'string') {
    assertDefinition(cookie);
  }
}

function isText<Input>(cookie: MintedText | Minted<Input>): cookie is MintedText {
  return typeof cookie[0] === 'string';
}

function definedHeader<Input>(
  signer: SecureCookieSigner,
  [definition, value]: Minted<Input>,
  bound = false,
): string {
  const payload = definition.encode(value);
  const { name, encrypt } = definition;
  const stored = { payload, firstIssuedAt: undefined, persistent: undefined, bound };
  const { bytes } = writeDefinedCookie(definition, stored, signer.now());
  return `${name}=${signer.sign(name, bytes, { encrypt })}`;
}
