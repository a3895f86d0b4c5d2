import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { assertCookieName } from '../cookie-name.js';
import { assertDefinition } from '../definition/is-definition.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { SecureCookieAttributes } from '../http/set-cookie.js';
import type { DeviceBinding } from '../jar/device-binding.js';
import { SecureCookieJar } from '../jar/secure-cookie-jar.js';
import { SecureCookieReader } from '../jar/secure-cookie-reader.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import type { SecureCookieRevocations } from '../revocation/secure-cookie-revocations.js';
import { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import type { SecureCookieSignerOptions } from '../signing/signer-options.js';
import { CookieMint } from './cookie-mint.js';
import { readSetCookies, type ReadSetCookie } from './set-cookies.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** The options of {@link createTestJar}. All are optional. */
export interface TestJarOptions {
  /**
   * The keys and the policy of the signer, its `clock` included.
   *
   * @defaultValue a fixed secret
   */
  readonly signer?: SecureCookieSignerOptions | undefined;
  /**
   * The request's `Cookie` headers, or a function that makes them with a mint of the same keys.
   *
   * @defaultValue none
   */
  readonly cookies?:
    string | readonly string[] | ((mint: CookieMint) => string | readonly string[]) | undefined;
  /**
   * The default attributes of cookies, as in the module's option `cookie`.
   *
   * @defaultValue those of `SecureCookieAttributes`
   */
  readonly cookie?: SecureCookieAttributes | undefined;
  /**
   * Whether the request came over TLS.
   *
   * @defaultValue true
   */
  readonly secure?: boolean | undefined;
  /**
   * Makes the revocations that definitions with `revocableBy` need.
   *
   * @defaultValue none
   */
  readonly revocations?: ((signer: SecureCookieSigner) => SecureCookieRevocations) | undefined;
}

function blankOptions(): OwnOptions<TestJarOptions> {
  return {
    signer: undefined,
    cookies: undefined,
    cookie: undefined,
    secure: undefined,
    revocations: undefined,
  };
}

/** A jar, and what it sent. Made by {@link createTestJar}. */
export interface TestJar {
  /** Pass it to a handler in place of the jar that `@SecureCookies()` injects. */
  readonly jar: SecureCookieJar;
  /**
   * The cookies that were set, cleared and renewed. This call sends the response: to set more, make
   * another jar.
   *
   * @throws `SecureCookieError` with `value`, `cookie-too-large` or `keys-stale` - as in Nest's pipeline
   */
  sent(): ReadSetCookie[];
  /**
   * Whether a cookie was cleared. This call sends the response.
   *
   * @throws `SecureCookieError` with `name` - if `cookie` is neither a name nor a definition
   */
  cleared(cookie: string | AnyDefinition): boolean;
  /** Reads the browser's next request: the cookies of this one, with the changes of {@link TestJar.sent}. */
  next(): SecureCookieReader;
}

/** Asks for no registration: there is no browser that could bind a cookie. */
const UNBOUND: DeviceBinding = {
  binds: () => true,
  check: () => undefined,
  registration: () => undefined,
  deletions: () => [],
};

/** Public: it only signs what a test sets and then reads. */
const TEST_SECRET = 'the secret of createTestJar, which anyone may know';

/**
 * A jar for unit tests of controllers, which shows what they set. It needs neither an app nor a server.
 *
 * @param options - all optional: see {@link TestJarOptions}
 * @throws `SecureCookieError` with `option`, `attribute`, or what the keys throw
 * @example
 * const cookies = createTestJar({ cookies: (mint) => mint.valid('user', 'alice') });
 *
 * new AccountController().logIn(cookies.jar);
 *
 * expect(cookies.next().get(Session)).toEqual({ userId: 42 });
 * expect(cookies.sent()).toMatchObject([{ name: '__Host-session' }]);
 */
export function createTestJar(options: TestJarOptions = {}): TestJar {
  const {
    signer: keys = { secret: TEST_SECRET },
    cookies = [],
    cookie = {},
    secure = true,
    revocations: makeRevocations,
  } = ownOptions(options, blankOptions, 'option');
  if (makeRevocations !== undefined && typeof makeRevocations !== 'function') {
    throw new SecureCookieError(
      'option',
      'The option "revocations" of createTestJar must be a function that makes them of a signer.',
    );
  }
  const signer = new SecureCookieSigner(keys);
  const presented = [cookies]
    .flat()
    .flatMap((given) => (typeof given === 'function' ? given(new CookieMint(keys)) : given));
  // Never connected, so that nothing is sent and nothing keeps the process alive.
  const request = new IncomingMessage(new Socket());
  request.headers.cookie = presented.join('; ');
  const response = new ServerResponse(request);
  const revocations = makeRevocations?.(signer);
  const jar = new SecureCookieJar({
    signer,
    request,
    response,
    cookie,
    isSecureConnection: () => secure,
    revocations,
    deviceBinding: UNBOUND,
  });

  function sent(): ReadSetCookie[] {
    if (!response.headersSent) {
      jar.signPending();
      response.writeHead(200);
    }
    return readSetCookies(setCookies(response));
  }

  return {
    jar,
    sent,
    cleared: (asked) => {
      const name = nameOf(asked);
      const last = sent().findLast((set) => set.name === name);
      return last?.attributes.maxAge === 0;
    },
    next: () => {
      const now = sent();
      const kept = presented
        .flatMap((header) => header.split(/; */))
        .filter((pair) => !now.some(({ name }) => pair.startsWith(`${name}=`)));
      const added = now
        .filter(({ attributes }) => attributes.maxAge !== 0)
        .map(({ name, value }) => `${name}=${value}`);
      return new SecureCookieReader(signer, [...kept, ...added].join('; '), { revocations });
    },
  };
}

function setCookies(response: ServerResponse): string[] {
  const header = response.getHeader('Set-Cookie') ?? [];
  return (Array.isArray(header) ? header : [header]).map(String);
}

function nameOf(cookie: string | AnyDefinition): string {
  if (typeof cookie === 'string') {
    assertCookieName(cookie);
    return cookie;
  }
  assertDefinition(cookie);
  return cookie.name;
}
