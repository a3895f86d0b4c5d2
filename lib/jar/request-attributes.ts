import { isLate } from '../any-realm.js';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import { hostName } from '../http/host-name.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { isCookieDomain, type SecureCookieAttributes } from '../http/set-cookie.js';
import type { Connection } from './connection.js';
import type { CookieDefaults } from './cookie-defaults.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;
type DomainOf = NonNullable<AnyDefinition['domainOf']>;

/** The attributes of cookies in one request, by the app's defaults, its connection and its host. */
export class RequestAttributes {
  readonly defaults: CookieDefaults;
  readonly #connection: Connection;

  constructor(defaults: CookieDefaults, connection: Connection) {
    this.defaults = defaults;
    this.#connection = connection;
  }

  isOverTls(): boolean {
    return this.#connection.isSecure();
  }

  /**
   * @throws {@link SecureCookieError} `name` or `attribute`
   */
  ofName(name: string, attributes: SecureCookieAttributes | undefined): ResolvedAttributes {
    return this.defaults.ofName(name, attributes, this.#connection);
  }

  /**
   * The attributes of a defined cookie, where it lives for this request.
   *
   * @throws {@link SecureCookieError} `attribute`
   */
  ofDefinition(definition: AnyDefinition): ResolvedAttributes {
    const resolved = this.defaults.ofDefinition(definition, this.#connection);
    const { name, domainOf } = definition;
    return domainOf === undefined
      ? resolved
      : resolved.livingAt(
          domainFor(name, domainOf, hostName(this.#connection.host())),
          resolved.path,
        );
  }

  /**
   * {@link RequestAttributes.ofDefinition} as it is now, for later: an Express app that answers as
   * middleware replaces what the request says of its connection by what that app trusts.
   *
   * @returns the attributes, asked for anew if the platform has made its own request since; `undefined`
   * where a cookie cannot be set
   */
  keepOfDefinition(definition: AnyDefinition): () => ResolvedAttributes | undefined {
    const { request } = this.#connection;
    const now = this.#ofDefinitionIfAny(definition);
    return () => (this.#connection.request === request ? now : this.#ofDefinitionIfAny(definition));
  }

  #ofDefinitionIfAny(definition: AnyDefinition): ResolvedAttributes | undefined {
    try {
      return this.ofDefinition(definition);
    } catch {
      return undefined;
    }
  }
}

/** The attributes that delete a defined cookie where it lived before, but not where it lives now. */
export function formerAttributes(
  { formerly }: AnyDefinition,
  now: ResolvedAttributes,
): readonly ResolvedAttributes[] {
  return formerly
    .map(({ domain, path = now.path }) =>
      now.livingAt(domain === undefined ? now.domain : (domain ?? undefined), path).lasting(0),
    )
    .filter((former) => !former.isSamePlaceAs(now));
}

/** Checks what the app's function returns, because it may depend on what a client sent. */
function domainFor(name: string, domainOf: DomainOf, host: string): string | undefined {
  const domain = ask(name, domainOf, host);
  if (domain === undefined || domain === null) {
    return undefined;
  }
  if (!isLate(domain) && isCookieDomain(domain)) {
    return domain;
  }
  throw new SecureCookieError(
    'attribute',
    `The function "domain" of the cookie "${name}" did not return a host name: return one of at most 1024 bytes, or null for only the host itself.`,
  );
}

function ask(name: string, domainOf: DomainOf, host: string): unknown {
  try {
    return domainOf(host);
  } catch (cause) {
    throw new SecureCookieError(
      'attribute',
      `The function "domain" of the cookie "${name}" threw an error: return null for hosts that it does not know.`,
      { cause },
    );
  }
}
