import { assertVerifyOptions, ownVerifyOptions } from '../../lib/signing/judge-value.js';
import { readSignedValue, SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import type { Contest } from './rounds.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

export const UNHEARD = 'verify, nobody listens';
export const WITHOUT_EVENT = 'verify without its event';

/** What the event of each read costs where nobody listens: nothing. From the sources: the package hides the half. */
export function eventsContest(): Contest {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const signed = fromSocket(signer.sign(NAME, VALUE));
  return {
    title: 'events',
    contenders: [
      {
        name: WITHOUT_EVENT,
        run: () => {
          assertVerifyOptions({});
          return readSignedValue(signer, NAME, signed, ownVerifyOptions(undefined)).result;
        },
      },
      { name: UNHEARD, run: () => signer.verify(NAME, signed) },
    ],
  };
}
