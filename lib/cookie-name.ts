import { SecureCookieError } from './errors.js';

/**
 * Names that Python's `http.cookies.Morsel` reserves for attributes, in any case: Tornado silently
 * drops a cookie with such a name. Python 3.14 added `partitioned`.
 */
const RESERVED = 'comment|domain|expires|httponly|max-age|partitioned|path|samesite|secure|version';

const RESERVED_NAME = new RegExp(`^(?:${RESERVED})$`, 'i');

/**
 * RFC 6265, section 4.1.1: cookie-name = token. RFC 9110, section 5.6.2:
 *
 *     token = 1*tchar
 *     tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." /
 *             "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
 */
const COOKIE_NAME = new RegExp(`^(?!(?:${RESERVED})$)[!#$%&'*+.^_\`|~0-9a-z-]+$`, 'i');

const NO_TCHAR = /[^!#$%&'*+.^_`|~0-9a-z-]/i;

/** Whether a cookie with this name can be signed, sent, and read by Tornado as well. */
export function isCookieName(name: unknown): name is string {
  return typeof name === 'string' && COOKIE_NAME.test(name);
}

/**
 * @throws {@link SecureCookieError} `name` - if {@link isCookieName} returns `false`
 */
export function assertCookieName(name: unknown): asserts name is string {
  if (isCookieName(name)) {
    return;
  }
  if (typeof name === 'string' && RESERVED_NAME.test(name)) {
    throw new SecureCookieError(
      'name',
      `A cookie cannot be named "${name}": cookie parsers, such as Python's, take that name for an attribute. Choose another name.`,
    );
  }
  throw new SecureCookieError(
    'name',
    `${faultOf(name)}: use letters, digits and !#$%&'*+-.^_\`|~ only (an RFC 6265 token).`,
  );
}

/** Shows only one character: if name and value were swapped, the "name" is the value. */
function faultOf(name: unknown): string {
  if (typeof name !== 'string') {
    return `A value of type ${typeof name} is not a cookie name`;
  }
  const place = name.search(NO_TCHAR);
  return place === -1
    ? 'A cookie name cannot be empty'
    : `A cookie name cannot hold ${JSON.stringify(name.charAt(place))}, as this one does at character ${place + 1}`;
}
