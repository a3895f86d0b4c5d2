import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { build } from 'esbuild';
import { document } from '../documents/support/documents.js';
import { NEST_12, Project, TSC } from './support/project.js';
import { MAKE_A_SECRET, writeQuickStart } from './support/quick-start.js';

// Programs run here: packing, installing, compiling.
jest.setTimeout(120_000);

const START = `${MAKE_A_SECRET}\nexec node app/main.js`;
const START_BUNDLE = `${MAKE_A_SECRET}\nexec node bundle/main.js`;
const SERVERLESS = document('docs/serverless.md').text;

/** The cause that the library logs, and Nest's own words after it. */
const TWO_CLASSES =
  /module-missing: RememberMeService: This app holds two builds .* Nest can't resolve dependencies of the RememberMeService.*SecureCookieSigner/s;

const MANIFEST = 'node_modules/nestjs-secure-cookie/package.json';

describe('the quick start as an ESM app with a CommonJS feature library that injects the signer', () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create('module', NEST_12);
    await project.copy('mixed', '.');
    await writeQuickStart(project, 'app');
    await project.run('node', TSC, '-p', '.');
  });
  afterAll(() => project.remove());

  it('gets the one signer, because both builds are one class', async () => {
    const feature = await readFile(join(project.folder, 'feature/index.js'), 'utf8');
    const { stdout } = await project.run('bash', '-euc', START);

    expect(feature).toContain('require("nestjs-secure-cookie")');
    expect(JSON.parse(stdout)).toEqual({
      injected: true,
      oneClass: true,
      visits: ['Visit 1', 'Visit 2'],
    });
  });

  it('understands what another build or copy defines: jar, decorators, guard and mint', async () => {
    const { stdout } = await project.run('node', 'app/copies.js');
    const { classes, found } = JSON.parse(stdout);

    expect(classes).toBe(3);
    expect(Object.keys(found)).toHaveLength(27);
    for (const [which, answers] of Object.entries(found)) {
      const path = which.split(': ')[1];
      expect({ [which]: answers }).toEqual({ [which]: [path, 'minted', 401, 401, { id: 'jar' }] });
    }
  });

  it('gets it in a bundle of esbuild with the conditions of docs/serverless.md', async () => {
    const [, conditions = ''] = /esbuild +\| `conditions: (\[.*?\])`/.exec(SERVERLESS) ?? [];
    await bundle(JSON.parse(conditions.replaceAll("'", '"')));
    const { stdout } = await project.run('bash', '-euc', START_BUNDLE);

    expect(JSON.parse(stdout)).toMatchObject({
      injected: true,
      visits: ['Visit 1', 'Visit 2'],
    });
  });

  it('gets two classes and the cause in a bundle of esbuild without them', async () => {
    await bundle();

    await expect(project.run('bash', '-euc', START_BUNDLE)).rejects.toThrow(TWO_CLASSES);
  });

  it('would get two classes without the condition module-sync, and is told the cause', async () => {
    await project.edit(MANIFEST, (manifest) => manifest.replace('module-sync', 'unused'));

    await expect(project.run('bash', '-euc', START)).rejects.toThrow(TWO_CLASSES);
  });

  /** Nest stays outside: its packages are the same for whoever loads them. */
  async function bundle(conditions?: string[]): Promise<void> {
    await build({
      absWorkingDir: project.folder,
      entryPoints: ['app/main.js'],
      outfile: 'bundle/main.js',
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['@nestjs/*', 'reflect-metadata', 'rxjs'],
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
      },
      ...(conditions !== undefined && { conditions }),
    });
  }
});
