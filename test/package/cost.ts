import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pack, ROOT } from './support/project.js';

const PROCESSES = 15;

/** Of what loading Nest's own packages takes: generous, since machines and their loads differ. */
const MAX_SHARE = 0.5;

/** What every Nest app has loaded before, and then the library: milliseconds of each. */
const IMPORTS = {
  ESM: `
    const started = performance.now();
    await import('reflect-metadata');
    await import('@nestjs/core');
    const nest = performance.now();
    await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/esm/index.js')).href)});
    console.log(JSON.stringify([nest - started, performance.now() - nest]));`,
  CommonJS: `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(pathToFileURL(join(ROOT, 'package.json')).href)});
    const started = performance.now();
    require('reflect-metadata');
    require('@nestjs/core');
    const nest = performance.now();
    require(${JSON.stringify(join(ROOT, 'dist/cjs/index.js'))});
    console.log(JSON.stringify([nest - started, performance.now() - nest]));`,
};

const folder = await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-'));
const { size, unpackedSize } = await pack(folder);
await rm(folder, { recursive: true });
console.log(`packed ${kilobytes(size)} kB, unpacked ${kilobytes(unpackedSize)} kB`);

for (const [build, script] of Object.entries(IMPORTS)) {
  const runs = Array.from({ length: PROCESSES }, () => milliseconds(script));
  const nest = median(runs.map(([ofNest]) => ofNest));
  const own = median(runs.map(([, ofLibrary]) => ofLibrary));
  console.log(
    `import, ${build}: ${own.toFixed(1)} ms after ${nest.toFixed(1)} ms for Nest (medians of ${PROCESSES} processes)`,
  );
  if (own > nest * MAX_SHARE) {
    console.error(`That is more than ${MAX_SHARE} of Nest's.`);
    process.exitCode = 1;
  }
}

function milliseconds(script: string): [nest: number, library: number] {
  const options = ['--no-warnings', '--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, options, { cwd: ROOT, encoding: 'utf8' }));
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
