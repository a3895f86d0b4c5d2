import { CookieSigner } from '@nestjs/core/helpers/cookies/cookie-signer.js';
import { describe, expect, it } from '@jest/globals';
import cookieSignature from 'cookie-signature';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';

const CLOCK = 1_300_000_000;

/** A v2 value of the attacker's choice, up to where its signature begins. */
const WANTED = '2|1:0|10:1300000000|4:role|8:YWRtaW4=|';

/**
 * Both formats sign with HMAC-SHA256 of the secret over the text, and write it in base64 here and
 * in hexadecimal there. So whoever can have a text of their choice signed by the one (a nickname, a
 * search, a flash message) turns the signature into one of the other.
 */
function asSignedValueV2(signedText: string): string {
  const end = signedText.lastIndexOf('.');
  const signature = Buffer.from(signedText.slice(end + 1), 'base64').toString('hex');
  return signedText.slice(0, end) + signature;
}

const schemes = [
  {
    scheme: 'cookie-signature',
    sign: (text: string) => cookieSignature.sign(text, SECRET),
  },
  {
    scheme: 'Nest 12’s own signer',
    sign: (text: string) => new CookieSigner(SECRET).sign(text).replace(/^s:/, ''),
  },
];

describe.each(schemes)('a text signed by $scheme', ({ sign }) => {
  const signedText = sign(WANTED);
  const forgery = asSignedValueV2(signedText);

  it('is a forged v2 value for a signer with the same secret', () => {
    const signer = new SecureCookieSigner({ secret: SECRET, clock: () => CLOCK });

    expect(signedText.startsWith(`${WANTED}.`)).toBe(true);
    expect(signer.unsign('role', forgery)).toBe('admin');
  });

  it('is refused with a second secret', () => {
    const signer = new SecureCookieSigner({ secret: OTHER_SECRET, clock: () => CLOCK });

    expect(signer.verify('role', forgery)).toEqual({ valid: false, reason: 'signature' });
  });

  it('is refused as it stands, with the same secret too', () => {
    const signer = new SecureCookieSigner({ secret: SECRET, minVersion: 1, clock: () => CLOCK });

    expect(signer.verify('role', signedText)).toEqual({ valid: false, reason: 'malformed' });
    expect(signer.verify('role', `s:${signedText}`)).toEqual({ valid: false, reason: 'malformed' });
  });
});
