import type { SetCookieAttributes } from '../http/resolved-attributes.js';

/** What a browser must know of a session to keep it alive. */
export interface InstructedSession {
  readonly identifier: string;
  /** Where it refreshes, as a path of this origin. */
  readonly refreshPath: string;
  /** The cookie that only the device can renew, and the attributes it is set with. */
  readonly cookieName: string;
  readonly attributes: SetCookieAttributes;
}

/**
 * The session instructions (W3C Device Bound Session Credentials, "Session Instructions Format"). The
 * attributes are those of the cookie as it is set; its lifetime does not count.
 */
export function sessionInstructions(session: InstructedSession): string {
  const { identifier, refreshPath, cookieName, attributes } = session;
  return JSON.stringify({
    session_identifier: identifier,
    refresh_url: refreshPath,
    // This origin alone: its site would need a file that says so.
    scope: { include_site: false, scope_specification: [] },
    credentials: [{ type: 'cookie', name: cookieName, attributes: attributeText(attributes) }],
  });
}

/** Ends a session in the browser. */
export function endOfSession(identifier: string): string {
  return JSON.stringify({ session_identifier: identifier, continue: false });
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

function attributeText(attributes: SetCookieAttributes): string {
  const { path, secure, httpOnly, sameSite, partitioned } = attributes;
  return [
    `Path=${path}`,
    ...(secure ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(partitioned ? ['Partitioned'] : []),
    `SameSite=${SAME_SITE[sameSite]}`,
  ].join('; ');
}
