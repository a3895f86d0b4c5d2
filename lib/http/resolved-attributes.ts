/** A cookie's attributes, complete and validated. */
export interface SetCookieAttributes {
  readonly path: string;
  readonly domain: string | undefined;
  readonly maxAge: number | null;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly partitioned: boolean;
  readonly priority: 'low' | 'medium' | 'high' | undefined;
}

const SAME_SITE = {
  strict: 'SameSite=Strict',
  lax: 'SameSite=Lax',
  none: 'SameSite=None',
} as const;

const PRIORITY = {
  low: 'Priority=Low',
  medium: 'Priority=Medium',
  high: 'Priority=High',
} as const;

/**
 * The attributes of one cookie, complete and checked, and their text in a `Set-Cookie` header. An app
 * sets many cookies with the same attributes, so the text is built at most once a second.
 */
export class ResolvedAttributes {
  readonly path: string;
  readonly domain: string | undefined;
  readonly maxAge: number | null;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly partitioned: boolean;
  readonly priority: 'low' | 'medium' | 'high' | undefined;
  readonly #needsTls: boolean;
  /** The second for which {@link #text} was built. */
  #second = Number.NaN;
  #text = '';

  constructor(
    attributes: SetCookieAttributes,
    maxAge = attributes.maxAge,
    { domain, path }: Pick<SetCookieAttributes, 'domain' | 'path'> = attributes,
    needsTls = false,
  ) {
    this.path = path;
    this.domain = domain;
    this.maxAge = maxAge;
    this.httpOnly = attributes.httpOnly;
    this.secure = attributes.secure;
    this.sameSite = attributes.sameSite;
    this.partitioned = attributes.partitioned;
    this.priority = attributes.priority;
    this.#needsTls = needsTls;
  }

  /** Whether `secure: 'auto'` became `Secure` only because the cookie cannot exist without it. */
  get needsTls(): boolean {
    return this.#needsTls;
  }

  /**
   * The same attributes with another lifetime.
   *
   * @param maxAge - seconds; 0 deletes the cookie, `null` lets the browser keep it until it is closed
   */
  lasting(maxAge: number | null): ResolvedAttributes {
    return maxAge === this.maxAge
      ? this
      : new ResolvedAttributes(this, maxAge, this, this.#needsTls);
  }

  /** The same attributes at another place, which the cookie's name must allow. */
  livingAt(domain: string | undefined, path: string): ResolvedAttributes {
    return domain === this.domain && path === this.path
      ? this
      : new ResolvedAttributes(this, this.maxAge, { domain, path }, this.#needsTls);
  }

  /** Whether browsers keep only one cookie of a name with both (RFC 6265bis, section 5.6). */
  isSamePlaceAs({ domain, path, partitioned }: ResolvedAttributes): boolean {
    return (
      path === this.path &&
      partitioned === this.partitioned &&
      plainDomain(domain) === plainDomain(this.domain)
    );
  }

  /**
   * Everything after the value in a header: `; Max-Age=60; Path=/; ...`.
   *
   * @param now - the time, in seconds since the epoch, from which `Expires` counts
   */
  textAt(now: number): string {
    const second = Math.floor(now);
    if (second !== this.#second) {
      this.#text = attributeText(this, second);
      this.#second = second;
    }
    return this.#text;
  }
}

/** In lower case, and without the leading dot, which has no meaning. */
function plainDomain(domain: string | undefined): string | undefined {
  return domain?.replace(/^\./, '').toLowerCase();
}

function attributeText(attributes: SetCookieAttributes, second: number): string {
  const { path, domain, maxAge, httpOnly, secure, sameSite, partitioned, priority } = attributes;
  return [
    '',
    ...(maxAge === null ? [] : [`Max-Age=${maxAge}`]),
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    ...(maxAge === null ? [] : [`Expires=${expiry(second, maxAge).toUTCString()}`]),
    ...(httpOnly ? ['HttpOnly'] : []),
    ...(secure ? ['Secure'] : []),
    ...(partitioned ? ['Partitioned'] : []),
    ...(priority === undefined ? [] : [PRIORITY[priority]]),
    SAME_SITE[sameSite],
  ].join('; ');
}

/** A lifetime of 0 deletes the cookie, even for a client whose clock is behind. */
function expiry(second: number, maxAge: number): Date {
  return new Date(maxAge === 0 ? 0 : (second + maxAge) * 1000);
}
