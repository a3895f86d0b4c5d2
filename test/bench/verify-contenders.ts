import { SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contest } from './rounds.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

export const WRONG_FIRST = 'the first digit wrong';
export const WRONG_LAST = 'the last digit wrong';
export const ONE_KEY = 'by the one key of a record';
export const MANY_KEYS = 'by the last of 100 keys';

const SIGNATURE_LENGTH = 64;
const LAST_VERSION = 99;

/** What verify's time must not depend on: where a signature differs, and the number of keys. */
export function verifyContest(): Contest {
  const single = new SecureCookieSigner({ secret: SECRET });
  const one = signerWithKeys(1);
  const many = signerWithKeys(100);
  const signed = fromSocket(single.sign(NAME, VALUE));
  const wrongFirst = withWrongDigit(signed, signed.length - SIGNATURE_LENGTH);
  const wrongLast = withWrongDigit(signed, signed.length - 1);
  const byOne = fromSocket(one.sign(NAME, VALUE));
  const byLast = fromSocket(many.sign(NAME, VALUE));
  return {
    title: 'verify, whatever comes',
    contenders: [
      { name: 'a valid value', run: () => single.unsign(NAME, signed) },
      { name: WRONG_FIRST, run: () => single.unsign(NAME, wrongFirst) },
      { name: WRONG_LAST, run: () => single.unsign(NAME, wrongLast) },
      { name: ONE_KEY, run: () => one.unsign(NAME, byOne) },
      { name: MANY_KEYS, run: () => many.unsign(NAME, byLast) },
    ],
  };
}

/** Signs with the last of its keys, which has the same version however many there are. */
function signerWithKeys(count: number): SecureCookieSigner {
  const secret = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [LAST_VERSION - index, `${SECRET} ${index}`]),
  );
  return new SecureCookieSigner({ secret, keyVersion: LAST_VERSION });
}

function withWrongDigit(signed: string, index: number): string {
  const other = signed[index] === '0' ? '1' : '0';
  return fromSocket(signed.slice(0, index) + other + signed.slice(index + 1));
}
