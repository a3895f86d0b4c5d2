import { describe, expect, it } from '@jest/globals';
import {
  cookieSignature,
  defineSecureCookie,
  tornadoV1,
  type SecureCookieNameBindingFormat,
} from 'nestjs-secure-cookie';
import { thrownBy } from '../support/thrown-by.js';

const until = new Date('2027-06-30');

/** A format of the app's own, with the secret that it is given. */
const own = (secret: string): SecureCookieNameBindingFormat => ({
  until,
  secrets: [secret],
  bindsName: true,
  read: () => undefined,
});

describe.each([
  ['cookieSignature', (secret: string) => cookieSignature({ secrets: [secret], until })],
  ['tornadoV1', (secret: string) => tornadoV1({ secret, until })],
  [
    'a format of one’s own',
    (secret: string) => defineSecureCookie('user', { accepts: [own(secret)] }),
  ],
])('the secret of the old app, for %s', (_what, make) => {
  it.each([
    [undefined, 'undefined'],
    ['', 'empty'],
  ])('is asked for where it is %j, and no new one is', (secret, said) => {
    expect(thrownBy(() => make(secret as never))).toMatchObject({
      code: 'secret-missing',
      message: `A secret of "accepts" is ${said}. Is the environment variable it comes from set, and loaded before this line runs? Give the one that the old app signs with, or leave the format out.`,
    });
  });

  it('is named where it has a line break at its end', () => {
    const error = thrownBy(() => make('old secret\n'));

    expect(error).toMatchObject({ code: 'option' });
    expect(error.message).toMatch(/^A secret of "accepts" begins or ends with white space/);
  });
});
