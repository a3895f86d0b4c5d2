import { defineSecureCookie } from 'nestjs-secure-cookie';
import { z } from 'zod';

/** What a session says: it ends with its user, with its device, and with all others. */
export const Session = defineSecureCookie('session', {
  schema: z.object({ user: z.string(), device: z.string() }),
  maxAge: 3600,
  renewAfter: 2,
  absoluteMaxAge: 3600,
  revocableBy: ({ user, device }) => keysOf(user, device),
});

export function keysOf(user: string, device: string): readonly [string, string] {
  return [`user:${user}`, `device:${device}`];
}

/** What a server makes of a cookie. */
export interface VisitAnswer {
  /** `valid`, or the reason why not. */
  readonly verdict: string;
  readonly user: string | undefined;
}

/** What a server says once it has revoked something. */
export interface RevocationAnswer {
  /** The date of the mark, in seconds since the epoch. */
  readonly at: number;
}

/** How long a server has taken to load at most, in milliseconds, from when the load was due. */
export interface LoadAnswer {
  readonly slowest: number;
}
