import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SecureCookieSigner } from '../../lib/signing/secure-cookie-signer.js';
import { Progress, type ProgressStream } from '../support/progress.js';
import { SECRET } from '../support/secrets.js';

export interface HeapResult {
  readonly verifications: number;
  /** How many were valid: a third, or the run measured something else. */
  readonly valid: number;
  /** How much more memory is in use after the run than after its first tenth. Bytes. */
  readonly growth: number;
  readonly stopped: boolean;
}

/**
 * More than the noise of a run, and less than one pointer a verification, in 100,000 of them. Bytes.
 */
export const MAX_HEAP_GROWTH = 512 * 1024;

const BATCH = 3000;

/** Verifies good, bad and oversize values in turn, and measures what memory they leave behind. */
export async function runHeap(options: {
  readonly cases: number;
  readonly stream?: ProgressStream | 'none';
}): Promise<HeapResult> {
  const signer = new SecureCookieSigner({ secret: SECRET });
  const good = signer.sign('technobeans', '1344359095.29');
  const bad = good.slice(0, -1) + (good.endsWith('0') ? '1' : '0');
  const values = [good, bad, good.padEnd(20_000, '0')];
  const progress = new Progress({ title: 'heap', total: options.cases, stream: options.stream });
  let valid = 0;
  let before: number | undefined;
  while (!progress.done) {
    if (before === undefined && progress.count >= options.cases / 10) {
      before = memoryInUse();
    }
    const batch = Math.min(BATCH, progress.remaining);
    for (let count = 0; count < batch; count += 1) {
      // A new string each time, as requests have.
      const signed = ` ${values[count % values.length]}`.slice(1);
      valid += signer.verify('technobeans', signed).valid ? 1 : 0;
    }
    await progress.advance(batch);
  }
  progress.finish();
  const growth = before === undefined ? 0 : memoryInUse() - before;
  return { verifications: progress.count, valid, growth, stopped: progress.stopped };
}

/** What is still in use after all garbage was collected. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
