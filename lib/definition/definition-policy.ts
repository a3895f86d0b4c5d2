import type { SecureCookieAcceptedFormat } from '../accepts/accepted-format.js';
import { SecureCookieError } from '../errors.js';
import type { SecureCookieAttributes } from '../http/set-cookie.js';
import { CODECS, type SecureCookieCodec } from './codec.js';
import type { SecureCookieStandardSchema } from './standard-schema.js';

/** The options of a definition, from a caller that may not check types. */
interface Policy {
  readonly name: string;
  readonly attributes: SecureCookieAttributes;
  readonly codec: SecureCookieCodec;
  readonly encrypt: boolean;
  readonly accepts: readonly SecureCookieAcceptedFormat[];
  readonly renewAfter: number | undefined;
  readonly renew: boolean;
  readonly renewOn: 'any' | 'navigation';
  readonly absoluteMaxAge: number | undefined;
}

/**
 * Checks the options of a definition apart from its attributes, and that they go together.
 *
 * @throws {@link SecureCookieError} `option`
 */
export function assertPolicy(
  definition: Policy,
  schema: SecureCookieStandardSchema | undefined,
  revocableBy: unknown,
): void {
  const { codec, encrypt, renew, renewAfter, renewOn, absoluteMaxAge, accepts, attributes } =
    definition;
  const { maxAge } = attributes;
  const renews = renew || renewAfter !== undefined;
  const faults: readonly (readonly [boolean, string])[] = [
    [!Object.hasOwn(CODECS, codec), '"codec" must be "text", "bytes" or "json"'],
    [
      schema !== undefined && typeof schema?.['~standard']?.validate !== 'function',
      '"schema" must be a Standard Schema, as those of zod, valibot and arktype are',
    ],
    [
      revocableBy !== undefined && typeof revocableBy !== 'function',
      '"revocableBy" must be a function that returns the keys of a value',
    ],
    [typeof encrypt !== 'boolean', '"encrypt" must be true or false'],
    [typeof renew !== 'boolean', '"renew" must be true or false'],
    [renewOn !== 'any' && renewOn !== 'navigation', '"renewOn" must be "any" or "navigation"'],
    [
      renewAfter !== undefined && !isDuration(renewAfter),
      '"renewAfter" must be a number of seconds, finite and not negative',
    ],
    [
      absoluteMaxAge !== undefined && !(isDuration(absoluteMaxAge) && absoluteMaxAge >= 1),
      '"absoluteMaxAge" must be a number of seconds, finite and at least 1',
    ],
    [
      renews && absoluteMaxAge === undefined,
      'renewal needs "absoluteMaxAge", or a stolen cookie could be renewed for ever',
    ],
    [
      renewAfter !== undefined && typeof maxAge === 'number' && renewAfter >= maxAge,
      '"renewAfter" must be less than "maxAge", or the cookie is never renewed',
    ],
    [
      renewAfter !== undefined && absoluteMaxAge !== undefined && renewAfter >= absoluteMaxAge,
      '"renewAfter" must be less than "absoluteMaxAge", or the cookie is never renewed',
    ],
    [
      schema === undefined && accepts.some(({ bindsName }) => !bindsName),
      '"accepts" needs a "schema" for a format whose signature does not cover the name: another cookie of the old app could be replayed as this one',
    ],
  ];
  const fault = faults.find(([present]) => present);
  if (fault !== undefined) {
    throw new SecureCookieError(
      'option',
      `The definition of the cookie "${definition.name}" is invalid: ${fault[1]}.`,
    );
  }
}

function isDuration(seconds: number): boolean {
  return Number.isFinite(seconds) && seconds >= 0;
}
