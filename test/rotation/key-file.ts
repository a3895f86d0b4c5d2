import { readFile, rename, writeFile } from 'node:fs/promises';

/** A ring as the file holds it, with a number of its own that grows. */
export interface PublishedKeys {
  readonly revision: number;
  readonly secret: Readonly<Record<number, string>>;
  readonly keyVersion: number;
}

/** Written beside and renamed: a reader gets the old keys or the new ones, and never half of them. */
export async function writeKeys(path: string, keys: PublishedKeys): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export async function readKeys(path: string): Promise<PublishedKeys> {
  return JSON.parse(await readFile(path, 'utf8'));
}
