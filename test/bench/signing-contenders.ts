import { createSecretKey, hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as cookieSignature from 'cookie-signature';
import { createSigner, createVerifier } from 'fast-jwt';
import { jwtVerify, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import Keygrip from 'keygrip';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import type { Contender, Contest } from './rounds.js';
import { NAME, SECRET, VALUE } from './typical-cookie.js';
import { fromSocket } from './wire.js';

export const OURS = 'nestjs-secure-cookie';
export const PEER = 'cookie-signature';

/** The floor: what HMAC-SHA256 hashes for this name and value, in two steps, and nothing besides. */
const INNER = Buffer.alloc(
  64 + `2|1:0|10:1300000000|11:${NAME}|20:MTM0NDM1OTA5NS4yOQ==|`.length,
  'x',
);
const OUTER = Buffer.alloc(64 + 32, 'x');

export const FLOOR: Contender = {
  name: 'two bare hashes',
  run: () => {
    hash('sha256', INNER, 'binary');
    return hash('sha256', OUTER, 'hex');
  },
};

/** Nest's own signer is not exported: it is loaded from its file, for the bench alone. */
async function nestCookieSigner(): Promise<{
  sign(value: string): string;
  unsign(signed: string): string | undefined;
}> {
  const core = dirname(createRequire(import.meta.url).resolve('@nestjs/core/package.json'));
  const file = pathToFileURL(join(core, 'helpers/cookies/cookie-signer.js')).href;
  const { CookieSigner } = await import(file);
  return new CookieSigner(SECRET);
}

/** Sign and verify one typical cookie, by us and by the peers, in the quickest form they document. */
export async function signingContests(): Promise<{
  readonly sign: Contest;
  readonly verify: Contest;
}> {
  const ours = new SecureCookieSigner({ secret: SECRET });
  const nest = await nestCookieSigner();
  const keygrip = new Keygrip([SECRET], 'sha256');
  const fastSign = createSigner({ key: SECRET });
  const fastVerify = createVerifier({ key: SECRET });
  const key = createSecretKey(SECRET, 'utf8');
  const pair = `${NAME}=${VALUE}`;
  const payload = { [NAME]: VALUE };
  const joseSign = (): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().sign(key);

  const signed = fromSocket(ours.sign(NAME, VALUE));
  const cookie = fromSocket(cookieSignature.sign(VALUE, SECRET));
  const nestCookie = fromSocket(nest.sign(VALUE));
  const pairSignature = fromSocket(keygrip.sign(pair));
  const token = fromSocket(await joseSign());
  return {
    sign: {
      title: 'sign',
      contenders: [
        FLOOR,
        { name: OURS, run: () => ours.sign(NAME, VALUE) },
        { name: PEER, run: () => cookieSignature.sign(VALUE, SECRET) },
        { name: 'Nest 12 cookies.secret', run: () => nest.sign(VALUE) },
        { name: 'keygrip', run: () => keygrip.sign(pair) },
        { name: 'fast-jwt HS256', run: () => fastSign(payload) },
        { name: 'jsonwebtoken HS256', run: () => jsonwebtoken.sign(payload, key) },
        { name: 'jose HS256', run: joseSign },
      ],
    },
    verify: {
      title: 'verify',
      contenders: [
        FLOOR,
        { name: OURS, run: () => ours.unsign(NAME, signed) },
        { name: PEER, run: () => cookieSignature.unsign(cookie, SECRET) },
        { name: 'Nest 12 cookies.secret', run: () => nest.unsign(nestCookie) },
        { name: 'keygrip', run: () => keygrip.verify(pair, pairSignature) },
        { name: 'fast-jwt HS256', run: () => fastVerify(token) },
        { name: 'jsonwebtoken HS256', run: () => jsonwebtoken.verify(token, key) },
        { name: 'jose HS256', run: () => jwtVerify(token, key) },
      ],
    },
  };
}
