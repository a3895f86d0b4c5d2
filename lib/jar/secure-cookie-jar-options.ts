import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureCookieAttributes } from '../http/set-cookie.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { SecureCookieError } from '../errors.js';
import { isInstance } from '../own-member.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { connectionOf, type Connection } from './connection.js';
import { CookieDefaults } from './cookie-defaults.js';
import type { DeviceBinding } from './device-binding.js';
import type { SharedByJars } from './shared-by-jars.js';

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
  readonly cookie?: SecureCookieAttributes | undefined;
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

/** What a jar is made of: options that were copied and checked. */
export class OwnJarOptions {
  readonly shared: SharedByJars;
  readonly request: SecureCookieJarOptions['request'];
  readonly response: ServerResponse | undefined;
  readonly connection: Connection;

  constructor(
    shared: SharedByJars,
    request: SecureCookieJarOptions['request'],
    response: ServerResponse | undefined,
    connection: Connection,
  ) {
    this.shared = shared;
    this.request = request;
    this.response = response;
    this.connection = connection;
  }
}

/**
 * The options of a jar, copied once and checked. The module has done so for its own, because each
 * request makes a jar.
 *
 * @throws {@link SecureCookieError} `option` or `attribute`
 */
export function ownJarOptions(given: SecureCookieJarOptions | OwnJarOptions): OwnJarOptions {
  if (given instanceof OwnJarOptions) {
    return given;
  }
  const own = ownOptions(given, blankJarOptions, 'option');
  const { signer, request, response, cookie = {}, isSecureConnection, host } = own;
  if (!(signer instanceof SecureCookieSigner) || !isInstance(request?.headers)) {
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
  const { logger = console, vary = true, revocations, deviceBinding } = own;
  const shared = {
    signer,
    cookie: new CookieDefaults(cookie, signer.maxAge),
    vary,
    logger,
    revocations,
    deviceBinding,
    warnings: undefined,
  };
  const connection = connectionOf(request, isSecureConnection, host);
  return new OwnJarOptions(shared, request, response, connection);
}

/** What each option must be unless it is left out, and how messages say it. */
const RULES: readonly (readonly [
  option: keyof SecureCookieJarOptions,
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

function blankJarOptions(): OwnOptions<SecureCookieJarOptions> {
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
