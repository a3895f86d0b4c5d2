import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { codeBlocks, document, typeScriptFile } from '../../documents/support/documents.js';
import { Project, QUIETLY, stop, withCli } from './project.js';
import { INSTALL, MAKE_A_SECRET, onFastify, VISIT_TWICE } from './quick-start.js';

// Programs run here: the CLI, packing, installing, compiling, test runners.
jest.setTimeout(240_000);

const README = document('README.md').text;

const FILES: readonly (readonly [page: string, file: string, folder?: string])[] = [
  ['README.md', 'src/app.module.ts'],
  ['README.md', 'src/session.cookie.ts'],
  ['README.md', 'src/account.controller.ts'],
  ['README.md', 'src/visits.spec.ts'],
  ['docs/testing.md', 'src/cart.controller.ts'],
  ['docs/testing.md', 'src/cart.controller.spec.ts'],
  ['docs/testing.md', 'src/profile.controller.ts'],
  ['docs/testing.md', 'src/profile.controller.spec.ts'],
  // An app of its own: a session that is renewed, and that can be logged out everywhere.
  ['docs/revocation.md', 'src/session.cookie.ts', 'revocable'],
  ['docs/revocation.md', 'src/app.module.ts', 'revocable'],
  ['docs/revocation.md', 'src/account.controller.ts', 'revocable'],
  ['docs/revocation.md', 'src/users.ts', 'revocable'],
  ['docs/revocation.md', 'src/account.controller.spec.ts', 'revocable'],
];

/** "From Node 24.9 in a CommonJS project too, that is all." */
const [NODE_MAJOR = 0, NODE_MINOR = 0] = process.versions.node.split('.').map(Number);
const JEST_REQUIRES_ES_MODULES = NODE_MAJOR > 24 || (NODE_MAJOR === 24 && NODE_MINOR >= 9);

/** The README's session beside its quick start: a controller more, as in any Nest app. */
const withAccount = (module: string): string =>
  `import { AccountController } from './account.controller.js';\n${module.replace(
    'controllers: [VisitsController]',
    'controllers: [VisitsController, AccountController]',
  )}`;

const CLIS = [
  {
    major: 12,
    fastify: '@nestjs/platform-fastify',
    // An ES module names the file that it will be.
    local: (code: string): string => code,
    reporter: '--reporter=verbose',
    passed: [
      '✓ src/visits.spec.ts',
      '✓ src/app.controller.spec.ts',
      '✓ src/cart.controller.spec.ts',
      '✓ src/profile.controller.spec.ts',
      '✓ src/revocable/account.controller.spec.ts',
      'Tests  15 passed (15)',
    ],
  },
  {
    major: 11,
    fastify: '@nestjs/platform-fastify@11',
    // "In a CommonJS project, as the CLI of Nest 11 makes it, import './session.cookie'."
    local: (code: string): string => code.replaceAll(/'(\.\/[\w.-]+)\.js'/g, "'$1'"),
    reporter: '--verbose',
    passed: [
      '✓ counts cookie',
      '✓ ignores a tampered cookie',
      '✓ Jest takes the CommonJS build',
      '✓ the second visit is counted, and a forged one is not',
      '✓ an item is added to those that are in the cart',
      '✓ a cookie that is not yet valid is refused',
      '✓ a user logs out everywhere else',
      'Tests:       17 passed, 17 total',
    ],
  },
];

/**
 * What a newcomer does with the CLI of one major of Nest: a spec for each, because each takes its time.
 */
export function describeNewcomer(asked: 11 | 12): void {
  describe.each(CLIS.filter(({ major }) => major === asked))(
    'a newcomer with the CLI of Nest $major',
    ({ major, fastify, local, reporter, passed }) => {
      let project: Project;
      let port: string;

      const start = async (): Promise<ChildProcess> => {
        const server = project.start(
          `rm -f jar.txt\n${MAKE_A_SECRET}\nexport PORT=${port}\n${withCli(major, 'npm start')}`,
        );
        await untilListening(port, server);
        return server;
      };

      beforeAll(async () => {
        port = await freePort();
        expect(README).toContain(`\`${fastify}\``);
        expect(README).toContain('`npm install zod`');
        project = await Project.generate(major, INSTALL, [fastify, 'zod']);
        for (const [page, file, folder = ''] of FILES) {
          const code = typeScriptFile(page, file);
          const isQuickStart = page === 'README.md' && file === 'src/app.module.ts';
          await project.write({
            [file.replace('src/', join('src', folder, '/'))]: local(
              isQuickStart ? withAccount(code) : code,
            ),
          });
        }
      });
      afterAll(() => project.remove());

      describe.each([
        { platform: 'Express', main: (generated: string): string => generated },
        { platform: 'Fastify', main: onFastify },
      ])('on $platform', ({ main }) => {
        let server: ChildProcess;

        beforeAll(async () => {
          await project.edit('src/main.ts', main);
          server = await start();
        });
        afterAll(() => stop(server));

        it('counts visits, with the commands of README.md', async () => {
          const { stdout } = await project.run(
            'bash',
            '-euc',
            VISIT_TWICE.replaceAll('3000', port),
          );

          expect(stdout).toBe('Visit 1Visit 2');
        });

        it('logs in, is known, and logs out, with the session of README.md', async () => {
          const account = `http://localhost:${port}/account`;
          const login = await fetch(`${account}/login`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ name: 'alice' }),
          });
          const [cookie = ''] = login.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
          const shown = await fetch(account, { headers: { cookie } });
          const stranger = await fetch(account);
          const logout = await fetch(`${account}/logout`, { method: 'POST', headers: { cookie } });

          expect(login.headers.getSetCookie()[0]).toMatch(
            /^__Host-session=.*; Max-Age=28800; Path=\//,
          );
          expect(await shown.text()).toBe('Signed in as alice');
          expect(stranger.status).toBe(401);
          expect(logout.headers.getSetCookie()[0]).toMatch(/^__Host-session=; Max-Age=0; Path=\//);
        });

        it('keeps a __Host- cookie in curl, which takes localhost for secure, until it logs out', async () => {
          const curl = `curl -s -c session.txt -b session.txt http://localhost:${port}/account`;
          const { stdout } = await project.run(
            'bash',
            '-euc',
            `rm -f session.txt
        ${curl}/login -d name=alice
        ${curl}
        ${curl}/logout -X POST
        ${curl} -o /dev/null -w '%{http_code}'`,
          );

          expect(stdout).toBe('Signed in as alice401');
        });
      });

      it("passes README.md's test, those of docs/testing.md and docs/revocation.md, and that of the CLI, with the runner that the CLI chose", async () => {
        if (major === 11) {
          await project.copy('nest11', 'src');
        }
        const script = `${MAKE_A_SECRET}\nexec npm test -- ${reporter}`;
        const { stdout, stderr } = await project.run('bash', '-euc', script);

        for (const line of passed) {
          expect(stripVTControlCharacters(stdout + stderr)).toContain(line);
        }
      });

      it('is told what to set where COOKIE_SECRET is missing', async () => {
        await expect(
          project.run('bash', '-euc', 'unset COOKIE_SECRET\nnode dist/main'),
        ).rejects.toThrow(
          'SecureCookieModule got no secret (undefined). Pass the option "secret", as in ' +
            'forRoot(process.env.COOKIE_SECRET), and set that environment variable',
        );
      });

      if (major === 11) {
        it('keeps Jest with Nest 12, as docs/testing.md says', async () => {
          const { text } = document('docs/testing.md');
          const [configuration = ''] = codeBlocks(text, 'js');
          const [command = ''] = codeBlocks(text, 'sh');
          if (!JEST_REQUIRES_ES_MODULES) {
            await project.edit('package.json', (manifest) =>
              JSON.stringify({ ...JSON.parse(manifest), jest: undefined }),
            );
            await project.write({ 'jest.config.mjs': configuration });
          }
          const packages = ['common', 'core', 'testing', 'platform-express', 'platform-fastify'];
          await project.run(
            'npm',
            'install',
            ...QUIETLY,
            ...packages.map((name) => `@nestjs/${name}@12`),
          );

          const script = `${MAKE_A_SECRET}\n${command.trim()} visits app.controller cart`;
          const { stderr } = await project.run('bash', '-euc', script);

          expect(stderr).toContain('Tests:       6 passed, 6 total');
        });
      }
    },
  );
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

async function untilListening(port: string, server: ChildProcess): Promise<void> {
  while (!(await fetch(`http://localhost:${port}/`).catch(() => undefined))) {
    if (server.exitCode !== null) {
      throw new Error(`The app ended with ${server.exitCode}.`);
    }
    await pause(100);
  }
}
