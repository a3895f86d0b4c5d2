import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { ResolvedAttributes } from '../http/resolved-attributes.js';
import { assertCookieSize } from '../http/set-cookie.js';
import { deletion } from '../jar/defined-cookies.js';
import type { BegunSession, DeviceBinding } from '../jar/device-binding.js';
import type { PendingCookie } from '../jar/pending-cookie.js';
import { encodeBase64 } from '../signing/payload.js';
import { signedLength, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { DeviceChallenges } from './device-challenges.js';
import { DEVICE_POINT_LENGTH } from './device-key.js';
import { encodeRefreshState, IDENTIFIER_LENGTH } from './refresh-state.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** One definition whose cookies are bound, with its refresh cookie. */
export interface BoundSession {
  readonly definition: AnyDefinition;
  /** How long a bound cookie is valid, in seconds. */
  readonly boundFor: number;
  readonly refreshName: string;
}

/** Every prefix that browsers know. */
const PREFIX = /^__(?:host-http|host|http|secure)-/i;

/** The sessions that an app binds, and its endpoints' paths. Immutable, so apps may share it. */
export class BoundSessions implements DeviceBinding {
  readonly all: readonly BoundSession[];
  readonly registrationPath: string;
  readonly refreshPath: string;
  readonly #path: string;

  /**
   * @param path - of both endpoints, and of the refresh cookies
   */
  constructor(path: string, definitions: readonly AnyDefinition[]) {
    this.#path = path;
    this.registrationPath = `${path}/registration`;
    this.refreshPath = `${path}/refresh`;
    this.all = definitions.map((definition) => ({
      definition,
      boundFor: definition.boundFor ?? 0,
      refreshName: refreshCookieName(definition.name),
    }));
  }

  binds(definition: AnyDefinition): boolean {
    return this.#of(definition) !== undefined;
  }

  check(definition: AnyDefinition, { path }: ResolvedAttributes): void {
    const { name } = definition;
    if (this.all.some(({ refreshName }) => refreshName === name)) {
      throw new SecureCookieError(
        'option',
        `The cookie "${name}" of a definition has the same name as a refresh cookie of DeviceBoundModule: rename it.`,
      );
    }
    if (this.binds(definition) && !isSentTo(this.registrationPath, path)) {
      throw new SecureCookieError(
        'option',
        `The cookie "${name}" has the path "${path}", so browsers do not send it to "${this.registrationPath}", where it is bound: give DeviceBoundModule a "path" below "${path}".`,
      );
    }
  }

  registration(
    definition: AnyDefinition,
    session: BegunSession,
    signer: SecureCookieSigner,
  ): string | undefined {
    const bound = this.#of(definition);
    if (bound === undefined) {
      return undefined;
    }
    assertRefreshable(bound, session, signer);
    const challenge = new DeviceChallenges(signer).make(registrationSubject(definition, session));
    return `(ES256);path="${this.registrationPath}";challenge="${challenge}"`;
  }

  deletions(definition: AnyDefinition, attributes: ResolvedAttributes): readonly PendingCookie[] {
    return [deletion(refreshCookieName(definition.name), this.refreshAttributes(attributes))];
  }

  /**
   * The attributes of a refresh cookie, which is sent only to the endpoints and hidden from scripts. If a
   * navigation from another site waits for a refresh, the refresh counts as cross-site too, and Chromium
   * sends the cookie only with `SameSite=None`. The endpoints make sure that no page can use that.
   *
   * @param attributes - the attributes of the session's cookie
   */
  refreshAttributes(attributes: ResolvedAttributes): ResolvedAttributes {
    const { maxAge, sameSite, partitioned, priority } = attributes;
    return new ResolvedAttributes({
      path: this.#path,
      domain: undefined,
      maxAge,
      httpOnly: true,
      secure: true,
      sameSite: sameSite === 'strict' ? 'strict' : 'none',
      partitioned,
      priority,
    });
  }

  #of(definition: AnyDefinition): BoundSession | undefined {
    return this.all.find((bound) => bound.definition === definition);
  }
}

/** Whether a cookie with this path is sent to another path (RFC 6265, section 5.1.4). */
function isSentTo(requestPath: string, cookiePath: string): boolean {
  const folder = cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`;
  return requestPath === cookiePath || requestPath.startsWith(folder);
}

/** The subject of the challenge of a registration. */
export function registrationSubject(
  { name }: AnyDefinition,
  { payload, firstIssuedAt }: BegunSession,
): readonly string[] {
  // Not with Buffer.from, whose copy of a plaintext would stay in Node's shared pool.
  return ['registration', name, String(firstIssuedAt), encodeBase64(payload)];
}

/** `__Secure-`, because `__Host-` requires the path `/`. */
export function refreshCookieName(sessionName: string): string {
  return `__Secure-${sessionName.replace(PREFIX, '')}-refresh`;
}

/**
 * Checks that a session fits its refresh cookie, which is larger: otherwise it could never be bound.
 *
 * @throws {@link SecureCookieError} `cookie-too-large`
 */
function assertRefreshable(
  { refreshName }: BoundSession,
  { payload, firstIssuedAt }: BegunSession,
  signer: SecureCookieSigner,
): void {
  const state = encodeRefreshState({
    identifier: '00'.repeat(IDENTIFIER_LENGTH),
    point: new Uint8Array(DEVICE_POINT_LENGTH),
    firstIssuedAt,
    persistent: true,
    payload,
  });
  assertCookieSize(refreshName, signedLength(signer, refreshName, state, true, firstIssuedAt));
}
