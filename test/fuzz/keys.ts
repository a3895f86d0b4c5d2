import { createHmac } from 'node:crypto';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import type { SecureCookieKeys } from '../../lib/signing/key-ring.js';
import type { Random } from './random.js';
import type { OracleSecret } from './tornado-oracle.js';

/** The same keys on three sides: our signer, Tornado, and the fuzzer, which signs odd inputs itself. */
export interface FuzzKeys {
  readonly signer: SecureCookieSigner;
  readonly oracleSecret: OracleSecret;
  /** The key version that signs; null for a single secret. */
  readonly keyVersion: number | null;
  readonly secrets: ReadonlyMap<number, Buffer>;
  /** The time of the signer, which each case sets. */
  readonly time: { now: number };
}

/** Key versions at the bounds of the format, and between. */
const VERSIONS = [0, 1, 2, 7, 10, 4_294_967_295, 4_294_967_296, 9_999_999_999] as const;

/** Around the block size of the hashes, where keys are padded, used as they are, or shortened. */
const SECRET_LENGTHS = [1, 20, 32, 63, 64, 65, 128, 200] as const;

/** Single secrets and records, in turn. */
export function makeKeys(random: Random, count: number): readonly FuzzKeys[] {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? singleSecret(random) : keyRecord(random),
  );
}

function singleSecret(random: Random): FuzzKeys {
  const secret = random.bytes(random.pick(SECRET_LENGTHS));
  return withSigner({ secret }, secret.toString('base64'), null, new Map([[0, secret]]));
}

function keyRecord(random: Random): FuzzKeys {
  const versions = Array.from({ length: random.between(1, 4) }, () => random.pick(VERSIONS));
  const secrets = new Map(
    versions.map((version) => [version, random.bytes(random.pick(SECRET_LENGTHS))]),
  );
  const keyVersion = versions[0] ?? 0;
  const oracleSecret = Object.fromEntries(
    [...secrets].map(([version, secret]) => [version, secret.toString('base64')]),
  );
  return withSigner(
    { secret: Object.fromEntries(secrets), keyVersion },
    oracleSecret,
    keyVersion,
    secrets,
  );
}

function withSigner(
  keys: SecureCookieKeys,
  oracleSecret: OracleSecret,
  keyVersion: number | null,
  secrets: ReadonlyMap<number, Buffer>,
): FuzzKeys {
  const time = { now: 0 };
  const signer = new SecureCookieSigner({ ...keys, allowWeakSecrets: true, clock: () => time.now });
  return { signer, oracleSecret, keyVersion, secrets, time };
}

/** A MAC by Node's own HMAC, so that the fuzzer trusts no code of ours. */
export function hmac(algorithm: 'sha1' | 'sha256', secret: Buffer, message: string): string {
  return createHmac(algorithm, secret).update(message, 'utf8').digest('hex');
}
