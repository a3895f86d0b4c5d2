import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { assertCookieSize, fitsCookie } from '../http/set-cookie.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { revocationsOf } from '../revocation/revocations-of.js';
import {
  dateAfterMarks,
  type SecureCookieRevocations,
} from '../revocation/secure-cookie-revocations.js';
import { signedLength, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { assertRenewable } from './check-definition.js';
import { bindingOf, type DeviceBinding } from './device-binding.js';
import type { PendingCookie } from './pending-cookie.js';
import type { StoredPayload } from './read-defined-cookie.js';
import { formerAttributes, type RequestAttributes } from './request-attributes.js';
import type { SecureCookieSetOptions } from './secure-cookie-jar-options.js';
import { writeDefinedCookie } from './write-defined-cookie.js';

/*
 * What a jar sends for a defined cookie: the cookie where it lives for this request, and deletions
 * where it lived before.
 */

const NONE: readonly PendingCookie[] = [];

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/**
 * @throws {@link SecureCookieError} `value`, `attribute`, `option`, `cookie-too-large`, `keys-stale`,
 * `revocations-missing`, `device-bound-missing`, `schema-async` or `clock`
 */
export function cookiesToSet<Input>(
  definition: SecureCookieDefinition<Input, unknown>,
  value: Input,
  options: SecureCookieSetOptions | undefined,
  signer: SecureCookieSigner,
  attributes: RequestAttributes,
  given: SecureCookieRevocations | undefined,
  givenBinding: DeviceBinding | undefined,
): readonly PendingCookie[] {
  assertRenewable(definition, signer, attributes.defaults);
  const binding = bindingOf(definition, givenBinding);
  const revocations = revocationsOf(definition, given, signer);
  const { persistent } = ownSetOptions(options);
  const payload = definition.encode(value);
  const firstIssuedAt = dateAfterMarks(revocations, definition, payload);
  const stored = { payload, firstIssuedAt, persistent, bound: undefined };
  const resolved = attributes.ofDefinition(definition);
  const cookie = written(definition, stored, resolved, signer);
  const { bytes, maxAge, setAt, issuedAt } = cookie;
  const session = { payload, firstIssuedAt: cookie.firstIssuedAt };
  const { name, encrypt } = definition;
  assertCookieSize(name, signedLength(signer, name, bytes, encrypt, issuedAt));
  const pending = {
    name,
    value: bytes,
    // Less than a second may remain: 0 would delete it.
    attributes: resolved.lasting(maxAge === null ? null : Math.max(1, maxAge)),
    encrypt,
    setAt,
    issuedAt,
    registration:
      binding !== undefined && attributes.isOverTls()
        ? binding.registration(definition, session, signer)
        : undefined,
    header: undefined,
  };
  const elsewhere = deletionsElsewhere(definition, resolved);
  // Otherwise the session before this one could bring its cookie back.
  const former = binding?.deletions(definition, resolved) ?? NONE;
  return [...elsewhere, ...former, pending];
}

/**
 * Empty if the cookie has ended, or is too large for browsers.
 *
 * @param resolved - where the cookie lives; `undefined` if setting it would throw: it is not renewed
 * then, because the request did nothing wrong
 */
export function cookiesToRenew(
  definition: AnyDefinition,
  stored: StoredPayload,
  signer: SecureCookieSigner,
  resolved: ResolvedAttributes | undefined,
): readonly PendingCookie[] {
  if (resolved === undefined) {
    return NONE;
  }
  const { name, encrypt } = definition;
  const { bytes, maxAge, remaining, setAt, issuedAt } = written(
    definition,
    stored,
    resolved,
    signer,
  );
  // A frame or a longer key version may have made it too large for browsers. The first check keeps
  // the second from throwing at lengths that cannot be signed.
  const fits =
    fitsCookie(name, bytes.length) &&
    fitsCookie(name, signedLength(signer, name, bytes, encrypt, issuedAt));
  return remaining > 0 && fits
    ? [
        ...deletionsElsewhere(definition, resolved),
        {
          name,
          value: bytes,
          attributes: resolved.lasting(maxAge),
          encrypt,
          setAt,
          issuedAt,
          registration: undefined,
          header: undefined,
        },
      ]
    : [];
}

/**
 * @throws {@link SecureCookieError} `attribute`
 */
export function cookiesToClear(
  definition: AnyDefinition,
  attributes: RequestAttributes,
  binding: DeviceBinding | undefined,
): readonly PendingCookie[] {
  const resolved = attributes.ofDefinition(definition);
  return [
    ...deletionsElsewhere(definition, resolved),
    ...(binding?.binds(definition) === true ? binding.deletions(definition, resolved) : []),
    deletion(definition.name, resolved),
  ];
}

/** The deletion of a cookie that was set with these attributes. */
export function deletion(name: string, attributes: ResolvedAttributes): PendingCookie {
  return {
    name,
    value: undefined,
    attributes: attributes.lasting(0),
    encrypt: false,
    setAt: 0,
    issuedAt: 0,
    registration: undefined,
    header: undefined,
  };
}

function deletionsElsewhere(
  definition: AnyDefinition,
  now: ResolvedAttributes,
): readonly PendingCookie[] {
  if (definition.formerly.length === 0) {
    return NONE;
  }
  return formerAttributes(definition, now).map((former) => deletion(definition.name, former));
}

/** The browser keeps a cookie no longer than its absolute age and the choice of its login allow. */
function written(
  definition: AnyDefinition,
  stored: StoredPayload,
  resolved: ResolvedAttributes,
  signer: SecureCookieSigner,
) {
  const now = signer.now();
  const cookie = writeDefinedCookie(definition, stored, now);
  const { bytes, firstIssuedAt, remaining, issuedAt, persistent } = cookie;
  const maxAge =
    persistent && resolved.maxAge !== null ? Math.min(resolved.maxAge, remaining) : null;
  return { bytes, firstIssuedAt, remaining, setAt: Math.floor(now), issuedAt, maxAge };
}

/** The options of `set`, copied once and checked. Throws `option`. */
function ownSetOptions(given: SecureCookieSetOptions | undefined): SecureCookieSetOptions {
  if (given === undefined) {
    return NO_OPTIONS;
  }
  const own = ownOptions(given, blankSetOptions, 'option');
  if (own.persistent !== undefined && typeof own.persistent !== 'boolean') {
    throw new SecureCookieError('option', 'The option "persistent" must be true or false.');
  }
  return own;
}

function blankSetOptions(): OwnOptions<SecureCookieSetOptions> {
  return { persistent: undefined };
}

/** Shared by calls without options. */
const NO_OPTIONS = Object.freeze(blankSetOptions());
