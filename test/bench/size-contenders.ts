import { SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contest } from './rounds.js';
import { NAME, SECRET } from './typical-cookie.js';
import { fromSocket } from './wire.js';

/** Bytes of the value, up to what fits in a cookie. */
export const SIZES = [16, 100, 300, 500, 1000, 2000, 3000] as const;

/** How sign and verify grow with the value. */
export function sizeContests(): { readonly signSizes: Contest; readonly verifySizes: Contest } {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const values = SIZES.map((size) => ({
    name: `${size} bytes`,
    value: 'v'.repeat(size),
    signed: fromSocket(signer.sign(NAME, 'v'.repeat(size))),
  }));
  return {
    signSizes: {
      title: 'sign, by the size of the value',
      contenders: values.map(({ name, value }) => ({ name, run: () => signer.sign(NAME, value) })),
    },
    verifySizes: {
      title: 'verify, by the size of the value',
      contenders: values.map(({ name, signed }) => ({
        name,
        run: () => signer.unsign(NAME, signed),
      })),
    },
  };
}
