import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

const WORKFLOWS = join(import.meta.dirname, '../../.github/workflows');

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));

const Step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});

const Job = z.object({
  needs: z.string().optional(),
  environment: z.union([z.string(), z.object({ name: z.string() })]).optional(),
  permissions: Permissions.optional(),
  strategy: z.object({ matrix: z.object({ node: z.array(z.number()) }) }).optional(),
  steps: z.array(Step),
});

const Dependabot = z.object({
  updates: z.array(
    z.object({
      'package-ecosystem': z.string(),
      directory: z.string().optional(),
      directories: z.array(z.string()).optional(),
    }),
  ),
});

const Workflow = z.object({
  on: z.unknown(),
  permissions: Permissions,
  jobs: z.record(z.string(), Job),
});

async function workflow(file: string): Promise<z.infer<typeof Workflow>> {
  return Workflow.parse(parse(await readFile(join(WORKFLOWS, file), 'utf8')));
}

const files = (await readdir(WORKFLOWS)).filter((file) => /\.ya?ml$/.test(file));

describe.each(files)('%s', (file) => {
  it('uses actions by their commit, with the version that it is in a comment', async () => {
    const source = await readFile(join(WORKFLOWS, file), 'utf8');

    const uses = source.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line));

    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) {
      expect(line).toMatch(/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('leaves no token behind in the checkout', async () => {
    const { jobs } = await workflow(file);

    const checkouts = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'));

    for (const checkout of checkouts) {
      expect(checkout.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('gives no more than reading to a job that does not ask for more', async () => {
    const { permissions } = await workflow(file);

    expect(Object.values(permissions).filter((access) => access !== 'read')).toEqual([]);
  });
});

describe('all workflows', () => {
  it('let four jobs write, each to what it is for', async () => {
    const workflows = await Promise.all(
      files.map(async (file) => [file, await workflow(file)] as const),
    );
    const writes = workflows.flatMap(([file, { jobs }]) =>
      Object.entries(jobs).flatMap(([name, { permissions = {} }]) =>
        Object.entries(permissions)
          .filter(([, access]) => access === 'write')
          .map(([scope]) => `${file} ${name}: ${scope}`),
      ),
    );

    expect(writes.toSorted()).toEqual([
      'codeql.yml analyze: security-events',
      'docs.yml deploy: id-token',
      'docs.yml deploy: pages',
      'release.yml publish: id-token',
    ]);
  });

  it('run none of our dependencies’ code where an identity can be asked for', async () => {
    const workflows = await Promise.all(files.map(workflow));
    const trusted = workflows
      .flatMap(({ jobs }) => Object.values(jobs))
      .filter(({ permissions }) => permissions?.['id-token'] === 'write')
      .flatMap(({ steps }) => steps);

    expect(trusted.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([]);
    expect(
      trusted.flatMap(({ run }) => run ?? []).filter((run) => /npm (?:ci|i)\b/.test(run)),
    ).toEqual([]);
  });
});

describe('the integration', () => {
  it('runs everything once, and npm test on every supported Node', async () => {
    const { jobs } = await workflow('ci.yml');
    const { all, quick, ...others } = jobs;

    expect(others).toEqual({});
    expect(all?.steps.flatMap(({ run }) => run ?? [])).toEqual(['bash .ci/run']);
    expect(all?.strategy).toBeUndefined();
    expect(quick?.steps.flatMap(({ run }) => run ?? [])).toEqual(['npm ci && npm test']);
    expect(quick?.strategy?.matrix.node).toEqual([20, 22, 24, 26]);
  });

  it('is what .ci/run does: lint, format, types, knip, tests, package and site, each once', async () => {
    const script = await readFile(join(WORKFLOWS, '../../.ci/run'), 'utf8');

    const stages = [...script.matchAll(/^stage (?:'[^']+'|"[^"]+") (.+)$/gm)].map(
      ([, command]) => command,
    );

    expect(stages.slice(1)).toEqual([
      'npm ci --no-audit --no-fund',
      'at_once pretest:package lint docs typecheck format:check knip',
      'run_tests test',
      'run_tests test:others',
      'run_tests test:package',
      'run_tests test:browser',
      'run_tests test:endurance',
      'run_tests test:each-node -- 24',
    ]);
  });

  it('looks for updates of packages, of both installs, and of actions', async () => {
    const { updates } = Dependabot.parse(
      parse(await readFile(join(WORKFLOWS, '../dependabot.yml'), 'utf8')),
    );

    expect(updates).toEqual([
      { 'package-ecosystem': 'npm', directories: ['/', '/test/nest11'] },
      { 'package-ecosystem': 'github-actions', directory: '/' },
    ]);
  });
});

describe('the release', () => {
  let release: z.infer<typeof Workflow>;
  let pack: z.infer<typeof Job>;
  let publish: z.infer<typeof Job>;

  const actions = ({ steps }: z.infer<typeof Job>): string[] =>
    steps.flatMap(({ uses = '' }) => uses.split('@', 1)).filter((action) => action !== '');
  const commands = ({ steps }: z.infer<typeof Job>): string[] =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const step = (job: z.infer<typeof Job>, action: string) =>
    job.steps.find(({ uses }) => uses?.startsWith(`${action}@`));

  beforeAll(async () => {
    release = await workflow('release.yml');
    const { pack: packs, publish: publishes, ...others } = release.jobs;
    expect(others).toEqual({});
    pack = Job.parse(packs);
    publish = Job.parse(publishes);
  });

  it('begins with a tag of a version, and with nothing else', () => {
    expect(release.on).toEqual({ push: { tags: ['v*'] } });
  });

  it('lets one job alone ask for an identity, and that one for nothing more', () => {
    expect(release.permissions).toEqual({});
    expect(pack.permissions).toEqual({ contents: 'read' });
    expect(publish.permissions).toEqual({ 'id-token': 'write' });
    expect(publish.environment).toBe('npm');
  });

  it('tests and packs before it publishes', () => {
    expect(publish.needs).toBe('pack');
    expect(commands(pack).indexOf('bash .ci/run')).toBeGreaterThan(-1);
    expect(commands(pack).at(-1)).toBe('mv "$(npm pack --silent)" package.tgz');
    expect(commands(pack).indexOf('bash .ci/run')).toBeLessThan(commands(pack).length - 1);
  });

  it('checks and sets what npm shows, after the tests and before it packs', () => {
    expect(commands(pack).slice(-3)).toEqual([
      'bash .ci/run',
      'node .github/release.js',
      'mv "$(npm pack --silent)" package.tgz',
    ]);
  });

  it('refuses a tag of another version, and a tag that is not on main', () => {
    const [first, second] = commands(pack);

    expect(first).toBe(
      `test "$GITHUB_REF_NAME" = "v$(node -p "require('./package.json').version")"`,
    );
    expect(second).toMatch(/^git .*merge-base --is-ancestor "\$GITHUB_SHA" origin\/main$/);
    expect(step(pack, 'actions/checkout')?.with).toMatchObject({ 'fetch-depth': 0 });
  });

  it('publishes the tarball of the first job, and runs nothing besides', () => {
    expect(step(pack, 'actions/upload-artifact')?.with).toEqual({
      name: 'package',
      path: 'package.tgz',
      'if-no-files-found': 'error',
    });
    expect(step(publish, 'actions/download-artifact')?.with).toEqual({ name: 'package' });
    expect(actions(publish)).toEqual(['actions/download-artifact', 'actions/setup-node']);
    expect(commands(publish)).toEqual([
      'npm publish ./package.tgz --provenance --access public --ignore-scripts',
    ]);
  });
});
