import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { OTHER_SECRET, SECRET } from '../support/secrets.js';
import type { SecureCookieVersion } from '../../lib/signing/opened-value.js';

/** A genuine signed value, and who reads it. */
export interface Sample {
  readonly name: string;
  readonly signed: string;
  readonly version: SecureCookieVersion;
  readonly signer: SecureCookieSigner;
}

const clock = (): number => 1_344_359_095.29;

/** Refuses nothing for its age, so that only the signature stands between a forgery and its reader. */
const ANY_AGE = { maxAge: 999_999_999_999, clockTolerance: 999_999_999_999, clock };

/** v1's signature does not tell where the value ends and the date begins: the age does its part. */
const USUAL_AGE = { minVersion: 1, clock } as const;

const readers = {
  1: new SecureCookieSigner({ secret: SECRET, ...USUAL_AGE }),
  2: new SecureCookieSigner({ secret: SECRET, ...ANY_AGE, minVersion: 1 }),
  record: new SecureCookieSigner({
    secret: { 0: SECRET, 3: OTHER_SECRET, 9_999_999_999: `${SECRET} as well` },
    keyVersion: 9_999_999_999,
    ...ANY_AGE,
    minVersion: 1,
  }),
};

const VALUES: readonly (readonly [name: string, value: string | Uint8Array])[] = [
  ['technobeans', '1344359095.29'],
  ['key', 'value'],
  ['a', ''],
  ['user', 'a'],
  ['x1', 'true'],
  ['__Host-session', 'b8e1d6f0-9b7a-4b52-a6a7-f3f1a1ae64ac'],
  ['1234', Buffer.from('1234567890123456', 'base64')],
  ['pipe|name', '|1300000000|'],
  ['bytes', Uint8Array.of(0, 255, 254, 128, 10)],
  ['text', 'ключ 名 😀'],
];

const sample = (
  reader: keyof typeof readers,
  version: SecureCookieVersion,
  name: string,
  value: string | Uint8Array,
): Sample => {
  const signer = readers[reader];
  return { name, version, signer, signed: signer.sign(name, value, { version }) };
};

/** Twenty: half of them v1, and each a name of its own, so that no two can stand for each other. */
export const SAMPLES: readonly Sample[] = VALUES.flatMap(([name, value], index) => [
  sample(1, 1, `${name}V1`, value),
  sample(index % 2 === 0 ? 2 : 'record', 2, name, value),
]);
