import { SecureCookieError } from '../errors.js';
import { ownOptions, type OwnOptions } from '../own-options.js';
import { HmacKey } from '../signing/hmac.js';
import { utf8Bytes } from '../signing/own-bytes.js';
import type { SecureCookieSecret } from '../signing/secret.js';
import { oldSecret } from './old-secret.js';
import { AcceptedFormat, type SecureCookieAcceptedFormat } from './accepted-format.js';

/** The options of {@link cookieSignature}. */
export interface SecureCookieSignatureFormatOptions {
  /** The secrets of the old app. Any of them may have signed a cookie. */
  readonly secrets: readonly SecureCookieSecret[];
  /** The date until which such cookies are read, by the signer's clock. */
  readonly until: Date;
}

function blankOptions(): OwnOptions<SecureCookieSignatureFormatOptions> {
  return { secrets: undefined, until: undefined };
}

/** `<value>.<HMAC-SHA256 of the value, base64 without padding>`, with or without `s:` in front. */
const FORMAT = /^(?:s:)?(.*)\.([A-Za-z0-9+/]{43})$/s;

/**
 * Reads cookies in the format of the package `cookie-signature`, which cookie-parser,
 * express-session, Nest 12's `cookies.secret` and `@fastify/cookie` use. Values are text; a leading
 * `j:` is part of the text.
 *
 * The signature covers neither a name nor a date.
 *
 * @throws {@link SecureCookieError} `secret-missing` or `option`
 * @example
 * defineSecureCookie('theme', {
 *   codec: 'text',
 *   schema: z.enum(['light', 'dark']),
 *   accepts: [cookieSignature({ secrets: [oldSecret], until: new Date('2027-06-30') })],
 * });
 */
export function cookieSignature(
  options: SecureCookieSignatureFormatOptions,
): SecureCookieAcceptedFormat {
  const { secrets, until } = ownOptions(options, blankOptions, 'option');
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new SecureCookieError(
      'secret-missing',
      'cookieSignature needs the secrets of the old app: cookieSignature({ secrets: [secret], until }).',
    );
  }
  const keys = secrets.map((secret) => new HmacKey('sha256', oldSecret(secret)));
  return new AcceptedFormat({
    until,
    secrets,
    bindsName: false,
    read({ value }) {
      const [, text, signature] = FORMAT.exec(value) ?? [];
      if (text === undefined || signature === undefined) {
        return undefined;
      }
      const mac = Buffer.from(signature, 'base64');
      const canonical = mac.toString('base64') === `${signature}=`;
      const verified = keys.filter((key) => key.verify(text, mac.toString('hex')));
      return canonical && verified.length > 0
        ? { payload: utf8Bytes(text), issuedAt: undefined }
        : undefined;
    },
  });
}
