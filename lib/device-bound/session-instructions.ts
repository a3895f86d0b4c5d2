import type { SetCookieAttributes } from '../http/resolved-attributes.js';

/** What a browser must know about a session to refresh it. */
export interface InstructedSession {
  readonly identifier: string;
  /** Where the browser refreshes it, as a path of this origin. */
  readonly refreshPath: string;
  /** The cookie that only the device can renew, and the attributes it is set with. */
  readonly cookieName: string;
  readonly attributes: SetCookieAttributes;
}

/**
 * The session instructions (W3C Device Bound Session Credentials, "JSON Session Instruction Format").
 *
 * - the attributes are those that the cookie is set with, without its lifetime
 * - the scope is only this origin: to include its site, the site would need a file that allows it
 * - a navigation from another site may wait for a refresh if it would carry the cookie (`lax`): otherwise
 *   users who follow a link would find their session gone. Requests that other sites embed (`none`) may
 *   not: their duration would reveal who is logged in
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

/** The instructions that end a session in the browser. */
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
