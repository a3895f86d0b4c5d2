import { defineSecureCookie } from 'nestjs-secure-cookie';

/** Seconds. Short, so that a key can be retired soon after it signed for the last time. */
export const MAX_AGE = 2;

/** Longer than any run: read so, a cookie is refused for its key alone. */
const NO_LIMIT = 86_400;

/** A signed cookie and an encrypted one, each under the policy of an app and without one. */
export const COOKIES = {
  signed: {
    strict: defineSecureCookie('signed', { maxAge: MAX_AGE }),
    lenient: defineSecureCookie('signed', { maxAge: NO_LIMIT }),
  },
  encrypted: {
    strict: defineSecureCookie('encrypted', { maxAge: MAX_AGE, encrypt: true }),
    lenient: defineSecureCookie('encrypted', { maxAge: NO_LIMIT, encrypt: true }),
  },
} as const;

export type CookieKind = keyof typeof COOKIES;

/** What a server made of a cookie: its value, or the reason for its rejection. */
export interface Verdict {
  readonly value?: string;
  readonly reason?: string;
}

/** What a server answers. */
export interface Answer {
  /** Of the ring that it has. */
  readonly revision: number;
  readonly strict: Verdict;
  readonly lenient: Verdict;
}
