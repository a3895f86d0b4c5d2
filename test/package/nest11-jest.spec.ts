import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { installed, NEST_11, Project, ROOT } from './support/project.js';
import { buildQuickStart, MAKE_A_SECRET, QUICK_START_TEST } from './support/quick-start.js';

// Programs run here: packing, installing, compiling.
jest.setTimeout(120_000);

describe("a CommonJS app of Nest 11, which is the README's quick start", () => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.create('commonjs', [...NEST_11, ...installed(ROOT, ['jest'])]);
    await project.copy('nest11', 'src');
    await project.copy('examples/test-globals.ts', 'src/test-globals.ts');
    await project.write({ 'src/visits.spec.ts': QUICK_START_TEST });
    await buildQuickStart(project);
  });
  afterAll(() => project.remove());

  it('is tested with plain Jest: no flag of Node, no configuration', async () => {
    const script = `${MAKE_A_SECRET}\nexec node_modules/.bin/jest dist --verbose`;
    const { stderr } = await project.run('bash', '-euc', script);

    expect(stderr).toContain('✓ Jest takes the CommonJS build');
    expect(stderr).toContain('✓ the second visit is counted, and a forged one is not');
    expect(stderr).toContain('✓ counts cookie');
    expect(stderr).toContain('✓ ignores a tampered cookie');
    expect(stderr).toContain('Tests:       5 passed, 5 total');
  });
});
