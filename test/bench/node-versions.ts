import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TSX = fileURLToPath(import.meta.resolve('tsx'));

/** Runs a script under another version of Node, which comes from the npm registry. */
export async function runUnderNode(
  version: string,
  script: string,
  options: readonly string[],
): Promise<number> {
  const child = spawn(installNode(version), ['--import', TSX, script, ...options], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches the child as well, which then ends with what it has.
  process.once('SIGINT', () => undefined);
  await once(child, 'exit');
  return child.exitCode ?? 1;
}

/** Into the system's directory for temporary files, where the next run finds it. */
function installNode(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const directory = join(tmpdir(), `bench-node-${version}`);
  const binary = join(directory, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) {
    return binary;
  }
  const { status } = spawnSync(
    'npm',
    [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      directory,
      `${name}@${version}`,
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0) {
    throw new Error(`Node ${version} could not be installed as ${name}.`);
  }
  return binary;
}
