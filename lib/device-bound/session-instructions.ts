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
 * The session instructions (W3C Device Bound Session Credentials, "JSON Session Instruction Format").
 *
 * - the attributes are those of the cookie as it is set; its lifetime does not count
 * - this origin alone: for its whole site, the site would have to say so in a file
 * - a navigation that comes from another site may wait for a refresh where it would carry the cookie
 *   (`lax`), or whoever follows a link would find the session gone. What other sites embed (`none`) may
 *   not: how long it takes would tell them who is logged in
 */
export function sessionInstructions(session: InstructedSession): string {
  const { identifier, refreshPath, cookieName, attributes } = session;
  return JSON.stringify({
    session_identifier: identifier,
    refresh_url: refreshPath,
    scope: { include_site: false, scope_specification: [] },
    credentials: [{ type: 'cookie', name: cookieName, attributes: attributeText(attributes) }],
    allowed_refresh_initiators: attributes.sameSite === 'lax' ? ['*'] : [],
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
