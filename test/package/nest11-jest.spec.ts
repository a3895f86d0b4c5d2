import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NEST_11, NEST_12, Project, TSC } from './support/project.js';

// Programs run here: packing, compiling, checking types.
jest.setTimeout(60_000);

const JEST = join(NEST_12, 'jest/bin/jest.js');

describe('a CommonJS app of Nest 11', () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create(NEST_11, NEST_12);
    await project.copy('nest11', '.');
    await project.run('node', TSC, '-p', '.');
  });
  afterAll(() => project.remove());

  it('is tested with plain Jest: no flags, no configuration', async () => {
    const { stderr } = await project.run('node', JEST, '--rootDir', '.', 'app.test.js');

    expect(stderr).toContain('✓ Jest takes the CommonJS build');
    expect(stderr).toContain('✓ a cookie that was set is accepted, and no other');
    expect(stderr).toContain('Tests:       2 passed, 2 total');
  });
});
