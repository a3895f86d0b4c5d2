import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs Nest 11 where its lock file is not the one that was installed last. */
const lock = readFileSync(join(import.meta.dirname, 'package-lock.json'), 'utf8');
const installed = join(import.meta.dirname, 'node_modules/.installed-lock.json');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: import.meta.dirname,
    stdio: 'inherit',
  });
  writeFileSync(installed, lock);
}
