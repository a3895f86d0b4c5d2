import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT } from './support/project.js';

const run = promisify(execFile);

const REPOSITORY = 'owner/name';
const URL = 'https://github.com/owner/name';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-release-'));
  for (const file of ['package.json', 'README.md', 'CHANGELOG.md']) {
    await cp(join(ROOT, file), join(folder, file));
  }
});
afterEach(() => rm(folder, { recursive: true }));

const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(folder, file), change(await read(file)));
}

function release(repository = REPOSITORY): Promise<{ stdout: string }> {
  return run(process.execPath, [join(ROOT, '.github/release.js')], {
    cwd: folder,
    env: { ...process.env, GITHUB_REPOSITORY: repository },
  });
}

describe('what a release makes of the package', () => {
  it('says what npm shows: author, repository, bugs, homepage', async () => {
    await release();

    expect(JSON.parse(await read('package.json'))).toMatchObject({
      name: 'nestjs-secure-cookie',
      author: 'The nestjs-secure-cookie authors',
      license: 'MIT',
      repository: { type: 'git', url: `git+${URL}.git` },
      bugs: { url: `${URL}/issues` },
      homepage: `${URL}#readme`,
    });
  });

  it.each(['README.md', 'CHANGELOG.md'])('leaves no relative link in %s', async (file) => {
    await release();
    const links = [...(await read(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);

    expect(links.filter((link) => !/^https:|^#/.test(link ?? ''))).toEqual([]);
  });

  it('links pages and pictures of the version that is published', async () => {
    await release();
    const readme = await read('README.md');

    expect(readme).toContain(`(${URL}/blob/v0.1.0/docs/keys.md#rotating-keys)`);
    expect(readme).toContain(`(https://raw.githubusercontent.com/${REPOSITORY}/v0.1.0/sample/`);
  });

  it('can be run again', async () => {
    await release();
    const readme = await read('README.md');
    await release();

    expect(await read('README.md')).toBe(readme);
  });

  it('fails where package.json names another repository', async () => {
    await edit('package.json', (text) => text.replace('{', '{ "homepage": "https://example.org",'));

    await expect(release()).rejects.toThrow('"homepage" of package.json must be');
  });

  it('fails where CHANGELOG.md does not tell of the version', async () => {
    await edit('package.json', (text) => text.replace('"version": "0.1.0"', '"version": "0.2.0"'));

    await expect(release()).rejects.toThrow('CHANGELOG.md has no heading "## [0.2.0] - <date>"');
  });

  it('fails without an author', async () => {
    await edit('package.json', (text) => text.replace(/ {2}"author": .*\n/, ''));

    await expect(release()).rejects.toThrow('package.json has no "author"');
  });

  it.each(['', 'name', 'owner/name/more', 'owner/na me'])(
    'fails where the repository is %j',
    async (repository) => {
      await expect(release(repository)).rejects.toThrow('GITHUB_REPOSITORY must be "owner/name"');
    },
  );
});
