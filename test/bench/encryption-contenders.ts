import { webcrypto } from 'node:crypto';
import { sealData, unsealData } from 'iron-session';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { defineSecureCookie, SecureCookieReader, SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contest } from './rounds.js';
import { OURS } from './signing-contenders.js';
import { NAME, SECRET } from './typical-cookie.js';
import { fromSocket } from './wire.js';

export const JOSE = 'jose JWE dir A256GCM';
export const IRON_SESSION = 'iron-session';

/** 60 bytes of JSON. */
const SESSION = { id: 'b9c1e2a7', user: 'alice', roles: ['admin', 'editor'] };

/** Encrypted values of 60 bytes of JSON: set and read by a defined cookie, and by the peers. */
export async function encryptionContests(): Promise<{
  readonly encrypt: Contest;
  readonly decrypt: Contest;
}> {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const definition = defineSecureCookie(NAME, { codec: 'json', encrypt: true });
  const sign = (): string => signer.sign(NAME, definition.encode(SESSION), { encrypt: true });

  const key = await webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const joseEncrypt = (): Promise<string> =>
    new EncryptJWT(SESSION)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setIssuedAt()
      .encrypt(key);

  const iron = { password: SECRET };
  const ironSeal = (): Promise<string> => sealData(SESSION, iron);

  const header = fromSocket(`${NAME}=${sign()}`);
  const token = fromSocket(await joseEncrypt());
  const seal = fromSocket(await ironSeal());
  return {
    encrypt: {
      title: 'set an encrypted value',
      contenders: [
        { name: OURS, run: sign },
        { name: JOSE, run: joseEncrypt },
        { name: IRON_SESSION, run: ironSeal },
      ],
    },
    decrypt: {
      title: 'read an encrypted value',
      contenders: [
        { name: OURS, run: () => new SecureCookieReader(signer, header).get(definition) },
        { name: JOSE, run: () => jwtDecrypt(token, key) },
        { name: IRON_SESSION, run: () => unsealData(seal, iron) },
      ],
    },
  };
}
