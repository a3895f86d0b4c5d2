import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import {
  defineSecureCookie,
  SecureCookieSigner,
  type SecureCookieKeys,
  type SecureCookieRejection,
  type SecureCookieVersion,
} from 'nestjs-secure-cookie';
import { readDefinedCookie } from '../../lib/jar/read-defined-cookie.js';
import { describeWithPython, PYTHON } from '../support/python.js';

const VECTORS = new URL('secure-cookie.json', import.meta.url);
const SCRIPT = fileURLToPath(new URL('check_vectors.py', import.meta.url));

/** Times are seconds. */
interface Vector {
  readonly title: string;
  readonly name: string;
  readonly signed: string;
  readonly secret?: string;
  readonly secrets?: Readonly<Record<number, string>>;
  readonly now: number;
  readonly maxAge: number;
  readonly clockTolerance: number;
  readonly minVersion: SecureCookieVersion;
  readonly encrypted: boolean;
  readonly absoluteMaxAge?: number;
  readonly boundFor?: number;
  readonly result: Found;
}

type Found =
  | {
      readonly valid: true;
      /** Hexadecimal. */
      readonly payload: string;
      readonly version: SecureCookieVersion;
      readonly keyVersion: number;
      readonly issuedAt: number;
      readonly firstIssuedAt?: number | undefined;
      readonly persistent?: boolean | undefined;
      readonly bound?: boolean | undefined;
    }
  | { readonly valid: false; readonly reason: SecureCookieRejection };

const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(
  readFileSync(VECTORS, 'utf8'),
);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function keysOf({ secret, secrets = {} }: Vector): SecureCookieKeys {
  return secret === undefined
    ? { secret: secrets, keyVersion: Number(Object.keys(secrets)[0]) }
    : { secret };
}

function signerOf(vector: Vector): SecureCookieSigner {
  const { now, clockTolerance, minVersion } = vector;
  return new SecureCookieSigner({
    ...keysOf(vector),
    clockTolerance,
    minVersion,
    clock: () => now,
  });
}

function read(vector: Vector): Found {
  const { name, signed, maxAge, encrypted, absoluteMaxAge } = vector;
  if (absoluteMaxAge !== undefined) {
    return readFramed(vector, absoluteMaxAge);
  }
  const options = { maxAge, encrypted, encoding: 'bytes' } as const;
  const result = signerOf(vector).verify(name, signed, options);
  if (!result.valid) {
    return result;
  }
  const { value, version, keyVersion, issuedAt } = result;
  return { valid: true, payload: hex(value), version, keyVersion, issuedAt };
}

/** As a definition reads it, with what it would renew. */
function readFramed(vector: Vector, absoluteMaxAge: number): Found {
  const { name, signed, maxAge, encrypted: encrypt, boundFor } = vector;
  const definition = defineSecureCookie(name, {
    codec: 'bytes',
    maxAge,
    encrypt,
    absoluteMaxAge,
    ...(boundFor !== undefined && { deviceBound: { for: boundFor }, secure: true }),
  });
  const { result, stored } = readDefinedCookie(signerOf(vector), definition, [signed], undefined);
  if (!result.valid || stored === undefined || result.version === undefined) {
    return { valid: false, reason: result.valid ? 'malformed' : result.reason };
  }
  const { version, keyVersion, issuedAt } = result;
  const { payload, firstIssuedAt, persistent, bound } = stored;
  return {
    valid: true,
    payload: hex(payload),
    version,
    keyVersion,
    issuedAt,
    firstIssuedAt,
    persistent,
    ...(boundFor !== undefined && { bound }),
  };
}

describe('the test vectors for other languages', () => {
  it.each(vectors.map((vector) => [vector.title, vector] as const))('%s', (_title, vector) => {
    expect(read(vector)).toEqual(vector.result);
  });

  it('know every reason that a value alone can have', () => {
    const reasons = vectors.map(({ result }) => (result.valid ? 'valid' : result.reason));

    expect([...new Set(reasons)].toSorted()).toEqual([
      'absolute-age',
      'decrypt',
      'encoding',
      'expired',
      'future',
      'malformed',
      'missing',
      'name',
      'signature',
      'too-large',
      'unknown-key',
      'valid',
      'version',
    ]);
  });

  it.each(
    vectors
      .filter(({ title }) => /^format [12](?:: key|$)/.test(title))
      .map((vector) => [vector.title, vector] as const),
  )('%s is what we write', (_title, vector) => {
    const { name, signed, result } = vector;
    const { payload, version, keyVersion } = result as Found & { readonly valid: true };
    const { secret, secrets = {} } = vector;
    const keys = secret === undefined ? { secret: secrets, keyVersion } : { secret };
    const signer = new SecureCookieSigner({ ...keys, clock: () => vector.now });
    const write = () => signer.sign(name, Buffer.from(payload, 'hex'), { version });

    // Of a key record, format 1 is read and never written: it has no place for a key version.
    if (version === 1 && secret === undefined) {
      expect(write).toThrow(expect.objectContaining({ code: 'key-version' }));
    } else {
      expect(write()).toBe(signed);
    }
  });
});

describeWithPython('cryptography', 'the test vectors, read with Python from the documents', () => {
  it('are read as the file says', () => {
    const { stdout, status } = spawnSync(PYTHON, [SCRIPT, fileURLToPath(VECTORS)], {
      encoding: 'utf8',
    });

    expect(stdout).toBe(`${vectors.length} vectors, 0 read otherwise\n`);
    expect(status).toBe(0);
  });

  it('and the script can fail: a result that is changed is told', () => {
    const changed = vectors.map((vector) => ({
      ...vector,
      result: vector.result.valid
        ? { ...vector.result, payload: 'ff' }
        : { valid: false, reason: 'clock' },
    }));
    const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
    const file = join(folder, 'changed.json');
    writeFileSync(file, JSON.stringify({ vectors: changed }));
    const { stdout, status } = spawnSync(PYTHON, [SCRIPT, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });

    expect(stdout).toContain(`${vectors.length} vectors, ${vectors.length} read otherwise\n`);
    expect(status).toBe(1);
  });
});
