import { SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contest } from './rounds.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

export const UNHEARD = 'verify, nobody listens';
export const WITHOUT_EVENT = 'verify without its event';

/** What the event of each read costs where nobody listens: nothing. */
export function eventsContest(): Contest {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const signed = fromSocket(signer.sign(NAME, VALUE));
  const candidates = [signed];
  return {
    title: 'events',
    contenders: [
      {
        name: WITHOUT_EVENT,
        run: () => signer.readFirst(NAME, candidates, {}, (result) => result),
      },
      { name: UNHEARD, run: () => signer.verifyFirst(NAME, candidates) },
    ],
  };
}
