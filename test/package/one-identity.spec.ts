import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NEST_12, Project, TSC } from './support/project.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

const MANIFEST = 'node_modules/nestjs-secure-cookie/package.json';

describe('an ESM app with a CommonJS feature library that injects the signer', () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(NEST_12);
    await project.copy('mixed', '.');
    await project.run('node', TSC, '-p', '.');
  });
  afterAll(() => project.remove());

  it('gets the one signer, because both builds are one class', async () => {
    const feature = await readFile(join(project.folder, 'feature/index.js'), 'utf8');
    const { stdout } = await project.run('node', 'app/main.js');

    expect(feature).toContain('require("nestjs-secure-cookie")');
    expect(JSON.parse(stdout)).toEqual({ injected: true, oneClass: true });
  });

  it('would get two classes and no injection without the condition module-sync', async () => {
    const manifest = await readFile(join(project.folder, MANIFEST), 'utf8');
    await project.write({ [MANIFEST]: manifest.replace('module-sync', 'unused') });

    await expect(project.run('node', 'app/main.js')).rejects.toThrow(
      /Nest can't resolve dependencies of the RememberMeService.*SecureCookieSigner/s,
    );
  });
});
