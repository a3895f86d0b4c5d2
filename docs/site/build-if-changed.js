import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the site, unless the one in build/docs was made of the same files, by the same packages. */
const root = join(import.meta.dirname, '../..');
const site = join(root, 'build/docs');
const remembered = join(root, 'build/docs-sources.sha256');

/** What is made of the other files. */
const MADE = new Set(['.git', 'build', 'coverage', 'dist', 'node_modules']);

const digest = createHash('sha256');
hash(root);
const sources = digest.digest('hex');

if (!existsSync(site) || !existsSync(remembered) || readFileSync(remembered, 'utf8') !== sources) {
  rmSync(remembered, { force: true });
  const typedoc = join(root, 'node_modules/typedoc/bin/typedoc');
  execFileSync(process.execPath, [typedoc], { cwd: root, stdio: 'inherit' });
  writeFileSync(remembered, sources);
}

/** Takes in all files of a folder: pages link to sources, tests and pictures. */
function hash(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !MADE.has(entry.name)) {
      hash(path);
    } else if (entry.isFile()) {
      digest.update(`${path}\0`).update(readFileSync(path));
    }
  }
}
