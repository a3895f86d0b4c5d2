import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NEST_12, Project, TSC } from './support/project.js';
import { MAKE_A_SECRET, writeQuickStart } from './support/quick-start.js';

// Programs run here: packing, installing, compiling.
jest.setTimeout(120_000);

const START = `${MAKE_A_SECRET}\nexec node app/main.js`;
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

  it('would get two classes and no injection without the condition module-sync', async () => {
    const manifest = await readFile(join(project.folder, MANIFEST), 'utf8');
    await project.write({ [MANIFEST]: manifest.replace('module-sync', 'unused') });

    await expect(project.run('bash', '-euc', START)).rejects.toThrow(
      /Nest can't resolve dependencies of the RememberMeService.*SecureCookieSigner/s,
    );
  });
});
