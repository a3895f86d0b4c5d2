import { defineSecureCookie, type SecureCookieValue } from 'nestjs-secure-cookie';
import { z } from 'zod';
import { TLS } from '../tls.js';

const DAY = 86_400;

/** How long a cookie counts that is bound to a device, in seconds: a minute, so that one can watch. */
export const BOUND_FOR = 60;

export const UserName = z.string().regex(/^[a-z]{1,20}$/, 'A name has 1 to 20 letters, a to z.');

/**
 * Who is logged in, and at which device: each login gets a number of its own. Behind TLS the name would
 * be `__Host-session`, with the path `/`.
 */
export const Session = defineSecureCookie('account-session', {
  schema: z.object({ user: UserName, device: z.uuid() }),
  path: '/account',
  maxAge: 14 * DAY,
  renewAfter: DAY,
  absoluteMaxAge: 90 * DAY,
  revocableBy: ({ user, device }) => [userKey(user), deviceKey(device)],
  ...(TLS === undefined ? {} : { secure: true, deviceBound: { for: BOUND_FOR } }),
});

export type SessionValue = SecureCookieValue<typeof Session>;

/** What ends all sessions of a user. */
export function userKey(user: string): string {
  return `user:${user}`;
}

/** What ends the session of one login. */
export function deviceKey(device: string): string {
  return `device:${device}`;
}
