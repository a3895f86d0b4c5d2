import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureCookieAttributes } from '../http/set-cookie.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { SecureCookieError } from '../errors.js';
import { isInstance } from '../own-member.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import type { Connection } from './connection.js';
import { CookieDefaults } from './cookie-defaults.js';
import type { DeviceBinding } from './device-binding.js';
import type { OneTimeWarnings } from './one-time-warnings.js';

/** The options of a jar. In Nest, `SecureCookieService` makes jars. */
export interface SecureCookieJarOptions {
  /** Signs and verifies the cookies. */
  readonly signer: SecureCookieSigner;
  /** Node's request. For the request that opened a socket, its headers are enough. */
  readonly request: Pick<IncomingMessage, 'headers'> &
    Partial<Pick<IncomingMessage, 'method' | 'socket'>>;
  /**
   * Node's response, whose head has not been sent yet.
   *
   * @defaultValue none: then each read verifies again, and setting throws `no-response`
   */
  readonly response?: ServerResponse | undefined;
  /**
   * The default attributes of cookies.
   *
   * @defaultValue those of {@link SecureCookieAttributes}
   */
  readonly cookie?: SecureCookieAttributes | CookieDefaults | undefined;
  /**
   * Whether the request came over TLS, for `secure: 'auto'`. Behind a proxy, return what it says.
   *
   * @defaultValue whether the socket is encrypted
   */
  readonly isSecureConnection?: (() => boolean) | undefined;
  /**
   * The host of the request, with or without a port, for domains that depend on it. Behind a proxy,
   * return what it says.
   *
   * @defaultValue the header `Host`, or `:authority`
   */
  readonly host?: (() => string | undefined) | undefined;
  /**
   * Answers in place of `isSecureConnection` and `host`.
   *
   * @internal
   * @defaultValue these two
   */
  readonly connection?: Connection | undefined;
  /**
   * Gets what the jar can no longer tell a caller.
   *
   * @defaultValue `console`
   */
  readonly logger?: SecureCookieLogger | undefined;
  /**
   * Whether the response gets `Vary: Cookie` when a cookie is read.
   *
   * @defaultValue true
   */
  readonly vary?: boolean | undefined;
  /**
   * The app's revocations, which must have been started.
   *
   * @defaultValue none: a definition with `revocableBy` throws `revocations-missing`
   */
  readonly revocations?: SecureCookieRevocations | undefined;
  /**
   * The warnings that the app gets once.
   *
   * @internal
   * @defaultValue each jar's own
   */
  readonly warnings?: OneTimeWarnings | undefined;
  /**
   * Binds cookies to devices.
   *
   * @internal
   * @defaultValue none: setting a cookie of a definition with `deviceBound` throws
   * `device-bound-missing`
   */
  readonly deviceBinding?: DeviceBinding | undefined;
}

/** The choices of one login for a defined cookie. */
export interface SecureCookieSetOptions {
  /**
   * `false` makes the cookie end with the browser's session, even when it is renewed: a login without
   * "remember me". On the server, the limits of its definition apply.
   *
   * @defaultValue true: the browser keeps it for the definition's `maxAge`
   */
  readonly persistent?: boolean | undefined;
}

/**
 * The options of a jar, copied once. Options with {@link CookieDefaults} come from the module, which
 * has checked them; they are used as they are, because each request makes a jar.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function ownJarOptions(given: SecureCookieJarOptions): SecureCookieJarOptions {
  if (given?.cookie instanceof CookieDefaults) {
    return given;
  }
  const own = ownOptions<GivenJarOptions>(given, blankJarOptions, 'option');
  if (!(own.signer instanceof SecureCookieSigner) || !isInstance(own.request?.headers)) {
    throw new SecureCookieError(
      'option',
      'A jar needs a signer and Node’s request: new SecureCookieJar({ signer, request, response }).',
    );
  }
  for (const [option, allows, expected] of RULES) {
    if (own[option] !== undefined && !allows(own[option])) {
      throw new SecureCookieError('option', `The option "${option}" of a jar must be ${expected}.`);
    }
  }
  return { ...own, connection: undefined, warnings: undefined };
}

/** What callers outside this package may give. */
type GivenJarOptions = Omit<SecureCookieJarOptions, 'connection' | 'warnings'>;

/** What each option must be unless it is left out, and how messages say it. */
const RULES: readonly (readonly [
  option: keyof GivenJarOptions,
  allows: (value: unknown) => boolean,
  expected: string,
])[] = [
  ['response', isInstance, 'Node’s response'],
  ['isSecureConnection', isFunction, 'a function that returns true or false'],
  ['host', isFunction, 'a function that returns the host of the request'],
  ['logger', isInstance, 'an object with "warn" and "error"'],
  ['vary', (value) => typeof value === 'boolean', 'true or false'],
];

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function blankJarOptions(): OwnOptions<GivenJarOptions> {
  return {
    signer: undefined,
    request: undefined,
    response: undefined,
    cookie: undefined,
    isSecureConnection: undefined,
    host: undefined,
    logger: undefined,
    vary: undefined,
    revocations: undefined,
    deviceBinding: undefined,
  };
}
