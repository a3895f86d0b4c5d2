import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runProcess, startProcess, type RunningProcess } from '../support/child-process.js';
import { SecureCookieSigner } from 'nestjs-secure-cookie';
import { Visitor } from '../account/support/visitor.js';
import { selfSigned } from '../support/certificate.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { DeviceBrowser } from '../support/device-browser.js';
import { fetchUntrusted } from '../support/fetch-untrusted.js';
import { RedisServer } from '../support/redis-server.js';
import { SECRET } from '../support/secrets.js';

// Programs start slowly on a busy machine.
jest.setTimeout(60_000);

const packageJson: { readonly scripts: Readonly<Record<'start' | 'start:fastify', string>> } =
  JSON.parse(readFileSync('package.json', 'utf8'));

const NEST = fileURLToPath(import.meta.resolve('@nestjs/cli/bin/nest.js'));
const LISTENING = /Listening on (https?):\/\/([\d.]+|\[[^\]]+\]):(\d+)/;
const WARNING = 'COOKIE_SECRET is not set';

const entries = [
  { platform: 'express', entry: 'main' },
  { platform: 'fastify', entry: 'main.fastify' },
] as const;

const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PORT: '0',
  HOST: undefined,
  COOKIE_SECRET: undefined,
  REDIS_URL: undefined,
  TLS_KEY: undefined,
  TLS_CERT: undefined,
  ...more,
});

const startSample = (entry: string, more: NodeJS.ProcessEnv = {}): Promise<RunningProcess> =>
  startProcess([process.execPath, `build/sample/${entry}.js`], environment(more), LISTENING);

const urlOf = ({ ready }: RunningProcess): string => `${ready[1]}://${ready[2]}:${ready[3]}`;

async function visit(sample: RunningProcess, cookie = ''): Promise<Response> {
  return fetch(`${urlOf(sample)}/user/`, { headers: { cookie } });
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0] ?? '';

describe('the sample as a program', () => {
  beforeAll(async () => {
    expect(await runProcess([process.execPath, NEST, 'build'])).toMatchObject({ code: 0 });
  });

  describe.each(entries)('on $platform', ({ entry }) => {
    describe('with the published secret', () => {
      let sample: RunningProcess;

      beforeAll(async () => {
        sample = await startSample(entry);
      });
      afterAll(() => sample.stop());

      it('greets, gives the original client its two sentences, and warns', async () => {
        const greeting = await fetch(`${urlOf(sample)}/`);
        const first = await visit(sample);
        const second = await visit(sample, cookieOf(first));

        expect(await greeting.text()).toBe('Hello there');
        expect(await first.text()).toBe('Secure Cookie is now set');
        expect(await second.text()).toBe('Secure Cookie is technobeans');
        expect(sample.output()).toContain(WARNING);
      });

      it('prints the addresses of what there is to see, and serves them all', async () => {
        // They are printed after the line that was waited for.
        await visit(sample);
        const printed = sample.output().matchAll(/http:\/\/\S+(?= {2})/g);
        const addresses = Array.from(printed, ([address]) => address);
        const pages = await Promise.all(addresses.map((address) => fetch(address)));

        expect(addresses.map((address) => address.slice(urlOf(sample).length))).toEqual([
          '/',
          '/user/',
          '/lab',
          '/shop/cart',
          '/account',
        ]);
        expect(pages.map(({ status }) => status)).toEqual(addresses.map(() => 200));
      });

      it('serves the lab, which signs', async () => {
        const page = await fetch(`${urlOf(sample)}/lab`);
        const set = await fetch(`${urlOf(sample)}/lab/set`, { method: 'POST' });

        expect(await page.text()).toContain('<h1>Cookie lab</h1>');
        expect([set.status, cookieOf(set)]).toEqual([200, expect.stringMatching(/^lab-user=2\|/)]);
      });

      it('recognises no cookie that was signed with another', async () => {
        const own = new SecureCookieSigner({ secret: SECRET }).sign('technobeans', '1.5');

        expect(await (await visit(sample, `technobeans=${own}`)).text()).toBe(
          'Secure Cookie is now set',
        );
      });
    });

    describe('over TLS', () => {
      let folder: string;
      let sample: RunningProcess;

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'nestjs-secure-cookie-'));
        const { key, cert } = selfSigned();
        const [TLS_KEY, TLS_CERT] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
        await Promise.all([writeFile(TLS_KEY, key), writeFile(TLS_CERT, cert)]);
        sample = await startSample(entry, { TLS_KEY, TLS_CERT });
      });
      afterAll(async () => {
        await sample.stop();
        await rm(folder, { recursive: true });
      });

      it('binds the session of the account to the browser that proves its key', async () => {
        const url = urlOf(sample);
        const login = await fetchUntrusted(`${url}/account/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{ "user": "alice", "remember": true }',
        });
        const browser = new DeviceBrowser(url, (...sent) =>
          sent[0].endsWith('/login') ? Promise.resolve(login) : fetchUntrusted(...sent),
        );
        await browser.send('POST', '/account/login');
        const boundUntil = async (): Promise<unknown> => {
          const response = await browser.send('GET', '/account/session');
          const session: { boundUntil: unknown } = JSON.parse(await response.text());
          return session.boundUntil;
        };
        const before = await boundUntil();
        const registered = await browser.register();
        const after = await boundUntil();
        const named = await browser.send('GET', '/account/device/session');

        expect(login.status).toBe(204);
        expect(cookieOf(login)).toContain('; Secure');
        expect(before).toBeNull();
        expect(registered.status).toBe(200);
        expect(after).toBeGreaterThan(Date.now() / 1000);
        expect(after).toBeLessThanOrEqual(Date.now() / 1000 + 60);
        expect(await named.json()).toEqual({ identifier: browser.identifier });
      });
    });

    describe('with COOKIE_SECRET, HOST and PORT', () => {
      let one: RunningProcess;
      let same: RunningProcess;

      beforeAll(async () => {
        one = await startSample(entry, { COOKIE_SECRET: SECRET, HOST: '127.0.0.2' });
        const PORT = one.ready[3];
        same = await startSample(entry, { COOKIE_SECRET: SECRET, HOST: '127.0.0.3', PORT });
      });

      it('honours HOST and PORT', async () => {
        const [, , , port] = one.ready;

        expect(one.ready[2]).toBe('127.0.0.2');
        expect(same.ready.slice(1)).toEqual(['http', '127.0.0.3', port]);
        expect((await visit(same)).status).toBe(200);
        await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
      });

      it('honours COOKIE_SECRET, without a warning', async () => {
        const cookie = cookieOf(await visit(one));

        expect(await (await visit(same, cookie)).text()).toBe('Secure Cookie is technobeans');
        expect(one.output()).not.toContain(WARNING);
      });

      it('serves the lab, which signs nothing', async () => {
        const refused = await fetch(`${urlOf(one)}/lab/set`, { method: 'POST' });

        expect([refused.status, cookieOf(refused)]).toEqual([403, '']);
      });

      it('ends with exit code 0 on SIGTERM and on SIGINT, whatever connections are open', async () => {
        await (await visit(one)).text();
        await (await visit(same)).text();

        expect(await Promise.all([one.stop('SIGTERM'), same.stop('SIGINT')])).toEqual([0, 0]);
        expect(one.output() + same.output()).not.toContain('ERROR');
      });
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
  });

  describeWithRedis('with REDIS_URL', () => {
    /** Seconds between two looks for what was revoked elsewhere, and time for one. */
    const APPLIED_WITHIN = 2 + 1;
    let redis: RedisServer;
    let express: RunningProcess;
    let fastify: RunningProcess;

    beforeAll(async () => {
      redis = await RedisServer.start();
      const [one, two] = entries.map(({ entry }) => startSample(entry, { REDIS_URL: redis.url }));
      [express, fastify] = (await Promise.all([one, two])) as [RunningProcess, RunningProcess];
    });
    afterAll(async () => {
      expect(await Promise.all([express.stop(), fastify.stop()])).toEqual([0, 0]);
      await redis.stop();
    });

    it('whoever logs out everywhere at one process is out at the other within seconds', async () => {
      const here = new Visitor(urlOf(express));
      const there = new Visitor(urlOf(fastify));
      await here.logIn('alice');
      await there.logIn('alice');
      expect((await there.get('private')).status).toBe(200);

      expect((await here.post('logout-everywhere')).status).toBe(204);
      const since = performance.now();
      while ((await there.get('private')).status === 200) {
        await setTimeout(50);
      }

      expect((performance.now() - since) / 1000).toBeLessThan(APPLIED_WITHIN);
      expect((await there.get('private')).status).toBe(401);
    });

    it('while Redis is down, logging out is answered with 503, and works when it is back', async () => {
      const bob = new Visitor(urlOf(express));
      await bob.logIn('bob');
      await redis.crash();
      const refused = await bob.post('logout-everywhere');

      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({
        message: 'You are still logged in. Try again.',
      });
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect((await bob.get('private')).status).toBe(200);

      await redis.begin();
      while ((await bob.post('logout-everywhere')).status === 503) {
        await setTimeout(50);
      }
      expect((await bob.get('private')).status).toBe(401);
    });

    it('does not start where there is none', async () => {
      const ended = await runProcess(
        [process.execPath, 'build/sample/main.js'],
        environment({ REDIS_URL: 'redis://127.0.0.1:1' }),
      );

      expect(ended.code).toBe(1);
      expect(ended.output).toContain('ECONNREFUSED');
      expect(ended.output).not.toContain('Listening');
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
