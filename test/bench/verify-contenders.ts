import { channel } from 'node:diagnostics_channel';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contest } from './rounds.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

const SIGNATURE_LENGTH = 64;
const KEYS = 100;

const verified = channel('nestjs-secure-cookie:verified');

function ignore(): void {}

function subscribe(): () => void {
  verified.subscribe(ignore);
  return () => verified.unsubscribe(ignore);
}

/** What verify's time must not depend on: where a signature differs, the keys, the events. */
export function verifyContest(): Contest {
  const single = new SecureCookieSigner({ secret: SECRET });
  const secret = Object.fromEntries(
    Array.from({ length: KEYS }, (_, version) => [version, `${SECRET} ${version}`]),
  );
  const first = new SecureCookieSigner({ secret, keyVersion: 0 });
  const last = new SecureCookieSigner({ secret, keyVersion: KEYS - 1 });
  const signed = fromSocket(single.sign(NAME, VALUE));
  const wrongFirst = withWrongDigit(signed, signed.length - SIGNATURE_LENGTH);
  const wrongLast = withWrongDigit(signed, signed.length - 1);
  const byFirst = fromSocket(first.sign(NAME, VALUE));
  const byLast = fromSocket(last.sign(NAME, VALUE));
  return {
    title: 'verify, whatever comes',
    contenders: [
      { name: 'a valid value', run: () => single.unsign(NAME, signed) },
      { name: 'the first digit wrong', run: () => single.unsign(NAME, wrongFirst) },
      { name: 'the last digit wrong', run: () => single.unsign(NAME, wrongLast) },
      { name: `by the first of ${KEYS} keys`, run: () => last.unsign(NAME, byFirst) },
      { name: `by the last of ${KEYS} keys`, run: () => last.unsign(NAME, byLast) },
      { name: 'events: the check for a subscriber', run: () => verified.hasSubscribers },
      {
        name: 'events: with a subscriber',
        run: () => single.unsign(NAME, signed),
        prepare: subscribe,
      },
    ],
  };
}

function withWrongDigit(signed: string, index: number): string {
  const other = signed[index] === '0' ? '1' : '0';
  return fromSocket(signed.slice(0, index) + other + signed.slice(index + 1));
}
