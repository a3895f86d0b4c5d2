import { spawnSync } from 'node:child_process';

/** Runs Stryker with the arguments given, then compares its report with the list of survivors. */
const { status } = spawnSync('stryker', ['run', ...process.argv.slice(2)], { stdio: 'inherit' });

await import('./compare.js');
if (status !== 0) {
  process.exitCode = status ?? 1;
}
