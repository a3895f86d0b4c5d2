import { isDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { refreshCookieName } from './bound-sessions.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/**
 * The options of `DeviceBoundModule`.
 *
 * @experimental
 */
export interface DeviceBoundModuleOptions {
  /**
   * The path of the two endpoints, as browsers see it: a global prefix is not added.
   *
   * @defaultValue '/device-bound'
   */
  readonly path?: string | undefined;
  /** The definitions with `deviceBound` whose cookies are bound. */
  readonly sessions: readonly AnyDefinition[];
}

function blankOptions(): OwnOptions<DeviceBoundModuleOptions> {
  return { path: undefined, sessions: undefined };
}

/**
 * Unreserved characters (RFC 3986, section 2.3), which mean nothing special in routers, headers and
 * cookies. "." and ".." are refused as segments: browsers remove them.
 */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

/** Cookies with a longer path are refused; see `set-cookie.ts`. */
const MAX_PATH_LENGTH = 1000;

/**
 * The options of own properties, copied once and checked.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function deviceBoundOptions(given: DeviceBoundModuleOptions): {
  readonly path: string;
  readonly sessions: readonly AnyDefinition[];
} {
  const { path = '/device-bound', sessions } = ownOptions(given, blankOptions, 'option');
  if (typeof path !== 'string' || !PATH.test(path) || path.length > MAX_PATH_LENGTH) {
    throw new SecureCookieError(
      'option',
      'The option "path" of DeviceBoundModule must be a path such as "/device-bound": letters, digits and -._~ after each slash, and no slash at the end.',
    );
  }
  const own: readonly unknown[] = Array.isArray(sessions) ? Array.from(sessions) : [];
  if (own.length === 0 || !own.every(isDefinition)) {
    throw new SecureCookieError(
      'option',
      'The option "sessions" of DeviceBoundModule must be a list of definitions: [Session]. If one is undefined, two files may import each other.',
    );
  }
  for (const { name, boundFor } of own) {
    if (boundFor === undefined) {
      throw new SecureCookieError(
        'option',
        `The definition of the cookie "${name}" is in the "sessions" of DeviceBoundModule, but has no "deviceBound": give it one, or remove it from the list.`,
      );
    }
  }
  const names = own.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SecureCookieError(
      'option',
      `Two of the "sessions" of DeviceBoundModule have the name "${twice}": list each cookie once.`,
    );
  }
  // A refresh cookie of one session must not be authentic for another.
  const all = [...names, ...names.map(refreshCookieName)];
  const shared = all.find((name, index) => all.indexOf(name) !== index);
  if (shared !== undefined) {
    throw new SecureCookieError(
      'option',
      `Two cookies of the "sessions" of DeviceBoundModule would have the name "${shared}", which is the name of a refresh cookie: give the sessions names that differ in more than their prefix.`,
    );
  }
  return { path, sessions: own };
}
