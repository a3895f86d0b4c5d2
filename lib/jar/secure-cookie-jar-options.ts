import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureCookieAttributes } from '../http/set-cookie.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import type { SecureCookieLogger } from '../secure-cookie-logger.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { CookieDefaults } from './cookie-defaults.js';
import type { DeviceBinding } from './device-binding.js';
import type { OneTimeWarnings } from './one-time-warnings.js';

/** What a jar is made of. In Nest, `SecureCookieService` makes jars. */
export interface SecureCookieJarOptions {
  /** What signs and verifies. */
  readonly signer: SecureCookieSigner;
  /** Node's request; of one that opened a socket, its headers are enough. */
  readonly request: Pick<IncomingMessage, 'headers'> &
    Partial<Pick<IncomingMessage, 'method' | 'socket'>>;
  /**
   * Node's response, of which the head is not sent yet.
   *
   * @defaultValue none: then the jar reads anew each time, and setting throws `no-response`
   */
  readonly response?: ServerResponse | undefined;
  /**
   * The attributes of cookies where a call names no others.
   *
   * @defaultValue those of {@link SecureCookieAttributes}
   */
  readonly cookie?: SecureCookieAttributes | CookieDefaults | undefined;
  /**
   * Whether the request came over TLS, for `secure: 'auto'`. Behind a proxy, say what it says.
   *
   * @defaultValue whether the socket is encrypted
   */
  readonly isSecureConnection?: (() => boolean) | undefined;
  /**
   * The host that the request is for, for domains that depend on it; with or without a port. Behind a
   * proxy, say what it says.
   *
   * @defaultValue what the header `Host`, or `:authority`, says
   */
  readonly host?: (() => string | undefined) | undefined;
  /**
   * Where the jar says what no caller can be told any more.
   *
   * @defaultValue `console`
   */
  readonly logger?: SecureCookieLogger | undefined;
  /**
   * Whether the response says `Vary: Cookie` once a cookie is read.
   *
   * @defaultValue true
   */
  readonly vary?: boolean | undefined;
  /**
   * The app's revocations, which have to be started.
   *
   * @defaultValue none: a definition with `revocableBy` throws `revocations-missing`
   */
  readonly revocations?: SecureCookieRevocations | undefined;
  /**
   * Those of the app, which it hears once.
   *
   * @internal
   * @defaultValue each jar's own
   */
  readonly warnings?: OneTimeWarnings | undefined;
  /**
   * What binds cookies to devices.
   *
   * @internal
   * @defaultValue none: setting a cookie of a definition with `deviceBound` throws
   * `device-bound-missing`
   */
  readonly deviceBinding?: DeviceBinding | undefined;
}

/** What one login chooses for a defined cookie. */
export interface SecureCookieSetOptions {
  /**
   * `false` lets the cookie end with the browser's session, also when it is renewed: a login without
   * "remember me". On the server, it is as old as it may be by its definition.
   *
   * @defaultValue true: the browser keeps it as long as the definition's `maxAge` says
   */
  readonly persistent?: boolean | undefined;
}

/**
 * The options of a jar, copied once. Those of an app, which come with its {@link CookieDefaults}, are
 * complete as they are: each request makes a jar.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function ownJarOptions(given: SecureCookieJarOptions): SecureCookieJarOptions {
  return given?.cookie instanceof CookieDefaults
    ? given
    : ownOptions(given, blankJarOptions, 'option');
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
    warnings: undefined,
    deviceBinding: undefined,
  };
}
