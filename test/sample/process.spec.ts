import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runProcess, startProcess, type RunningProcess } from '../support/child-process.js';
import { SECRET } from '../support/secrets.js';

// Programs start slowly on a busy machine.
jest.setTimeout(60_000);

const packageJson: { readonly scripts: Readonly<Record<'start' | 'start:fastify', string>> } =
  JSON.parse(readFileSync('package.json', 'utf8'));

const NEST = fileURLToPath(import.meta.resolve('@nestjs/cli/bin/nest.js'));
const LISTENING = /Listening on http:\/\/([\d.]+|\[[^\]]+\]):(\d+)/;
const WARNING = 'COOKIE_SECRET is not set';

const entries = [
  { platform: 'express', entry: 'main' },
  { platform: 'fastify', entry: 'main.fastify' },
] as const;

const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PORT: '0',
  HOST: undefined,
  COOKIE_SECRET: undefined,
  ...more,
});

const startSample = (entry: string, more: NodeJS.ProcessEnv = {}): Promise<RunningProcess> =>
  startProcess([process.execPath, `build/sample/${entry}.js`], environment(more), LISTENING);

const urlOf = ({ ready }: RunningProcess): string => `http://${ready[1]}:${ready[2]}`;

async function visit(sample: RunningProcess, cookie = ''): Promise<Response> {
  return fetch(`${urlOf(sample)}/user/`, { headers: { cookie } });
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0] ?? '';

describe('the sample as a program', () => {
  beforeAll(async () => {
    expect(await runProcess([process.execPath, NEST, 'build'])).toMatchObject({ code: 0 });
  });

  describe.each(entries)('on $platform', ({ entry }) => {
    it('gives the original client its two sentences, and warns of the published secret', async () => {
      const sample = await startSample(entry);
      const first = await visit(sample);
      const second = await visit(sample, cookieOf(first));

      expect(await first.text()).toBe('Secure Cookie is now set');
      expect(await second.text()).toBe('Secure Cookie is technobeans');
      expect(sample.output()).toContain(WARNING);
      expect(await sample.stop()).toBe(0);
    });

    it('honours COOKIE_SECRET, without a warning', async () => {
      const [one, same, published] = await Promise.all([
        startSample(entry, { COOKIE_SECRET: SECRET }),
        startSample(entry, { COOKIE_SECRET: SECRET }),
        startSample(entry),
      ]);
      const cookie = cookieOf(await visit(one));

      expect(await (await visit(same, cookie)).text()).toBe('Secure Cookie is technobeans');
      expect(await (await visit(published, cookie)).text()).toBe('Secure Cookie is now set');
      expect(one.output()).not.toContain(WARNING);
      expect(await Promise.all([one, same, published].map((sample) => sample.stop()))).toEqual([
        0, 0, 0,
      ]);
    });

    it('serves the lab, which signs nothing with another secret', async () => {
      const [published, own] = await Promise.all([
        startSample(entry),
        startSample(entry, { COOKIE_SECRET: SECRET }),
      ]);
      const [page, set, refused] = await Promise.all([
        fetch(`${urlOf(published)}/lab`),
        fetch(`${urlOf(published)}/lab/set`, { method: 'POST' }),
        fetch(`${urlOf(own)}/lab/set`, { method: 'POST' }),
      ]);

      expect(await page.text()).toContain('<h1>Cookie lab</h1>');
      expect([set.status, cookieOf(set)]).toEqual([200, expect.stringMatching(/^lab-user=2\|/)]);
      expect([refused.status, cookieOf(refused)]).toEqual([403, '']);
      expect(await Promise.all([published.stop(), own.stop()])).toEqual([0, 0]);
    });

    it('honours HOST and PORT', async () => {
      const first = await startSample(entry, { HOST: '127.0.0.2' });
      const port = first.ready[2] ?? '';
      await first.stop();
      const second = await startSample(entry, { HOST: '127.0.0.3', PORT: port });

      expect(first.ready[1]).toBe('127.0.0.2');
      expect(second.ready.slice(1)).toEqual(['127.0.0.3', port]);
      expect((await visit(second)).status).toBe(200);
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
      expect(await second.stop()).toBe(0);
    });

    it.each([
      ['under 32 bytes', 'too short', 'secret-weak'],
      ['the published one', '61oETzKXQAGaYdkL5gEmGeJJFuYh7EQnp2XdTP1o/Vo=', 'secret-weak'],
      ['empty', '', 'secret-missing'],
    ])('refuses to start with a COOKIE_SECRET that is %s', async (_what, secret, code) => {
      const ended = await runProcess(
        [process.execPath, `build/sample/${entry}.js`],
        environment({ COOKIE_SECRET: secret }),
      );

      expect(ended.code).toBe(1);
      expect(ended.output).toContain(code);
      expect(ended.output).not.toContain('Listening');
      // An empty secret is in every text.
      expect(secret !== '' && ended.output.includes(secret)).toBe(false);
    });

    it.each(['SIGTERM', 'SIGINT'] as const)('ends with exit code 0 on %s', async (signal) => {
      const sample = await startSample(entry, { COOKIE_SECRET: SECRET });
      // Leaves a connection open, which must not hold the process up.
      await (await visit(sample)).text();

      expect(await sample.stop(signal)).toBe(0);
      expect(sample.output()).not.toContain('ERROR');
    });
  });

  it.each([
    { script: 'start', signal: 'SIGTERM' },
    { script: 'start:fastify', signal: 'SIGINT' },
  ] as const)(
    'ends with exit code 0 on $signal through the command of npm run $script',
    async ({ script, signal }) => {
      const [command, ...options] = packageJson.scripts[script].split(' ');
      const sample = await startProcess(
        [process.execPath, NEST, ...options],
        environment({ COOKIE_SECRET: SECRET }),
        LISTENING,
      );

      expect(command).toBe('nest');
      expect((await visit(sample)).status).toBe(200);
      expect(await sample.stop(signal)).toBe(0);
      await expect(visit(sample)).rejects.toThrow('fetch failed');
    },
  );
});
