import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { SecureCookieError } from '../errors.js';
import type { SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { maxAgeOfMarks, type SecureCookieRevocations } from './secure-cookie-revocations.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/**
 * The revocations by which cookies of a definition are judged; `undefined` if it is not revocable.
 *
 * @param signer - signs and reads the cookies
 * @throws {@link SecureCookieError} `revocations-missing`, or `option` if cookies outlive their marks
 */
export function revocationsOf(
  { name, revocable, attributes, absoluteMaxAge }: AnyDefinition,
  revocations: SecureCookieRevocations | undefined,
  { maxAge }: SecureCookieSigner,
): SecureCookieRevocations | undefined {
  if (!revocable) {
    return undefined;
  }
  if (revocations === undefined) {
    throw new SecureCookieError(
      'revocations-missing',
      `The definition of the cookie "${name}" has "revocableBy", but nothing can revoke it: give SecureCookieModule the option "revocations", { source, refreshEvery, maxStale }, or pass a SecureCookieRevocations to your own reader or jar.`,
    );
  }
  const lifetime = absoluteMaxAge ?? attributes.maxAge ?? undefined;
  if (lifetime === undefined && maxAge > maxAgeOfMarks(revocations)) {
    throw new SecureCookieError(
      'option',
      `The cookie "${name}" would be valid again some time after it was revoked: the signer that reads it has a longer "maxAge" than the signer of the SecureCookieRevocations. Give the definition a "maxAge", or both signers the same.`,
    );
  }
  return revocations;
}
