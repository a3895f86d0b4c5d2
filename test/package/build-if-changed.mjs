import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Builds the package unless the last build here was made of the same sources, by the same script and compiler.
 * `npm run build` removes what this remembers.
 */
const root = join(import.meta.dirname, '../..');
const remembered = join(root, 'build/built-sources.sha256');

const sources = readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name))
  .toSorted();
const compiler = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.esm.json',
  'tsconfig.cjs.json',
];
const hash = createHash('sha256');
for (const file of [...sources, ...compiler.map((name) => join(root, name))]) {
  hash.update(`${file}\0`).update(readFileSync(file));
}
const digest = hash.digest('hex');

if (!existsSync(remembered) || readFileSync(remembered, 'utf8') !== digest) {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(remembered, digest);
}
