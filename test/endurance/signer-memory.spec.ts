import { expect, it } from '@jest/globals';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { collectGarbage } from '../support/garbage.js';

const SIGNERS = 500;

/** Bytes, those of typed arrays included. */
async function memoryInUse(): Promise<number> {
  let rounds = 0;
  await collectGarbage(() => (rounds += 1) > 2);
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function newSigner(_: unknown, index: number): SecureCookieSigner {
  return new SecureCookieSigner({ secret: `f3a9c1d27b64e05896b8d4f17c3e2a50 ${index}` });
}

function use(signer: SecureCookieSigner): void {
  for (const length of [1, 100, 300]) {
    const value = 'v'.repeat(length);
    signer.unsign('user', signer.sign('user', value));
    signer.unsign('user', signer.sign('user', value, { version: 1 }), { minVersion: 1 });
    signer.unsign('user', signer.sign('user', value, { encrypt: true }), { encrypted: true });
  }
}

it('a signer holds at most 10 KB, at rest and after it signed, encrypted and read', async () => {
  // Code that runs for the first time takes memory too, which does not belong to a signer.
  Array.from({ length: SIGNERS }, newSigner).forEach(use);
  const before = await memoryInUse();
  const signers = Array.from({ length: SIGNERS }, newSigner);
  const atRest = (await memoryInUse()) - before;
  signers.forEach(use);
  const afterUse = (await memoryInUse()) - before;

  expect(signers).toHaveLength(SIGNERS);
  // A prepared key alone is 224 bytes: less would mean that nothing was measured.
  expect(atRest / SIGNERS).toBeGreaterThan(224);
  expect(atRest / SIGNERS).toBeLessThan(10_000);
  expect(afterUse / SIGNERS).toBeLessThan(10_000);
});
